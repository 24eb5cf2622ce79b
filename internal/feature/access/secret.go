package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// Prefixes tell secret scanners, and people, what a string is.
const (
	prefixCookie = "kms_" // a session in a cookie
	prefixToken  = "kmt_" // a session of the command line
	prefixLink   = "kml_" // a one-time sign-in link
)

// newSecret gives 256 random bits as text.
func newSecret(prefix string) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// newID gives 96 random bits; it names a thing and proves nothing.
func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// hashSecret is what is stored of a secret.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// csrfOf derives the CSRF token of a session, so that it need not be stored.
func csrfOf(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}
