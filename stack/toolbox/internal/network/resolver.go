package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// resolver asks name servers directly.
type resolver struct {
	servers []string // host:port, asked in turn
	search  []string
	ndots   int
	timeout time.Duration
	tcp     bool
}

// newResolver reads the resolv.conf at path, or asks only server where it is given.
func newResolver(ctx context.Context, path, server string, port int) (*resolver, error) {
	r := &resolver{timeout: 5 * time.Second, ndots: 1}
	config, err := dns.ClientConfigFromFile(path)
	switch {
	case err == nil:
		r.search, r.ndots = config.Search, config.Ndots
		for _, s := range config.Servers {
			r.servers = append(r.servers, net.JoinHostPort(s, strconv.Itoa(port)))
		}
	case server == "" || !errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("name servers: %w", err)
	}
	if server != "" {
		address, err := serverAddress(ctx, server, port)
		if err != nil {
			return nil, err
		}
		r.servers = []string{address}
	}
	if len(r.servers) == 0 {
		return nil, fmt.Errorf("%s names no server: give one", path)
	}
	return r, nil
}

// serverAddress takes an address or a name, with or without a port.
func serverAddress(ctx context.Context, server string, port int) (string, error) {
	host, text, err := net.SplitHostPort(server)
	if err != nil {
		host, text = strings.Trim(server, "[]"), strconv.Itoa(port)
	}
	if net.ParseIP(host) == nil {
		addresses, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil {
			return "", fmt.Errorf("name server %s: %w", host, err)
		}
		host = addresses[0]
	}
	return net.JoinHostPort(host, text), nil
}

// candidates returns the full names to try for name, as resolv.conf(5) has it.
func (r *resolver) candidates(name string) []string {
	if strings.HasSuffix(name, ".") {
		return []string{name}
	}
	var searched []string
	for _, domain := range r.search {
		searched = append(searched, dns.Fqdn(name+"."+strings.TrimSuffix(domain, ".")))
	}
	if strings.Count(name, ".") >= r.ndots {
		return append([]string{name + "."}, searched...)
	}
	return append(searched, name+".")
}

// ask puts one question to the servers in turn, and asks again over TCP where an
// answer did not fit. It returns the server that answered.
func (r *resolver) ask(ctx context.Context, name string, kind uint16) (*dns.Msg, string, error) {
	question := new(dns.Msg)
	question.SetQuestion(name, kind)
	question.SetEdns0(1232, false)
	var failed error
	for _, server := range r.servers {
		answer, err := r.exchange(ctx, question, server, r.tcp)
		if err == nil && answer.Truncated && !r.tcp {
			answer, err = r.exchange(ctx, question, server, true)
		}
		if err == nil {
			return answer, server, nil
		}
		failed = errors.Join(failed, fmt.Errorf("server %s: %w", server, err))
	}
	return nil, "", failed
}

func (r *resolver) exchange(ctx context.Context, question *dns.Msg, server string, tcp bool) (*dns.Msg, error) {
	client := &dns.Client{Timeout: r.timeout}
	if tcp {
		client.Net = "tcp"
	}
	answer, _, err := client.ExchangeContext(ctx, question, server)
	return answer, err
}
