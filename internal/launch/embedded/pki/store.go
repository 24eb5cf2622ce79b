package pki

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"kubemate.io/kubemate/internal/launch/durable"
)

// errUnreadable means that a file is there but is no certificate or key: it is made anew.
var errUnreadable = errors.New("no certificate or key in the file")

const (
	certBlock = "CERTIFICATE"
	keyBlock  = "EC PRIVATE KEY"
	pubBlock  = "PUBLIC KEY"
)

func loadPair(dir, name string) (*pair, error) {
	certDER, err := readBlock(CertFile(dir, name), certBlock)
	if err != nil {
		return nil, err
	}
	keyDER, err := readBlock(KeyFile(dir, name), keyBlock)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(certDER)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", CertFile(dir, name), errUnreadable)
	}
	key, err := x509.ParseECPrivateKey(keyDER)
	if err != nil || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, fmt.Errorf("%s: %w", KeyFile(dir, name), errUnreadable)
	}
	return &pair{cert: cert, key: key}, nil
}

// storePair writes the key first: a crash in between leaves a certificate that does not fit it, which loadPair sees.
func storePair(dir, name string, p *pair) error {
	if err := storeKey(KeyFile(dir, name), p.key); err != nil {
		return err
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: certBlock, Bytes: p.cert.Raw})
	return durable.WriteFile(CertFile(dir, name), cert, 0o644)
}

func storeKey(path string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return durable.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: der}), 0o600)
}

func readBlock(path, kind string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%s: %w", path, errUnreadable)
	}
	return block.Bytes, nil
}
