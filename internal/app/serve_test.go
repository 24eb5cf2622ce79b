package app

import (
	"testing"

	"kubemate.io/kubemate/internal/core/config"
)

func TestGeneratedCertificateNamesHowPeopleComeHere(t *testing.T) {
	c := config.NewServer()
	c.DataDir, c.Listen, c.TLSGenerate = t.TempDir(), "0.0.0.0:8443", true
	c.PublicURL, c.AllowedHosts = "https://kube.bank.example:8443", []string{"kube"}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	got, err := serverTLS(c)
	if err != nil {
		t.Fatal(err)
	}
	leaf := got.Certificates[0].Leaf
	for _, host := range append(config.MachineHosts(), "localhost", "127.0.0.1", "::1", "kube.bank.example", "kube") {
		if err := leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	again, err := serverTLS(c)
	if err != nil || !again.Certificates[0].Leaf.Equal(leaf) {
		t.Errorf("the next start made another certificate: %v", err)
	}
}

func TestServerTLS(t *testing.T) {
	c := config.NewServer()
	c.DataDir = t.TempDir()
	if got, err := serverTLS(c); got != nil || err != nil {
		t.Errorf("loopback has TLS: %v, %v", got, err)
	}
	c.TLSCert, c.TLSKey = "/none.crt", "/none.key"
	if _, err := serverTLS(c); err == nil {
		t.Error("a missing certificate is no error")
	}
}
