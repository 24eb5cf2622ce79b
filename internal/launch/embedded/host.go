package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// cgroupName is the node's own cgroup: everything that runs in pods is below it.
const cgroupName = "kubemate"

// sysctls that the cluster, its kubelet or kube-proxy change. The first is set here, the others by them.
var sysctls = []string{
	"net.ipv4.ip_forward",
	"net.ipv4.conf.all.forwarding",
	"net.ipv4.conf.default.forwarding",
	"net.ipv4.conf.all.route_localnet",
	"net.ipv4.conf.all.arp_ignore",
	"net.ipv4.conf.all.arp_announce",
	"net.ipv4.vs.conntrack",
	"net.bridge.bridge-nf-call-iptables",
	"net.bridge.bridge-nf-call-ip6tables",
	"net.netfilter.nf_conntrack_max",
	"net.netfilter.nf_conntrack_tcp_be_liberal",
	"net.netfilter.nf_conntrack_tcp_timeout_established",
	"net.netfilter.nf_conntrack_tcp_timeout_close_wait",
	"vm.overcommit_memory",
	"vm.panic_on_oom",
	"kernel.panic",
	"kernel.panic_on_oops",
	"kernel.keys.root_maxkeys",
	"kernel.keys.root_maxbytes",
}

// hostPaths outside of the data folder are fixed in Kubernetes, containerd and CNI; parents stand before their children.
// Below them links into the data folder and dead sockets are removed, and files that patterns tell to be ours.
var hostPaths = []hostjournal.Entry{
	{Name: "/run/containerd"},
	{Name: "/run/containerd/s"}, // the shims' sockets
	{Name: "/run/cdi"},
	{Name: "/run/netns"},
	{Name: "/var/lib/cni"},
	{Name: "/var/lib/cni/results", Mentioning: []string{"kubemate-*", "cni-loopback-*"}},
	{Name: "/var/log/containers"},
	{Name: "/var/lib/kubelet"},
	{Name: "/var/lib/kubelet/device-plugins", Patterns: []string{"kubelet.sock", "DEPRECATION", "kubelet_internal_checkpoint"}},
	{Name: "/usr/libexec/kubernetes"},
	{Name: "/etc/cni"},
	{Name: "/etc/cni/net.d"},
	{Name: "/opt/containerd"},
}

// iptablesChains are the prefixes of the chains of CNI's port mapping and of openFirewall.
var iptablesChains = []string{"CNI-HOSTPORT-", "CNI-DN-", ownChain}

// prepareHost journals and makes all changes on the host that a real node needs.
func prepareHost(ctx context.Context, j *hostjournal.Journal, l layout, o Options, f hostFacts) error {
	if err := loadBridgeFilter(ctx, j); err != nil {
		return err
	}
	if err := journalHost(ctx, j, l); err != nil {
		return err
	}
	steps := []struct {
		what string
		do   func() error
	}{
		{"turn on IP forwarding", func() error { return writeSysctl("net.ipv4.ip_forward", "1") }},
		{"make the network interface", func() error { return makeInterface(ctx, o.NodeIP) }},
		{"send bridged packets through the firewall", setBridgeFilter},
		{"write the firewall table", func() error { return loadTable(ctx, l, o.NodeIP) }},
		{"open the host's firewall for pods", func() error { return openFirewall(ctx) }},
		{"share mounts with pods", func() error { return shareMounts(l.kubelet()) }},
		{"make the cgroup", func() error { return makeCgroup(f.cgroupV2) }},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
	}
	return nil
}

// journalHost records every change to come. The order is that of the undoing, reversed: processes are ended first.
func journalHost(ctx context.Context, j *hostjournal.Journal, l layout) error {
	var entries []hostjournal.Entry
	for _, e := range hostPaths {
		e.Kind, e.DataDir = hostjournal.Path, string(l)
		if _, err := os.Lstat(e.Name); err == nil {
			e.Before = "present"
		}
		entries = append(entries, e)
	}
	for _, name := range sysctls {
		value, err := hostjournal.ReadSysctl(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read sysctl %s: %w", name, err)
		}
		entries = append(entries, hostjournal.Entry{Kind: hostjournal.Sysctl, Name: name, Before: value})
	}
	for _, table := range []string{"nat", "filter"} {
		e := hostjournal.Entry{Kind: hostjournal.IPTables, Name: table, Patterns: iptablesChains}
		if exists, err := hostjournal.NFTableExists(ctx, "ip "+table); err != nil {
			return err
		} else if !exists {
			e.Before = "absent"
		}
		entries = append(entries, e)
	}
	entries = append(entries,
		hostjournal.Entry{Kind: hostjournal.NFTable, Name: "ip kube-proxy"},
		hostjournal.Entry{Kind: hostjournal.NFTable, Name: "ip6 kube-proxy"},
		hostjournal.Entry{Kind: hostjournal.NFTable, Name: "ip " + nftTable},
		hostjournal.Entry{Kind: hostjournal.Link, Name: PodBridge},
		hostjournal.Entry{Kind: hostjournal.Link, Name: Interface},
		hostjournal.Entry{Kind: hostjournal.Mount, Name: string(l)},
		hostjournal.Entry{Kind: hostjournal.Cgroup, Name: "/" + cgroupName},
		hostjournal.Entry{Kind: hostjournal.Process, Name: string(l)},
	)
	return j.Record(entries...)
}

// shareMounts makes the kubelet's folder a shared mount, so that mounts that a pod makes (propagation Bidirectional)
// reach the host, also where / is private.
func shareMounts(dir string) error {
	if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	return syscall.Mount("", dir, "", syscall.MS_SHARED, "")
}

// makeCgroup makes the node's cgroup in every hierarchy: the kubelet refuses to start below one that is missing.
func makeCgroup(v2 bool) error {
	folders, err := cgroupFolders(v2)
	if err != nil {
		return err
	}
	for _, dir := range folders {
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			if err := inherit(dir, file); err != nil {
				return err
			}
		}
	}
	if v2 {
		return delegateControllers(filepath.Dir(folders[0]))
	}
	return nil
}

// inherit copies an empty cpuset file from the parent: a new cpuset of version 1 has no processor and runs nothing.
func inherit(dir, file string) error {
	have, err := os.ReadFile(filepath.Join(dir, file))
	if errors.Is(err, fs.ErrNotExist) || err == nil && strings.TrimSpace(string(have)) != "" {
		return nil
	}
	if err != nil {
		return err
	}
	parent, err := os.ReadFile(filepath.Join(filepath.Dir(dir), file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // version 2: empty means everything
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, file), parent, 0o644)
}

// delegateControllers turns the controllers on for the root's children. They are not turned off again: other services
// may rely on them by then, and systemd turns them on by itself.
func delegateControllers(root string) error {
	for _, c := range []string{"+cpu", "+cpuset", "+memory", "+pids", "+io"} {
		err := os.WriteFile(filepath.Join(root, "cgroup.subtree_control"), []byte(c), 0o644)
		if err != nil && !errors.Is(err, syscall.ENOENT) && !errors.Is(err, syscall.EINVAL) {
			return fmt.Errorf("controller %s: %w", c, err)
		}
	}
	return nil
}
