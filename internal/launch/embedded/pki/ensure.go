package pki

import (
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 365 * 24 * time.Hour
	// backdate keeps a certificate valid on a machine whose clock is a little behind.
	backdate = 5 * time.Minute
)

// Ensure makes in dir whatever is missing or due, and returns the names of what it made. Now is the present time.
func Ensure(dir string, c Cluster, now time.Time) (made []string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("certificate folder: %w", err)
	}
	authorities := map[string]*pair{}
	for _, name := range []string{ClusterCA, FrontProxyCA} {
		ca, fresh, err := ensureAuthority(dir, name, now)
		if err != nil {
			return nil, err
		}
		if fresh {
			made = append(made, name)
		}
		authorities[name] = ca
	}
	for _, leaf := range c.Leaves() {
		fresh, err := ensureLeaf(dir, leaf, authorities[leaf.CA], now)
		if err != nil {
			return nil, err
		}
		if fresh {
			made = append(made, leaf.Name)
		}
	}
	for name, ensure := range map[string]func(string) (bool, error){
		"service-account": ensureServiceAccountKey,
		"encryption":      ensureEncryption,
	} {
		fresh, err := ensure(dir)
		if err != nil {
			return nil, fmt.Errorf("%s key: %w", name, err)
		}
		if fresh {
			made = append(made, name)
		}
	}
	return made, nil
}

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func ensureAuthority(dir, name string, now time.Time) (ca *pair, fresh bool, err error) {
	ca, err = loadPair(dir, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errUnreadable) {
		return nil, false, err
	}
	if err == nil && !due(ca.cert, now) {
		return ca, false, nil
	}
	ca, err = newAuthority(name, now)
	if err != nil {
		return nil, false, fmt.Errorf("authority %s: %w", name, err)
	}
	return ca, true, storePair(dir, name, ca)
}

func ensureLeaf(dir string, leaf Leaf, ca *pair, now time.Time) (fresh bool, err error) {
	have, err := loadPair(dir, leaf.Name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errUnreadable) {
		return false, err
	}
	if err == nil && !due(have.cert, now) && have.cert.CheckSignatureFrom(ca.cert) == nil && matches(have.cert, leaf) {
		return false, nil
	}
	made, err := newLeaf(leaf, ca, now)
	if err != nil {
		return false, fmt.Errorf("certificate %s: %w", leaf.Name, err)
	}
	return true, storePair(dir, leaf.Name, made)
}

// due is true when less than a third of the certificate's life is left, and when it is not valid yet: the clock was
// wrong when it was made.
func due(cert *x509.Certificate, now time.Time) bool {
	life := cert.NotAfter.Sub(cert.NotBefore)
	return now.After(cert.NotAfter.Add(-life/3)) || now.Before(cert.NotBefore)
}

// CertFile and KeyFile are the paths of a certificate's files.
func CertFile(dir, name string) string { return filepath.Join(dir, name+".crt") }

// KeyFile is the path of a certificate's key.
func KeyFile(dir, name string) string { return filepath.Join(dir, name+".key") }
