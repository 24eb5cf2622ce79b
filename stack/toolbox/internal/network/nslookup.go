package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

const resolvConf = "/etc/resolv.conf"

// nslookup prints the addresses of a name, or the name of an address.
func nslookup(ctx context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "nslookup", "[-p PORT] [-t TYPE] NAME [SERVER]")
	port := fs.IntP("port", "p", 53, "the server's port")
	kind := fs.StringP("type", "t", "", "type of record (addresses)")
	timeout := fs.Duration("timeout", 5*time.Second, "wait so long for each server")
	if err := fs.Parse(dashedType(args)); err != nil {
		return err
	}
	if fs.NArg() < 1 || fs.NArg() > 2 {
		return errors.New("a name is needed, and at most one server")
	}
	r, err := newResolver(ctx, resolvConf, fs.Arg(1), *port)
	if err != nil {
		return err
	}
	r.timeout = *timeout
	return lookUp(ctx, std, r, fs.Arg(0), *kind)
}

// dashedType rewrites nslookup's own -type=A.
func dashedType(args []string) []string {
	rewritten := make([]string, len(args))
	for i, arg := range args {
		for _, old := range []string{"-type=", "-query=", "-q="} {
			if value, found := strings.CutPrefix(arg, old); found {
				arg = "--type=" + value
			}
		}
		rewritten[i] = arg
	}
	return rewritten
}

func lookUp(ctx context.Context, std applet.Std, r *resolver, name, kind string) error {
	kinds := []uint16{dns.TypeA, dns.TypeAAAA}
	names := r.candidates(name)
	if net.ParseIP(name) != nil {
		reverse, err := dns.ReverseAddr(name)
		if err != nil {
			return err
		}
		names, kinds = []string{reverse}, []uint16{dns.TypePTR}
	}
	if kind != "" {
		number, known := dns.StringToType[strings.ToUpper(kind)]
		if !known {
			return fmt.Errorf("%q is no type of record", kind)
		}
		kinds = []uint16{number}
	}
	last := dns.RcodeNameError
	for _, candidate := range names {
		var found []dns.RR
		server := ""
		for _, k := range kinds {
			answer, from, err := r.ask(ctx, candidate, k)
			if err != nil {
				return err
			}
			server, last = from, answer.Rcode
			found = append(found, answer.Answer...)
		}
		if len(found) > 0 {
			printAnswers(std, server, found)
			return nil
		}
	}
	fmt.Fprintf(std.Err, "nslookup: %s: %s\n", name, verdict(last))
	return applet.Exit(1)
}

func verdict(rcode int) string {
	switch rcode {
	case dns.RcodeSuccess:
		return "the name exists, but has no record of this type"
	case dns.RcodeNameError:
		return "no such name (NXDOMAIN)"
	default:
		return "the server answered " + dns.RcodeToString[rcode]
	}
}

func printAnswers(std applet.Std, server string, found []dns.RR) {
	fmt.Fprintf(std.Out, "Server:\t%s\n\n", server)
	for _, rr := range found {
		owner := rr.Header().Name
		switch record := rr.(type) {
		case *dns.A:
			fmt.Fprintf(std.Out, "Name:\t%s\nAddress: %s\n", owner, record.A)
		case *dns.AAAA:
			fmt.Fprintf(std.Out, "Name:\t%s\nAddress: %s\n", owner, record.AAAA)
		case *dns.CNAME:
			fmt.Fprintf(std.Out, "%s\tcanonical name = %s\n", owner, record.Target)
		case *dns.PTR:
			fmt.Fprintf(std.Out, "%s\tname = %s\n", owner, record.Ptr)
		default:
			fmt.Fprintln(std.Out, rr)
		}
	}
}
