package embedded

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func goldenOptions() Options {
	return Options{DataDir: "/data", NodeIP: "10.95.0.1", PauseImage: "localhost:5050/kubemate/pause:1", RegistryAddr: "127.0.0.1:5050"}
}

// TestNodeConfig compares every rendered file with testdata/golden; -update writes them.
func TestNodeConfig(t *testing.T) {
	l, o := layout("/data"), goldenOptions()
	plain := hostFacts{cgroupV2: true, appArmor: true, sysResource: true, runc: "/usr/sbin/runc", cniBin: "/usr/lib/cni"}
	old := hostFacts{runc: "/usr/bin/runc", cniBin: "/opt/cni/bin"}
	for name, got := range map[string]string{
		"containerd.toml":            containerdConfig(l, o, plain),
		"containerd-restricted.toml": containerdConfig(l, o, old),
		"kubelet.yaml":               kubeletConfig(l, o),
		"kube-proxy.yaml":            kubeProxyConfig(l, o, "vm"),
		"kubemate.conflist":          cniConfig(l),
		"hosts.toml":                 registryHosts("127.0.0.1:5050"),
		"firewall.nft":               tableText("10.95.0.1"),
	} {
		path := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s:\n%s", name, path, got)
		}
	}
}

func TestWithoutLoopback(t *testing.T) {
	for name, tc := range map[string]struct {
		text, want string
		ok         bool
	}{
		"plain":      {"# made by x\nnameserver 192.0.2.1\nsearch a.example\n", "nameserver 192.0.2.1\nsearch a.example\n", true},
		"local stub": {"nameserver 127.0.0.53\noptions edns0\n", "options edns0\n", false},
		"both":       {"nameserver 127.0.0.1\nnameserver 192.0.2.1\n", "nameserver 192.0.2.1\n", true},
		"version 6":  {"nameserver ::1\n", "\n", false},
		"empty":      {"", "\n", false},
	} {
		if got, ok := withoutLoopback(tc.text); got != tc.want || ok != tc.ok {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
}

func TestNodeNameOf(t *testing.T) {
	for host, want := range map[string]string{
		"vm": "vm", "Web-1.Example.COM": "web-1", "under_score": "under-score", "": "kubemate", "-": "kubemate",
		strings.Repeat("x", 80): strings.Repeat("x", 63), "größe": "gr--e",
	} {
		if got := nodeNameOf(host); got != want {
			t.Errorf("%q becomes %q, want %q", host, got, want)
		}
	}
}

func FuzzNodeNameOf(f *testing.F) {
	f.Add("vm.example")
	f.Add("日本")
	f.Fuzz(func(t *testing.T, host string) {
		name := nodeNameOf(host)
		if name == "" || len(name) > 63 || strings.Trim(name, "-") != name || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%q becomes %q", host, name)
		}
	})
}

func TestHasCapability(t *testing.T) {
	if !hasCapability("CapEff:\t0000000001000000\n", capSysResource) || hasCapability("CapEff:\t0000000000ffffff\n", capSysResource) {
		t.Error("the bit is misread")
	}
}

func TestOptionsNameWhatIsWrong(t *testing.T) {
	good := Options{DataDir: "/data", NodeBinary: "/n", ContainerdDir: "/c"}
	if _, err := good.complete(); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(*Options)
		say    string
	}{
		"relative":      {func(o *Options) { o.DataDir = "data" }, "absolute"},
		"too long":      {func(o *Options) { o.DataDir = "/" + strings.Repeat("x", 70) }, "60 bytes"},
		"no node":       {func(o *Options) { o.NodeBinary = "" }, "kubemate-node"},
		"no containerd": {func(o *Options) { o.ContainerdDir = "" }, "containerd"},
		"no kwok":       {func(o *Options) { o.Simulated = true }, "kwok"},
		"bad address":   {func(o *Options) { o.NodeIP = "fd00::1" }, "IPv4"},
	} {
		o := good
		tc.change(&o)
		if _, err := o.complete(); err == nil || !strings.Contains(err.Error(), tc.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestManifests: every object is of a known kind and marked as ours.
func TestManifests(t *testing.T) {
	objects, err := loadManifests()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if _, ok := resources[o.GetKind()]; !ok {
			t.Errorf("kind %s is not known to apply", o.GetKind())
		}
		if o.GetLabels()["app.kubernetes.io/managed-by"] != "kubemate" {
			t.Errorf("%s %s is not marked as Kubemate's", o.GetKind(), o.GetName())
		}
	}
	if len(objects) < 8 {
		t.Errorf("only %d objects", len(objects))
	}
}
