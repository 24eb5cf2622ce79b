package testkit

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// Host is what a cluster may change on this machine, by aspect: one line per thing.
type Host map[string][]string

// TakeHost looks at this machine.
func TakeHost(t testing.TB) Host {
	t.Helper()
	return Host{
		"links":     output(t, "ip", "-br", "link"),
		"addresses": output(t, "ip", "-br", "address"),
		"routes":    output(t, "ip", "route"),
		"netns":     output(t, "ip", "netns"),
		"firewall":  output(t, "nft", "--stateless", "list", "ruleset"),
		"iptables":  iptables(t),
		"mounts":    mounts(t),
		"cgroups":   cgroups(t),
		"sysctls":   sysctls(t),
		"paths":     existing("/run/containerd", "/run/containerd/s", "/run/netns", "/var/lib/cni", "/var/lib/kubelet", "/var/log/containers", "/var/log/pods", "/etc/cni", "/opt/cni", "/opt/containerd", "/usr/libexec/kubernetes", "/etc/kubernetes", "/run/flannel", "/run/nri", "/run/cdi"),
		"processes": processes(t),
	}
}

// Compare fails with everything that is different now.
func (h Host) Compare(t testing.TB) {
	t.Helper()
	now := TakeHost(t)
	for _, aspect := range slices.Sorted(maps.Keys(h)) {
		for _, line := range now[aspect] {
			if !slices.Contains(h[aspect], line) {
				t.Errorf("%s: left behind: %s", aspect, line)
			}
		}
		for _, line := range h[aspect] {
			if aspect != "processes" && !slices.Contains(now[aspect], line) {
				t.Errorf("%s: missing now: %s", aspect, line)
			}
		}
	}
}

func output(t testing.TB, name string, args ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func mounts(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		out = append(out, strings.Fields(line)[4])
	}
	return out
}

func cgroups(t testing.TB) []string {
	t.Helper()
	out, err := filepath.Glob("/sys/fs/cgroup/*/kube*")
	if err != nil {
		t.Fatal(err)
	}
	unified, _ := filepath.Glob("/sys/fs/cgroup/kube*")
	return append(out, unified...)
}

func existing(paths ...string) []string {
	var out []string
	for _, p := range paths {
		if _, err := os.Lstat(p); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// volatile settings change by themselves.
var volatile = regexp.MustCompile(`^/proc/sys/(fs/(dentry|inode|file-nr|aio-nr|quota)|kernel/(random|ns_last_pid|pty/nr|perf|sched)|net/netfilter/nf_conntrack_count|vm/(stat|compact))`)

func sysctls(t testing.TB) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir("/proc/sys", func(path string, d os.DirEntry, err error) error {
		// Settings that can't be read are nobody's to change; some vanish while they are walked.
		if err == nil && !d.IsDir() && !volatile.MatchString(path) {
			if data, err := os.ReadFile(path); err == nil {
				out = append(out, path+" = "+strings.TrimSpace(string(data)))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// iptables gives the rules without counters and dates.
func iptables(t testing.TB) []string {
	t.Helper()
	counters := regexp.MustCompile(`\[\d+:\d+\]`)
	var rules []string
	for _, program := range []string{"iptables-save", "ip6tables-save"} {
		for _, line := range output(t, program) {
			if !strings.HasPrefix(line, "#") {
				rules = append(rules, program+": "+counters.ReplaceAllString(line, ""))
			}
		}
	}
	return rules
}

// processes lists what a cluster runs: its own programs, and those of containers. Without the mark
// of an instance, a control plane is that of another test suite.
func processes(t testing.TB) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, link := range links {
		exe, err := os.Readlink(link)
		if err != nil {
			continue
		}
		pid := filepath.Base(filepath.Dir(link))
		env, err := os.ReadFile("/proc/" + pid + "/environ")
		marked := err == nil && bytes.Contains(env, []byte(hostjournal.InstanceVariable+"="))
		switch base := filepath.Base(exe); {
		case marked && (strings.HasPrefix(base, "kubemate") || base == "kwok"),
			strings.HasPrefix(base, "containerd"), strings.HasPrefix(base, "workload"), strings.HasPrefix(exe, containerPrograms):
			out = append(out, pid+" "+exe)
		}
	}
	return out
}

// containerPrograms is where programs of our images lie. Those of the host lie in /usr/bin, which /bin leads to.
const containerPrograms = "/bin/"
