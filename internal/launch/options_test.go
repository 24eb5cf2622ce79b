package launch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/launch/embedded"
)

func TestOptionsHaveDefaults(t *testing.T) {
	o, err := Options{}.complete()
	if err != nil {
		t.Fatal(err)
	}
	if o.Listen != "127.0.0.1:8090" || o.Registry != "127.0.0.1:5050" || o.APIPort != 6443 || o.Nodes != 3 {
		t.Errorf("got %+v", o)
	}
	if want, err := DefaultDataDir(); err != nil || o.DataDir != want || !filepath.IsAbs(want) {
		t.Errorf("data folder %q, want %q, %v", o.DataDir, want, err)
	}
}

func TestDataDirIsMadeAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	o, err := Options{DataDir: "data/"}.complete()
	if err != nil || o.DataDir != filepath.Join(here, "data") {
		t.Errorf("got %q, %v", o.DataDir, err)
	}
}

func TestBadOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    Options
		want []string // parts of the error; none: it is good
	}{
		{"own addresses", Options{Listen: "[::1]:80", Registry: "localhost:5000", APIPort: 65535, BasePath: "/kube"}, nil},
		{"any address, TLS is made", Options{Listen: ":443"}, nil},
		{"own certificate", Options{TLSCert: file, TLSKey: file}, nil},
		{"context of a kubeconfig", Options{Kubeconfig: file, Context: "prod"}, nil},

		{"no port", Options{Listen: "127.0.0.1"}, []string{"--listen", `"127.0.0.1"`, "host:port", DefaultListen}},
		{"port 0", Options{Listen: "127.0.0.1:0"}, []string{"--listen", `"0"`, "65535"}},
		{"port by name", Options{Listen: "127.0.0.1:http"}, []string{"--listen", `"http"`}},
		{"port too high", Options{Registry: "127.0.0.1:70000"}, []string{"--registry", "70000", DefaultRegistry}},
		{"registry for all", Options{Registry: "0.0.0.0:5050"}, []string{"--registry", "0.0.0.0:5050", "loopback"}},
		{"API port negative", Options{APIPort: -1}, []string{"--api-port", "-1"}},
		{"API port too high", Options{APIPort: 65536}, []string{"--api-port", "65536"}},
		{"relative base path", Options{BasePath: "kube"}, []string{"--base-path", `"kube"`, "slash"}},
		{"base path with slash", Options{BasePath: "/kube/"}, []string{"--base-path", "slash"}},
		{"certificate without key", Options{TLSCert: file}, []string{"--tls-cert", "--tls-key"}},
		{"key without certificate", Options{TLSKey: file}, []string{"--tls-cert", "--tls-key"}},
		{"certificate missing", Options{TLSCert: file + ".no", TLSKey: file}, []string{"--tls-cert", file + ".no"}},
		{"kubeconfig missing", Options{Kubeconfig: file + ".no"}, []string{"--kubeconfig", file + ".no"}},
		{"two clusters", Options{Kubeconfig: file, Simulated: true}, []string{"--kubeconfig", "--simulated"}},
		{"context alone", Options{Context: "prod"}, []string{"--context", "--kubeconfig"}},
		{"negative nodes", Options{Nodes: -1}, []string{"--nodes", "-1"}},
		{"public address", Options{PublicURL: "https://kube.bank.example", AllowedHosts: []string{"kube"}, Authorizer: "review"}, nil},
		{"public address without scheme", Options{PublicURL: "kube.bank.example"}, []string{"--public-url", "https://"}},
		{"unknown authorizer", Options{Authorizer: "none"}, []string{"--authorization", "rbac", "review"}},
		{"several mistakes", Options{Listen: "x", Nodes: -1, TLSKey: file}, []string{"--listen", "--nodes", "--tls-key"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.o.complete()
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is not in: %v", part, err)
				}
			}
		})
	}
}

func TestModeFollowsOptionsAndUser(t *testing.T) {
	plain := ModeSimulated
	if os.Geteuid() == 0 {
		plain = ModeNode
	}
	for _, c := range []struct {
		name string
		o    Options
		mode Mode
		demo bool
	}{
		{"plain", Options{}, plain, true},
		{"simulated", Options{Simulated: true, NoDemo: true}, ModeSimulated, false},
		{"existing", Options{Kubeconfig: "k"}, ModeExisting, false},
	} {
		if c.o.mode() != c.mode || c.o.demo() != c.demo {
			t.Errorf("%s: mode %s, demo %t", c.name, c.o.mode(), c.o.demo())
		}
	}
}

// Preflight must look at every address that is about to be listened on, and at no other.
func TestPreflightLooksAtTheAddressesInUse(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"simulated", Options{Simulated: true}, "127.0.0.1:8090 127.0.0.1:6443"},
		{"existing", Options{Kubeconfig: "/dev/null", Listen: "127.0.0.1:80"}, "127.0.0.1:80"},
	} {
		o, err := c.o.complete()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range o.preflight().Ports {
			got = append(got, p.Address)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if o := (Options{Listen: DefaultListen, Registry: DefaultRegistry, APIPort: 6443}); o.mode() == ModeNode {
		p := o.preflight()
		if p.Simulated || len(p.Ports) != 3 || p.Ports[2].Address != embedded.DefaultIP+":6443" {
			t.Errorf("node: %+v", p)
		}
	}
}
