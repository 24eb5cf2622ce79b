package launch

import (
	"slices"
	"strings"
	"testing"
)

func TestAddressOfTheConsole(t *testing.T) {
	for _, c := range []struct {
		o         Options
		want      string
		generated bool
	}{
		{Options{Listen: "127.0.0.1:8090"}, "http://127.0.0.1:8090", false},
		{Options{Listen: "localhost:8090", BasePath: "/kube"}, "http://localhost:8090/kube", false},
		{Options{Listen: "[::1]:8090"}, "http://[::1]:8090", false},
		{Options{Listen: "127.0.0.1:8090", TLSCert: "c", TLSKey: "k"}, "https://127.0.0.1:8090", false},
		{Options{Listen: ":443"}, "https://127.0.0.1:443", true},
		{Options{Listen: "0.0.0.0:443", BasePath: "/kube"}, "https://127.0.0.1:443/kube", true},
		{Options{Listen: "10.0.0.5:443", TLSCert: "c", TLSKey: "k"}, "https://10.0.0.5:443", false},
		{Options{Listen: "0.0.0.0:8443", PublicURL: "https://kube.bank.example:8443/"}, "https://kube.bank.example:8443", true},
		{Options{Listen: "127.0.0.1:8090", PublicURL: "https://bank.example", BasePath: "/kube"}, "https://bank.example/kube", false},
	} {
		s, err := c.o.server()
		if err != nil || s.PublicURL != c.want || s.TLSGenerate != c.generated {
			t.Errorf("%+v: %s, generated %t, %v", c.o, s.PublicURL, s.TLSGenerate, err)
		}
	}
}

func TestServerGetsItsArguments(t *testing.T) {
	u := &up{o: Options{
		DataDir: "/d", Listen: ":443", BasePath: "/kube", PublicURL: "https://bank.example", AllowedHosts: []string{"a", "b"}, Authorizer: "review",
	}}
	args := u.serverArgs(cluster{kubeconfig: "/k", context: "prod"})
	for _, want := range []string{
		"server", "--data-dir=/d", "--listen=:443", "--kubeconfig=/k", "--context=prod", "--base-path=/kube", "--tls-generate",
		"--public-url=https://bank.example", "--allowed-host=a", "--allowed-host=b", "--authorization=review",
	} {
		if !slices.Contains(args, want) {
			t.Errorf("%s is missing in %v", want, args)
		}
	}
	if text := strings.Join(args, " "); strings.Contains(text, "--tls-cert") || strings.Contains(text, "--tls-key") {
		t.Errorf("empty flags in %s", text)
	}
}
