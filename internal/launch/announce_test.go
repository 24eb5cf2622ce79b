package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestGreeting(t *testing.T) {
	machine := []string{"node-1", "192.0.2.5", "2001:db8::5", "192.0.2.6"}
	for _, c := range []struct {
		name        string
		o           Options
		fingerprint string
		want, not   []string
	}{
		{
			"loopback",
			Options{DataDir: "/var/lib/kubemate", Listen: "127.0.0.1:8090"},
			"",
			[]string{"Console:  http://127.0.0.1:8090/\n", "kubemate users link admin --socket /var/lib/kubemate/run/server.sock)"},
			[]string{"other machines", "SHA-256"},
		},
		{
			"all addresses",
			Options{DataDir: "/d", Listen: "0.0.0.0:8443", BasePath: "/kube"},
			"AB:CD",
			[]string{"Console:  https://127.0.0.1:8443/kube/\n", "https://node-1:8443/kube/ or https://192.0.2.5:8443/kube/ or https://[2001:db8::5]:8443/kube/;", "--public-url", "AB:CD"},
			[]string{"192.0.2.6"},
		},
		{
			"all addresses, the public one is known",
			Options{DataDir: "/d", Listen: ":8443", PublicURL: "https://kube.bank.example:8443"},
			"AB:CD",
			[]string{"Console:  https://kube.bank.example:8443/\n", "SHA-256", "AB:CD"},
			[]string{"other machines"},
		},
		{
			"another data folder",
			Options{DataDir: "/home/eve's data", Listen: "127.0.0.1:8090"},
			"",
			[]string{`--socket '/home/eve'\''s data/run/server.sock')`},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := c.o.server()
			if err != nil {
				t.Fatal(err)
			}
			u := &up{o: c.o, state: State{Address: s.PublicURL + "/", Fingerprint: c.fingerprint}}
			link := Link{URL: s.PublicURL + "/sign-in/link#token=t", Expires: time.Now()}
			got := u.greeting(link, machine)
			for _, want := range append(c.want, "Sign in:  "+link.URL+"\n") {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in:\n%s", want, got)
				}
			}
			for _, not := range c.not {
				if strings.Contains(got, not) {
					t.Errorf("%q is in:\n%s", not, got)
				}
			}
		})
	}
}

func TestFingerprintIsThatOfTheServedCertificate(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	got, err := fingerprint(t.Context(), strings.TrimPrefix(server.URL, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(server.Certificate().Raw)
	if want := hex.EncodeToString(sum[:]); !strings.EqualFold(strings.ReplaceAll(got, ":", ""), want) || strings.Count(got, ":") != 31 {
		t.Errorf("got %s, want %s", got, want)
	}
	plain := httptest.NewServer(nil)
	defer plain.Close()
	if _, err := fingerprint(t.Context(), strings.TrimPrefix(plain.URL, "http://")); err == nil {
		t.Error("a server without TLS has a fingerprint")
	}
}

// What is printed is pasted into a shell.
func TestShellWord(t *testing.T) {
	for _, word := range []string{"/var/lib/kubemate", "/a b/$HOME/`x`", "it's", "~/x", "a;b", "*", "\\"} {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+shellWord(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q became %q, %v", word, out, err)
		}
	}
	if got := shellWord("/var/lib/kubemate"); got != "/var/lib/kubemate" {
		t.Errorf("quoted without need: %s", got)
	}
}
