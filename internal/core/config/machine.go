package config

import (
	"net"
	"os"
	"slices"
	"strings"
)

// ownInterfaces begin the names of the interfaces that `kubemate up` makes. Their addresses lead
// to pods, not here, and come and go: a certificate that named them would be made anew each time.
func ownInterfaces() []string { return []string{"kubemate", "kmcni"} }

// MachineHosts are the name and the addresses by which other machines may reach this one.
func MachineHosts() []string {
	var hosts []string
	if name, err := os.Hostname(); err == nil && name != "" {
		hosts = append(hosts, strings.TrimSuffix(name, "."))
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return hosts
	}
	for _, i := range interfaces {
		if slices.ContainsFunc(ownInterfaces(), func(own string) bool { return strings.HasPrefix(i.Name, own) }) {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil {
			continue
		}
		hosts = append(hosts, reachableOf(addresses)...)
	}
	return hosts
}

// reachableOf leaves out loopback and link-local addresses: nobody else can open them.
func reachableOf(addresses []net.Addr) []string {
	var hosts []string
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			hosts = append(hosts, n.IP.String())
		}
	}
	return hosts
}
