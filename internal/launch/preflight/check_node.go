package preflight

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

func (r *runner) privileges(context.Context) {
	if uid := r.host.UID(); uid != 0 {
		r.fail("privileges", fmt.Sprintf("user %d is not root, and a real node mounts, makes network interfaces and cgroups", uid),
			"run it as root, or without a real node: kubemate up --simulated")
		return
	}
	status, err := r.host.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	needed := map[uint]string{12: "CAP_NET_ADMIN", 18: "CAP_SYS_CHROOT", 21: "CAP_SYS_ADMIN"}
	for bit, name := range needed {
		if !hasCapability(string(status), bit) {
			r.fail("privileges", "root lacks the capability "+name+", as in an unprivileged container",
				"run it on the machine itself or in a privileged container, or use kubemate up --simulated")
		}
	}
}

func hasCapability(status string, bit uint) bool {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "CapEff:"); ok {
			set, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			return err == nil && set&(1<<bit) != 0
		}
	}
	return true // an unknown format is no reason to refuse
}

// tools maps programs to Debian's packages.
var tools = []struct{ program, pkg string }{
	{"runc", "runc"},
	{"iptables", "iptables"},
	{"nft", "nftables"},
	{"conntrack", "conntrack"},
	{"ip", "iproute2"},
	{"mount", "mount"},
}

// cniFolders are where packages put the CNI plugins.
var cniFolders = []string{"/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"}

var cniPlugins = []string{"bridge", "host-local", "loopback", "portmap"}

func (r *runner) tools(context.Context) {
	for _, t := range tools {
		if _, err := r.host.LookPath(t.program); err != nil {
			r.fail("packages", "the program "+t.program+" is not installed", "apt-get install "+t.pkg)
			r.packages = append(r.packages, t.pkg)
		}
	}
	for _, dir := range cniFolders {
		if r.hasPlugins(dir) {
			return
		}
	}
	r.fail("packages", fmt.Sprintf("the CNI plugins %s are in none of %s", strings.Join(cniPlugins, ", "), strings.Join(cniFolders, ", ")),
		"apt-get install containernetworking-plugins")
	r.packages = append(r.packages, "containernetworking-plugins")
}

func (r *runner) hasPlugins(dir string) bool {
	for _, p := range cniPlugins {
		if _, err := r.host.Stat(filepath.Join(dir, p)); err != nil {
			return false
		}
	}
	return true
}

// network tries what the node will do, in a network namespace of its own.
func (r *runner) network(ctx context.Context) {
	if r.host.UID() != 0 {
		return
	}
	tries := []struct {
		feature, input, name string
		args                 []string
	}{
		{"bridges (CONFIG_BRIDGE)", "", "ip", []string{"link", "add", "kmprobe0", "type", "bridge"}},
		{"virtual Ethernet pairs (CONFIG_VETH)", "", "ip", []string{"link", "add", "kmprobe0", "type", "veth", "peer", "name", "kmprobe1"}},
		{"nftables with NAT (CONFIG_NF_TABLES, CONFIG_NFT_NAT, CONFIG_NFT_MASQ)", nftProbe, "nft", []string{"-f", "-"}},
		{"iptables' NAT table (CONFIG_NFT_COMPAT or CONFIG_IP_NF_NAT)", "", "iptables", []string{"-t", "nat", "-N", "KMPROBE"}},
	}
	for _, t := range tries {
		if _, err := r.host.LookPath(t.name); err != nil {
			continue // the packages' check has said so
		}
		if err := r.host.TryNetwork(ctx, t.input, t.name, t.args...); err != nil {
			r.fail("network", fmt.Sprintf("the kernel has no %s: %v", t.feature, err),
				"use a kernel with it (Debian's has), or load its module")
		}
	}
}

// nftProbe uses what kube-proxy's nftables mode and our own table need.
const nftProbe = `table ip kmprobe {
	map m { type ipv4_addr . inet_proto . inet_service : verdict ; }
	chain post { type nat hook postrouting priority srcnat; masquerade; }
	chain pre { type nat hook prerouting priority dstnat; ip daddr . meta l4proto . th dport vmap @m; dnat to 10.0.0.1; }
	chain forward { type filter hook forward priority filter; ct state established accept; numgen random mod 2 vmap { 0 : accept, 1 : drop }; }
}
`

func (r *runner) overlay(ctx context.Context) {
	if r.host.UID() != 0 {
		return
	}
	dir := r.existing(r.o.DataDir)
	if err := r.host.TryOverlay(ctx, dir); err != nil {
		r.fail("overlay", fmt.Sprintf("images can't be unpacked as overlays on the disk of %s: %v", dir, err),
			"put the data folder on an ext4 or xfs disk (--data-dir), with a kernel that has CONFIG_OVERLAY_FS")
	}
}

func (r *runner) cgroup(context.Context) {
	have, err := r.controllers()
	if err != nil {
		r.fail("cgroup", fmt.Sprintf("the cgroup controllers can't be read: %v", err), "mount the cgroup file system at /sys/fs/cgroup")
		return
	}
	for _, c := range []string{"cpu", "memory", "pids"} {
		if !have[c] {
			r.fail("cgroup", "the cgroup controller "+c+" is off", "start the kernel without cgroup_disable="+c+", and with cgroup_enable="+c+" where it is off by default")
		}
	}
}

func (r *runner) controllers() (map[string]bool, error) {
	have := map[string]bool{}
	if data, err := r.host.ReadFile("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		for _, c := range strings.Fields(string(data)) {
			have[c] = true
		}
		return have, nil
	}
	data, err := r.host.ReadFile("/proc/cgroups")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) != 4 || fields[3] != "1" {
			continue
		}
		if _, err := r.host.Stat(filepath.Join("/sys/fs/cgroup", fields[0])); err == nil {
			have[fields[0]] = true
		}
	}
	return have, nil
}

// otherCluster: two kubelets or kube-proxies on a machine undo each other's work.
func (r *runner) otherCluster(context.Context) {
	procs, err := r.host.Processes()
	if err != nil {
		return
	}
	foreign := map[string]bool{"kubelet": true, "kube-proxy": true, "k3s": true, "k3s-server": true, "k3s-agent": true, "rke2": true, "k0s": true, "microk8s": true, "kubelite": true}
	for _, p := range procs {
		if foreign[p.Name] && p.Instance == "" {
			r.fail("other-cluster", fmt.Sprintf("another Kubernetes runs on this machine: %s (process %d)", p.Name, p.PID),
				"use it with kubemate up --kubeconfig FILE, or stop it first")
			return
		}
	}
}
