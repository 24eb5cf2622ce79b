package addons

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// certificateLife is how long metrics-server's certificate is valid; it is
// replaced when less than a third is left.
const certificateLife = 365 * 24 * time.Hour

const metricsServerHost = "metrics-server.kube-system.svc"

// servingCertificate is in PEM.
type servingCertificate struct{ ca, certificate, key []byte }

// addServingCertificate puts metrics-server's certificate into its Secret, and
// the CA that signed it where the API server looks. The one in the cluster is
// kept while it is good.
func (m *Manager) addServingCertificate(ctx context.Context, objects []*unstructured.Unstructured) error {
	present, err := m.readCertificate(ctx)
	if err != nil {
		return err
	}
	if !present.good(m.options.Now()) {
		if present, err = issueCertificate(m.options.Now()); err != nil {
			return fmt.Errorf("certificate of metrics-server: %w", err)
		}
	}
	encode := base64.StdEncoding.EncodeToString
	for _, o := range objects {
		switch {
		case o.GetKind() == "Secret":
			err = unstructured.SetNestedStringMap(o.Object, map[string]string{
				corev1.TLSCertKey: encode(present.certificate), corev1.TLSPrivateKeyKey: encode(present.key), "ca.crt": encode(present.ca),
			}, "data")
		case o.GetKind() == "APIService":
			err = unstructured.SetNestedField(o.Object, encode(present.ca), "spec", "caBundle")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Manager) readCertificate(ctx context.Context) (servingCertificate, error) {
	var secret corev1.Secret
	gvk := corev1.SchemeGroupVersion.WithKind("Secret")
	c, err := client(m.client, gvk, "kube-system")
	if err != nil {
		return servingCertificate{}, err
	}
	err = retry(ctx, func() error {
		o, err := c.Get(ctx, "metrics-server-tls", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &secret)
	})
	if apierrors.IsNotFound(err) {
		return servingCertificate{}, nil
	}
	if err != nil {
		return servingCertificate{}, fmt.Errorf("certificate of metrics-server: %w", err)
	}
	return servingCertificate{
		ca: secret.Data["ca.crt"], certificate: secret.Data[corev1.TLSCertKey], key: secret.Data[corev1.TLSPrivateKeyKey],
	}, nil
}

// good tells whether the certificate fits its key and its CA and lives long enough.
func (c servingCertificate) good(now time.Time) bool {
	pair, err := tls.X509KeyPair(c.certificate, c.key)
	if err != nil {
		return false
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(c.ca) || pair.Leaf == nil {
		return false
	}
	_, err = pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: metricsServerHost, CurrentTime: now})
	return err == nil && pair.Leaf.NotAfter.Sub(now) > certificateLife/3
}

// issueCertificate signs a certificate by a CA whose key is thrown away at once:
// nothing else will ever be signed by it.
func issueCertificate(now time.Time) (servingCertificate, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return servingCertificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return servingCertificate{}, err
	}
	ca := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "metrics-server CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: metricsServerHost},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{metricsServerHost, "metrics-server.kube-system", "metrics-server.kube-system.svc.cluster.local"},
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return servingCertificate{}, err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
	if err != nil {
		return servingCertificate{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return servingCertificate{}, err
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	return servingCertificate{
		ca: block("CERTIFICATE", caDER), certificate: block("CERTIFICATE", leafDER), key: block("PRIVATE KEY", keyDER),
	}, nil
}

// serial is random, as RFC 5280 and common sense ask for.
func serial() *big.Int {
	bits := make([]byte, 16)
	_, _ = rand.Read(bits) // never fails: crypto/rand ends the program instead
	bits[0] &= 0x7f
	return new(big.Int).SetBytes(bits)
}
