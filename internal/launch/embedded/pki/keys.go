package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kubemate.io/kubemate/internal/launch/durable"
)

// ensureServiceAccountKey makes service-account.key and .pub. An unreadable key is an error: all tokens hang on it.
func ensureServiceAccountKey(dir string) (fresh bool, err error) {
	path := filepath.Join(dir, "service-account.key")
	key, err := loadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return false, err
		}
		fresh = true
		err = storeKey(path, key)
	}
	if err != nil {
		return false, err
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return false, err
	}
	pub := pem.EncodeToMemory(&pem.Block{Type: pubBlock, Bytes: der})
	return fresh, durable.WriteFile(filepath.Join(dir, "service-account.pub"), pub, 0o644)
}

func loadKey(path string) (*ecdsa.PrivateKey, error) {
	der, err := readBlock(path, keyBlock)
	if err != nil {
		return nil, err
	}
	return x509.ParseECPrivateKey(der)
}

// encryptionConfig encrypts Secrets; what was written before encryption was on can still be read.
const encryptionConfig = `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - name: key1
              secret: %s
      - identity: {}
`

// ensureEncryption makes encryption.yaml with a random key. An existing file is never touched: without its key the
// Secrets in etcd are lost.
func ensureEncryption(dir string) (fresh bool, err error) {
	path := filepath.Join(dir, "encryption.yaml")
	if info, err := os.Stat(path); err == nil {
		if info.Size() == 0 {
			return false, fmt.Errorf("%s is empty: restore it from a backup, or delete the data folder", path)
		}
		return false, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return false, err
	}
	text := fmt.Sprintf(encryptionConfig, base64.StdEncoding.EncodeToString(key))
	return true, durable.WriteFile(path, []byte(text), 0o600)
}
