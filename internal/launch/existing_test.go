package launch

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"kubemate.io/kubemate/internal/testkit"
)

// kubeconfigOf writes a kubeconfig with one context, "mine", of what config holds.
func kubeconfigOf(t *testing.T, config *rest.Config) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	err := clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{"c": {Server: config.Host, CertificateAuthority: config.CAFile, CertificateAuthorityData: config.CAData}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{"u": {
			ClientCertificate: config.CertFile, ClientCertificateData: config.CertData, ClientKey: config.KeyFile, ClientKeyData: config.KeyData,
			Token: config.BearerToken, Impersonate: config.Impersonate.UserName,
		}},
		Contexts:       map[string]*clientcmdapi.Context{"mine": {Cluster: "c", AuthInfo: "u"}},
		CurrentContext: "mine",
	}, file)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestExistingClusterIsLookedAtBeforehand(t *testing.T) {
	cp := testkit.APIServer(t)
	with := func(change func(*rest.Config)) string {
		config := rest.CopyConfig(cp.Admin)
		change(config)
		return kubeconfigOf(t, config)
	}
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, []byte("clusters: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options Options
		want    []string // nil = nothing is wrong
	}{
		"an administrator's":   {Options{Kubeconfig: with(func(*rest.Config) {})}, nil},
		"the server's own":     {Options{Kubeconfig: kubeconfigOf(t, cp.Server)}, nil},
		"no YAML":              {Options{Kubeconfig: garbage}, []string{garbage, "cannot be used", "kubectl"}},
		"no such context":      {Options{Kubeconfig: with(func(*rest.Config) {}), Context: "other"}, []string{`no context "other"`, "only: mine"}},
		"nobody listens":       {Options{Kubeconfig: with(func(c *rest.Config) { c.Host = "https://127.0.0.1:1" })}, []string{"127.0.0.1:1", "nothing listens"}},
		"another authority":    {Options{Kubeconfig: with(func(c *rest.Config) { c.CAData, c.CAFile = foreignAuthority(t), "" })}, []string{cp.Admin.Host, "certificate"}},
		"credentials rejected": {Options{Kubeconfig: with(func(c *rest.Config) { withoutCertificate(c); c.BearerToken = "wrong" })}, []string{"credentials"}},
		"too few rights":       {Options{Kubeconfig: with(func(c *rest.Config) { c.Impersonate.UserName = "nobody-in-particular" })}, []string{"may not list every object", "impersonate users", "use-an-existing-cluster.md"}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := c.options.checkExisting(ctx)
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "wrong") && name == "credentials rejected" {
				t.Errorf("%q shows the token", err)
			}
		})
	}
}

func withoutCertificate(c *rest.Config) {
	c.CertData, c.KeyData, c.CertFile, c.KeyFile = nil, nil, "", ""
}

// foreignAuthority is a certificate authority that signed nothing here.
func foreignAuthority(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "foreign"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
