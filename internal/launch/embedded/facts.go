package embedded

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// hostFacts are what the node's configuration depends on.
type hostFacts struct {
	// cgroupV2 is true where one unified hierarchy has all controllers.
	cgroupV2 bool
	// appArmor is true if the kernel enforces AppArmor and its parser is installed.
	appArmor bool
	// sysResource is true if the process holds CAP_SYS_RESOURCE.
	sysResource bool
	// runc and cniBin are where the packages put runc and the CNI plugins.
	runc, cniBin string
}

// capSysResource is CAP_SYS_RESOURCE's bit.
const capSysResource = 24

func detectHost() (hostFacts, error) {
	f := hostFacts{appArmor: appArmorWorks()}
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		f.cgroupV2 = true
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return f, err
	}
	f.sysResource = hasCapability(string(status), capSysResource)
	if f.runc, err = firstFile("/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc", "/usr/local/bin/runc"); err != nil {
		return f, errors.New("runc is not installed: apt-get install runc")
	}
	plugin, err := firstFile("/usr/lib/cni/bridge", "/opt/cni/bin/bridge", "/usr/libexec/cni/bridge")
	if err != nil {
		return f, errors.New("the CNI plugins are not installed: apt-get install containernetworking-plugins")
	}
	f.cniBin = filepath.Dir(plugin)
	return f, nil
}

func firstFile(paths ...string) (string, error) {
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			return p, nil
		}
	}
	return "", fs.ErrNotExist
}

// appArmorWorks asks for the parser too: containerd loads its default profile with it.
func appArmorWorks() bool {
	enabled, err := os.ReadFile("/sys/module/apparmor/parameters/enabled")
	if err != nil || !strings.HasPrefix(string(enabled), "Y") {
		return false
	}
	_, err = firstFile("/sbin/apparmor_parser", "/usr/sbin/apparmor_parser")
	return err == nil
}

// hasCapability looks for a capability's bit in the effective set of a /proc/<pid>/status.
func hasCapability(status string, bit uint) bool {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "CapEff:"); ok {
			set, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			return err == nil && set&(1<<bit) != 0
		}
	}
	return false
}

// resolvConf is the host's resolver configuration for pods: name servers on loopback addresses (a local cache such as
// systemd-resolved) can't be reached from a pod, whose own loopback it would be.
func resolvConf(nodeIP string) string {
	for _, path := range []string{"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"} {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if text, ok := withoutLoopback(string(data)); ok {
			return text
		}
	}
	// No name server at all would mean 127.0.0.1 to the resolver, and CoreDNS asking itself. At the node's address
	// nobody answers, so that names from outside fail at once.
	return "nameserver " + nodeIP + "\n"
}

func withoutLoopback(text string) (string, bool) {
	var out []string
	found := false
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") || strings.HasPrefix(fields[0], ";") {
			continue
		}
		if fields[0] == "nameserver" && len(fields) > 1 {
			if strings.HasPrefix(fields[1], "127.") || fields[1] == "::1" || fields[1] == "0.0.0.0" {
				continue
			}
			found = true
		}
		out = append(out, strings.Join(fields, " "))
	}
	return strings.Join(out, "\n") + "\n", found
}

// cgroupFolders are the folders of the node's own cgroup in every hierarchy.
func cgroupFolders(v2 bool) ([]string, error) {
	roots, err := hostjournal.CgroupRoots()
	if err != nil {
		return nil, err
	}
	if v2 {
		roots = []string{"/sys/fs/cgroup"}
	} else {
		// The unified hierarchy beside the others has no controllers.
		roots = slices.DeleteFunc(roots, func(r string) bool { return strings.HasSuffix(r, "/unified") })
	}
	for i, r := range roots {
		roots[i] = filepath.Join(r, cgroupName)
	}
	return roots, nil
}
