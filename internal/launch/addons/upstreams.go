package addons

import (
	"bufio"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"strings"
)

// ReadUpstreams returns the name servers that the machine itself asks and a pod
// can ask as well: not those on loopback addresses, which are the machine's own.
// Where there is such a stub resolver, systemd's list of the real ones is read.
func ReadUpstreams() ([]string, error) {
	return upstreamsFrom("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf")
}

// upstreamsFrom reads the files in turn until one names a usable server.
func upstreamsFrom(files ...string) ([]string, error) {
	for _, file := range files {
		servers, err := readResolvConf(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if len(servers) > 0 {
			return servers, nil
		}
	}
	return nil, nil
}

// maxUpstreams is what CoreDNS's forward plugin takes.
const maxUpstreams = 15

func readResolvConf(file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var servers []string
	scanner := bufio.NewScanner(f)
	for scanner.Scan() && len(servers) < maxUpstreams {
		fields := strings.Fields(scanner.Text())
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		address, err := netip.ParseAddr(fields[1])
		// An address with a zone means something on one interface of this machine only.
		if err != nil || address.IsLoopback() || address.IsUnspecified() || address.Zone() != "" {
			continue
		}
		servers = append(servers, address.String())
	}
	return servers, scanner.Err()
}
