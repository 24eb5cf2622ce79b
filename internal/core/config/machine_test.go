package config

import (
	"net"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestReachableOf(t *testing.T) {
	var addresses []net.Addr
	for _, text := range []string{"127.0.0.1/8", "192.0.2.5/24", "169.254.3.4/16", "::1/128", "fe80::1/64", "2001:db8::5/64"} {
		ip, network, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		addresses = append(addresses, &net.IPNet{IP: ip, Mask: network.Mask})
	}
	if got, want := reachableOf(addresses), []string{"192.0.2.5", "2001:db8::5"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMachineHostsBeginWithItsName(t *testing.T) {
	name, err := os.Hostname()
	if err != nil || name == "" {
		t.Fatalf("the kernel always gives a name: %q, %v", name, err)
	}
	hosts := MachineHosts()
	if len(hosts) == 0 || hosts[0] != strings.TrimSuffix(name, ".") {
		t.Fatalf("got %q, want %s first", hosts, name)
	}
	for _, h := range hosts[1:] {
		if ip := net.ParseIP(h); ip == nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
			t.Errorf("%s is no address that others reach", h)
		}
	}
}
