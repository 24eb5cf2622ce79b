package main

// debianPackage is a package of the machine that Kubemate starts as a process of its own. It is
// installed from Debian by scripts/deps.sh; Kubemate neither links it nor hands it on.
type debianPackage struct {
	Name, For, Licence string
}

// debianPackages are those that running needs. The licences are those of the programs used, from
// /usr/share/doc/PACKAGE/copyright.
func debianPackages() []debianPackage {
	return []debianPackage{
		{"conntrack", "forget connections to pods that are gone (kube-proxy)", "GPL-2.0-or-later"},
		{"containernetworking-plugins", "the pods' network", "Apache-2.0"},
		{"iproute2", "network interfaces", "GPL-2.0-only"},
		{"iptables", "host ports of pods", "GPL-2.0-only"},
		{"mount", "mounts of volumes (kubelet)", "GPL-2.0-or-later"},
		{"nftables", "Services and the platform's own table", "GPL-2.0-only"},
		{"runc", "start containers", "Apache-2.0"},
	}
}
