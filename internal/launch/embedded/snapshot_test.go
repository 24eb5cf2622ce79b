//go:build node

package embedded_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// snapshot is what a cluster may change on the host, by aspect: one line per thing.
type snapshot map[string][]string

func takeSnapshot(t *testing.T) snapshot {
	t.Helper()
	s := snapshot{
		"links":     output(t, "ip", "-br", "link"),
		"addresses": output(t, "ip", "-br", "address"),
		"routes":    output(t, "ip", "route"),
		"netns":     output(t, "ip", "netns"),
		"firewall":  output(t, "nft", "--stateless", "list", "ruleset"),
		"mounts":    mounts(t),
		"cgroups":   cgroups(t),
		"sysctls":   sysctls(t),
		"paths":     existing("/run/containerd", "/run/containerd/s", "/run/netns", "/var/lib/cni", "/var/lib/kubelet", "/var/log/containers", "/var/log/pods", "/etc/cni", "/opt/cni", "/opt/containerd", "/usr/libexec/kubernetes", "/etc/kubernetes", "/run/flannel", "/run/nri", "/run/cdi"),
		"processes": processes(t),
	}
	return s
}

func (s snapshot) compare(t *testing.T) {
	t.Helper()
	now := takeSnapshot(t)
	for _, aspect := range slices.Sorted(maps.Keys(s)) {
		for _, line := range now[aspect] {
			if !slices.Contains(s[aspect], line) {
				t.Errorf("%s: left behind: %s", aspect, line)
			}
		}
		for _, line := range s[aspect] {
			if !slices.Contains(now[aspect], line) {
				t.Errorf("%s: missing now: %s", aspect, line)
			}
		}
	}
}

func output(t *testing.T, name string, args ...string) []string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func mounts(t *testing.T) []string {
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

func cgroups(t *testing.T) []string {
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

func sysctls(t *testing.T) []string {
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

// processes lists the executables that a cluster runs.
func processes(t *testing.T) []string {
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
		if base := filepath.Base(exe); strings.HasPrefix(base, "kubemate-node") || strings.HasPrefix(base, "containerd") || strings.HasPrefix(base, "workload") {
			pid := filepath.Base(filepath.Dir(link))
			// Control planes of other test suites run on the same machine: they carry no mark.
			if env, err := os.ReadFile("/proc/" + pid + "/environ"); err == nil && !strings.Contains(string(env), "KUBEMATE_INSTANCE=") && strings.HasPrefix(base, "kubemate-node") {
				continue
			}
			out = append(out, pid+" "+exe)
		}
	}
	return out
}
