package client

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"strings"

	"kubemate.io/kubemate/internal/core/errs"
)

// errFingerprint says that the server's certificate is not the known one.
var errFingerprint = errors.New("certificate has another fingerprint")

// tlsConfig checks the server by the system's authorities or, when a fingerprint is known, by
// that alone: a generated certificate has no authority.
func tlsConfig(fingerprint string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if fingerprint == "" {
		return config, nil
	}
	want, err := parseFingerprint(fingerprint)
	if err != nil {
		return nil, err
	}
	config.InsecureSkipVerify = true // the check below takes its place
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errFingerprint
		}
		got := sha256.Sum256(state.PeerCertificates[0].Raw)
		if subtle.ConstantTimeCompare(got[:], want) != 1 {
			return errFingerprint
		}
		return nil
	}
	return config, nil
}

// parseFingerprint reads "AB:CD:…", "sha256:abcd…" or plain hexadecimal.
func parseFingerprint(text string) ([]byte, error) {
	clean := strings.ToLower(strings.TrimSpace(text))
	clean = strings.TrimPrefix(strings.TrimPrefix(clean, "sha256:"), "sha-256:")
	clean = strings.NewReplacer(":", "", " ", "").Replace(clean)
	raw, err := hex.DecodeString(clean)
	if err != nil || len(raw) != sha256.Size {
		return nil, errs.New(errs.Invalid, "%q is no SHA-256 fingerprint", text).
			WithHint("it has 64 hexadecimal digits; the server prints it at its start")
	}
	return raw, nil
}

func isCertificate(err error) bool {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var verification *tls.CertificateVerificationError
	return errors.As(err, &authority) || errors.As(err, &invalid) || errors.As(err, &host) || errors.As(err, &verification)
}
