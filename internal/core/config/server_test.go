package config_test

import (
	"slices"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/config"
)

func TestServer(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*config.Server)
		err    string // "" for none
		url    string
		host   string // one that must be answered; "" when any is
	}{
		{"defaults", func(*config.Server) {}, "", "http://127.0.0.1:8090", "localhost"},
		{"base path", func(s *config.Server) { s.BasePath = "/kube" }, "", "http://127.0.0.1:8090/kube", "127.0.0.1"},
		{"all addresses", func(s *config.Server) { s.Listen, s.TLSGenerate = ":443", true }, "", "https://127.0.0.1:443", ""},
		{"IPv6", func(s *config.Server) { s.Listen = "[::1]:80" }, "", "http://[::1]:80", "::1"},
		{"behind a proxy", func(s *config.Server) { s.PublicURL = "https://kube.bank.example/" }, "", "https://kube.bank.example", "kube.bank.example"},
		{"another host name", func(s *config.Server) { s.AllowedHosts = []string{"kube.local"} }, "", "http://127.0.0.1:8090", "kube.local"},
		{"public address gets the base path", func(s *config.Server) { s.BasePath, s.PublicURL = "/kube", "https://bank.example" }, "", "https://bank.example/kube", "bank.example"},
		{"public address has the base path", func(s *config.Server) { s.BasePath, s.PublicURL = "/kube", "https://bank.example/kube/" }, "", "https://bank.example/kube", "bank.example"},
		{"public address with another path", func(s *config.Server) { s.PublicURL = "https://bank.example/kube" }, "--base-path /kube", "", ""},
		{"public address without host", func(s *config.Server) { s.PublicURL = "https://:8443" }, "--public-url", "", ""},
		{"no port", func(s *config.Server) { s.Listen = "localhost" }, "HOST:PORT", "", ""},
		{"key without certificate", func(s *config.Server) { s.TLSKey = "k" }, "--tls-cert", "", ""},
		{"base path with slash", func(s *config.Server) { s.BasePath = "/kube/" }, "slash", "", ""},
		{"relative base path", func(s *config.Server) { s.BasePath = "kube" }, "slash", "", ""},
		{"public address with query", func(s *config.Server) { s.PublicURL = "https://x/?a=b" }, "--public-url", "", ""},
		{"public address of another kind", func(s *config.Server) { s.PublicURL = "ftp://x" }, "--public-url", "", ""},
		{"log format", func(s *config.Server) { s.LogFormat = "xml" }, "--log-format", "", ""},
		{"authorization", func(s *config.Server) { s.Authorizer = "none" }, "--authorization", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := config.NewServer()
			s.DataDir = t.TempDir()
			c.change(&s)
			err := s.Complete()
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil || s.PublicURL != c.url {
				t.Errorf("%s, %v", s.PublicURL, err)
			}
			if hosts := s.Hosts(); (c.host == "") != (hosts == nil) || (c.host != "" && !slices.Contains(hosts, c.host)) {
				t.Errorf("hosts %v", hosts)
			}
			if s.Secure() != strings.HasPrefix(c.url, "https") {
				t.Errorf("secure %v", s.Secure())
			}
		})
	}
}

func TestAdminSocketFollowsTheDataFolder(t *testing.T) {
	for given, want := range map[string]string{"": "/data/run/server.sock", "none": "", "/x.sock": "/x.sock"} {
		s := config.NewServer()
		s.DataDir, s.AdminSocket = "/data", given
		if err := s.Complete(); err != nil || s.AdminSocket != want {
			t.Errorf("%q gives %q, %v", given, s.AdminSocket, err)
		}
	}
}

func TestCertificateHosts(t *testing.T) {
	machine := []string{"node-1", "192.0.2.5"}
	for _, c := range []struct {
		name   string
		change func(*config.Server)
		want   string // beside those of loopback
	}{
		{"loopback", func(*config.Server) {}, ""},
		{"one address", func(s *config.Server) { s.Listen = "192.0.2.9:443" }, "192.0.2.9"},
		{"all addresses", func(s *config.Server) { s.Listen = ":443" }, "192.0.2.5 node-1"},
		{"all IPv4 addresses, names", func(s *config.Server) {
			s.Listen, s.PublicURL, s.AllowedHosts = "0.0.0.0:443", "https://bank.example:8443", []string{"kube", "node-1"}
		}, "192.0.2.5 bank.example kube node-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := config.NewServer()
			s.TLSGenerate = true
			c.change(&s)
			if err := s.Complete(); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range s.CertificateHosts(machine) {
				if !slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, h) {
					got = append(got, h)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
