package preflight

import (
	"encoding/json"
	"io/fs"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func options(h Host) Options {
	return Options{
		DataDir: "/var/lib/kubemate", NodeIP: "10.95.0.1", ClusterCIDR: "10.244.0.0/13", ServiceCIDR: "10.96.0.0/16",
		Ports: []Port{
			{Address: "127.0.0.1:8090", Purpose: "the console", Flag: "--listen"},
			{Address: "10.95.0.1:6443", Purpose: "the API server", Flag: "--api-port"},
		},
		Host: h, Now: func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) },
	}
}

func dir() *fstest.MapFile { return &fstest.MapFile{Mode: fs.ModeDir | 0o700} }

// tcp6 says that somebody listens on all addresses at the port, given in hexadecimal digits.
func tcp6(port string) *fstest.MapFile {
	return file("head\n 0: 00000000000000000000000000000000:" + port + " 00000000000000000000000000000000:0000 0A 0 0 0 0 0 77 1\n")
}

func TestRun(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil    func(*fakeHost, *Options)
		id       string // of the only finding; empty: none
		severity Severity
		say      string // a part of the problem or the remedy
	}{
		"good": {func(*fakeHost, *Options) {}, "", "", ""},

		"not root":            {func(h *fakeHost, _ *Options) { h.uid, h.owner = 1000, 1000 }, "privileges", Error, "--simulated"},
		"not root, simulated": {func(h *fakeHost, o *Options) { h.uid, h.owner, o.Simulated = 1000, 1000, true }, "", "", ""},
		"existing cluster": {func(h *fakeHost, o *Options) {
			h.uid, h.owner, h.free, h.noNetwork, o.Existing = 1000, 1000, 0, "nft", true
		}, "", "", ""},
		"existing cluster, foreign folder": {func(h *fakeHost, o *Options) {
			o.Existing, h.files["var/lib/kubemate/photos"] = true, dir()
		}, "data-folder", Error, "photos"},
		"existing cluster, port taken": {func(h *fakeHost, o *Options) {
			o.Existing, h.busy["127.0.0.1:8090"] = true, true
		}, "port", Error, "--listen"},
		"capability missing": {func(h *fakeHost, _ *Options) {
			h.files["proc/self/status"] = file("CapEff:\t000001ffffdfffff\n")
		}, "privileges", Error, "CAP_SYS_ADMIN"},
		"no conntrack":  {func(h *fakeHost, _ *Options) { h.programs["conntrack"] = false }, "packages", Error, "apt-get install conntrack"},
		"no CNI plugin": {func(h *fakeHost, _ *Options) { delete(h.files, "usr/lib/cni/portmap") }, "packages", Error, "containernetworking-plugins"},
		"plugins in /opt": {func(h *fakeHost, _ *Options) {
			for _, p := range cniPlugins {
				delete(h.files, "usr/lib/cni/"+p)
				h.files["opt/cni/bin/"+p] = file("x")
			}
		}, "", "", ""},
		"no nftables": {func(h *fakeHost, _ *Options) { h.noNetwork = "nft" }, "network", Error, "CONFIG_NF_TABLES"},
		"no overlay":  {func(h *fakeHost, _ *Options) { h.noOverlay = true }, "overlay", Error, "/var/lib"},
		"memory off":  {func(h *fakeHost, _ *Options) { h.files["sys/fs/cgroup/cgroup.controllers"] = file("cpu pids") }, "cgroup", Error, "controller memory"},
		"cgroup v1": {func(h *fakeHost, _ *Options) {
			delete(h.files, "sys/fs/cgroup/cgroup.controllers")
			h.files["proc/cgroups"] = file("#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\nmemory\t2\t1\t1\npids\t3\t1\t1\n")
			for _, c := range []string{"cpu", "memory", "pids"} {
				h.files["sys/fs/cgroup/"+c] = dir()
			}
		}, "", "", ""},
		"another kubelet": {func(h *fakeHost, _ *Options) { h.processes = []Proc{{PID: 7, Name: "kubelet"}} }, "other-cluster", Error, "process 7"},
		"our own kubelet": {func(h *fakeHost, _ *Options) { h.processes = []Proc{{PID: 7, Name: "kubelet", Instance: "/x"}} }, "", "", ""},
		"range in use": {func(h *fakeHost, _ *Options) {
			h.interfaces = append(h.interfaces, NetInterface{"vpn0", []netip.Prefix{netip.MustParsePrefix("10.96.4.7/24")}})
		}, "addresses", Error, "vpn0"},
		"node's address in use, a way out": {func(h *fakeHost, _ *Options) {
			h.interfaces = append(h.interfaces, NetInterface{"vpn0", []netip.Prefix{netip.MustParsePrefix("10.95.0.7/24")}})
		}, "addresses", Error, "--simulated"},
		"range in use, simulated": {func(h *fakeHost, o *Options) {
			h.interfaces, o.Simulated = append(h.interfaces, NetInterface{"vpn0", []netip.Prefix{netip.MustParsePrefix("10.96.4.7/24")}}), true
		}, "", "", ""},
		"own interface left": {func(h *fakeHost, _ *Options) {
			h.interfaces = append(h.interfaces, NetInterface{"kubemate0", []netip.Prefix{netip.MustParsePrefix("10.95.0.1/32")}})
		}, "", "", ""},
		"few inotify": {func(h *fakeHost, _ *Options) { h.files["proc/sys/fs/inotify/max_user_instances"] = file("16") }, "inotify", Warning, "sysctl -w"},
		"firewall": {func(h *fakeHost, _ *Options) {
			h.ruleset = "table inet fw {\n chain f {\n type filter hook forward priority 0; policy drop;\n"
		}, "firewall", Warning, "inet fw"},
		"iptables": {func(h *fakeHost, _ *Options) {
			h.ruleset = "table ip filter {\n chain FORWARD {\n type filter hook forward priority 0; policy drop;\n"
		}, "", "", ""},

		"little disk":   {func(h *fakeHost, _ *Options) { h.free = 1 << 30 }, "disk", Error, "1.0 GiB free"},
		"little memory": {func(h *fakeHost, _ *Options) { h.files["proc/meminfo"] = file("MemAvailable: 524288 kB\n") }, "memory", Error, "0.5 GiB"},
		"scarce memory": {func(h *fakeHost, _ *Options) { h.files["proc/meminfo"] = file("MemAvailable: 1572864 kB\n") }, "memory", Warning, "1.5 GiB"},
		"clock at 1970": {func(_ *fakeHost, o *Options) { o.Now = func() time.Time { return time.Unix(0, 0) } }, "clock", Error, "1970"},

		"port taken": {func(h *fakeHost, _ *Options) {
			h.busy["127.0.0.1:8090"] = true
			h.listeners[8090] = Proc{PID: 42, Name: "nginx"}
		}, "port", Error, "nginx (process 42)"},
		"port taken, flag named": {func(h *fakeHost, _ *Options) { h.busy["127.0.0.1:8090"] = true }, "port", Error, "--listen"},
		"port of a killed run": {func(h *fakeHost, _ *Options) {
			h.busy["127.0.0.1:8090"] = true
			h.listeners[8090] = Proc{PID: 42, Name: "kubemate", Instance: "/var/lib/kubemate"}
		}, "", "", ""},
		"port on all addresses": {func(h *fakeHost, _ *Options) { h.files["proc/net/tcp6"] = tcp6("192B") }, "port", Error, "10.95.0.1:6443"},
		"bad address":           {func(_ *fakeHost, o *Options) { o.Ports[0].Address = "8090" }, "port", Error, "no host:port"},

		"relative folder":  {func(_ *fakeHost, o *Options) { o.DataDir = "data" }, "data-folder", Error, "absolute"},
		"long folder":      {func(_ *fakeHost, o *Options) { o.DataDir = "/" + strings.Repeat("x", 60) }, "data-folder", Error, "60 bytes"},
		"folder is a file": {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate"] = file("x") }, "data-folder", Error, "no folder"},
		"empty folder":     {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate"] = dir() }, "", "", ""},
		"foreign folder":   {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate/photos"] = dir() }, "data-folder", Error, "photos"},
		"cut off at mark":  {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate/.format.123"] = file("") }, "", "", ""},
		"own folder":       {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate/format"] = file("1\n") }, "", "", ""},
		"newer folder":     {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate/format"] = file("2\n") }, "data-folder", Error, "newer version"},
		"torn mark":        {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate/format"] = file("") }, "data-folder", Error, "no version"},
		"another's folder": {func(h *fakeHost, _ *Options) { h.files["var/lib/kubemate/format"] = file("1"); h.owner = 5 }, "data-folder", Error, "user 5"},
		"folder in use": {func(h *fakeHost, _ *Options) {
			h.files["var/lib/kubemate/format"], h.files["var/lib/kubemate/run/cluster.lock"] = file("1"), file("")
			h.locked["/var/lib/kubemate/run/cluster.lock"] = true
		}, "data-folder", Error, "another running instance"},
		"data without key": {func(h *fakeHost, _ *Options) {
			h.files["var/lib/kubemate/format"], h.files["var/lib/kubemate/etcd/data/member"] = file("1"), dir()
		}, "data-folder", Error, "encryption.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			h := goodHost()
			o := options(h)
			tc.spoil(h, &o)
			got := Run(t.Context(), o)
			if tc.id == "" {
				if len(got.Findings) > 0 {
					t.Fatalf("findings %+v, want none", got.Findings)
				}
				return
			}
			if len(got.Findings) != 1 {
				t.Fatalf("findings %+v, want one", got.Findings)
			}
			f := got.Findings[0]
			if f.ID != tc.id || f.Severity != tc.severity || !strings.Contains(f.Problem+" "+f.Remedy, tc.say) {
				t.Errorf("finding %+v, want %s %s saying %q", f, tc.severity, tc.id, tc.say)
			}
			if got.OK() != (tc.severity == Warning) {
				t.Errorf("OK is %v", got.OK())
			}
		})
	}
}

func TestInstallLineNamesEveryPackageOnce(t *testing.T) {
	h := goodHost()
	h.programs = map[string]bool{}
	delete(h.files, "usr/lib/cni/bridge")
	got := Run(t.Context(), options(h))
	want := "apt-get install --yes conntrack containernetworking-plugins iproute2 iptables mount nftables runc"
	if got.Install != want {
		t.Errorf("install line is %q, want %q", got.Install, want)
	}
	var text strings.Builder
	if err := got.WriteText(&text); err != nil || !strings.Contains(text.String(), want) {
		t.Errorf("text lacks the line: %s", text.String())
	}
	data, err := json.Marshal(got)
	if err != nil || !strings.Contains(string(data), `"severity":"error"`) {
		t.Errorf("JSON is %s, %v", data, err)
	}
}

func TestErrorsComeFirst(t *testing.T) {
	h := goodHost()
	h.files["proc/sys/fs/inotify/max_user_instances"] = file("16")
	h.free = 0
	got := Run(t.Context(), options(h)).Findings
	if len(got) != 2 || got[0].Severity != Error {
		t.Errorf("findings are %+v", got)
	}
}

// TestThisHost: the real probes work on a real machine and leave nothing in the folder that they tried.
func TestThisHost(t *testing.T) {
	dir := t.TempDir()
	o := options(nil)
	o.DataDir, o.Now = dir, nil
	got := Run(t.Context(), o)
	if len(got.Checks) < 10 {
		t.Errorf("only %v were checked", got.Checks)
	}
	entries, err := thisHost{}.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

func TestListeningInodes(t *testing.T) {
	table := []byte("  sl  local_address\n" +
		"   0: 0100007F:1F9A 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1\n" +
		"   1: 0100007F:1F9A 0100007F:9999 01 00000000:00000000 00:00000000 00000000 0 0 4712 1\n")
	if got := listeningInodes(table, 8090); len(got) != 1 || got[0] != "4711" {
		t.Errorf("inodes are %v", got)
	}
}
