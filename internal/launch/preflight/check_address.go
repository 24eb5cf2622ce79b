package preflight

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// addresses: ranges that the machine already uses would be out of its reach.
func (r *runner) addresses(context.Context) {
	ifaces, err := r.host.Interfaces()
	if err != nil {
		return
	}
	ranges := map[string]string{"the node's address": r.o.NodeIP + "/32", "the pods' range": r.o.ClusterCIDR, "the services' range": r.o.ServiceCIDR}
	for what, text := range ranges {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			continue
		}
		for _, i := range ifaces {
			if i.Name == ownInterface || i.Name == ownPodBridge {
				continue
			}
			for _, p := range i.Prefixes {
				if p.Masked().Overlaps(prefix) {
					r.fail("addresses", fmt.Sprintf("%s %s overlaps the network %s of interface %s", what, prefix, p.Masked(), i.Name),
						"the cluster's ranges are fixed: leave that network, or use --simulated, which needs none of them, or another cluster with --kubeconfig FILE")
				}
			}
		}
	}
}

func (r *runner) ports(ctx context.Context) {
	for _, p := range r.o.Ports {
		host, portText, err := net.SplitHostPort(p.Address)
		port, convErr := strconv.Atoi(portText)
		if err != nil || convErr != nil || port < 0 || port > 65535 {
			r.fail("port", fmt.Sprintf("%q, the address of %s, is no host:port", p.Address, p.Purpose), "write it as 127.0.0.1:8090"+flagHint(p))
			continue
		}
		if port != 0 && r.taken(ctx, p.Address, host, port) {
			r.portTaken(p, port)
		}
	}
}

// taken tells whether the address can't be listened on. An address that the machine doesn't have yet is taken only by
// a listener on all addresses.
func (r *runner) taken(ctx context.Context, address, host string, port int) bool {
	if r.local(host) {
		return r.host.Listen(ctx, address) != nil
	}
	return r.wildcard(port)
}

// portTaken is no finding if the holder is left from an interrupted run of this instance: the start ends it.
func (r *runner) portTaken(p Port, port int) {
	holder := r.host.Listener(port)
	if holder.Instance != "" && holder.Instance == r.o.DataDir {
		return
	}
	name := "another process"
	if holder.PID != 0 {
		name = fmt.Sprintf("%s (process %d)", holder.Name, holder.PID)
	}
	r.fail("port", fmt.Sprintf("%s, the address of %s, is taken by %s", p.Address, p.Purpose, name), "stop it, or choose another address"+flagHint(p))
}

func flagHint(p Port) string {
	if p.Flag == "" {
		return ""
	}
	return " with " + p.Flag
}

// local is true if host is an address of this machine, or a name.
func (r *runner) local(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	ifaces, err := r.host.Interfaces()
	if err != nil {
		return false
	}
	for _, i := range ifaces {
		for _, p := range i.Prefixes {
			if p.Addr() == ip {
				return true
			}
		}
	}
	return false
}

// wildcard is true if somebody listens on the port on all addresses.
func (r *runner) wildcard(port int) bool {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		data, err := r.host.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			fields := strings.Fields(line)
			if len(fields) < 4 || fields[3] != "0A" {
				continue
			}
			addr, hex, ok := strings.Cut(fields[1], ":")
			p, err := strconv.ParseUint(hex, 16, 16)
			if ok && err == nil && int(p) == port && strings.Trim(addr, "0") == "" {
				return true
			}
		}
	}
	return false
}
