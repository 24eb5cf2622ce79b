package network

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// digCall is what dig is asked: its arguments come in any order.
type digCall struct {
	server, name string
	port         int
	kind         uint16
	short        bool
	search, tcp  bool
	timeout      time.Duration
}

func parseDig(args []string) (digCall, error) {
	c := digCall{name: ".", kind: dns.TypeA, port: 53, timeout: 5 * time.Second}
	named := false
	for i := 0; i < len(args); i++ {
		arg := args[i]
		upper := strings.ToUpper(arg)
		switch {
		case strings.HasPrefix(arg, "@"):
			c.server = arg[1:]
		case arg == "-p" && i+1 < len(args):
			i++
			port, err := strconv.Atoi(args[i])
			if err != nil || port < 1 || port > 65535 {
				return c, fmt.Errorf("%q is no port", args[i])
			}
			c.port = port
		case arg == "-x" && i+1 < len(args):
			i++
			reverse, err := dns.ReverseAddr(args[i])
			if err != nil {
				return c, fmt.Errorf("%q is no address", args[i])
			}
			c.name, c.kind, named = reverse, dns.TypePTR, true
		case arg == "-t" && i+1 < len(args):
			i++
			kind, known := dns.StringToType[strings.ToUpper(args[i])]
			if !known {
				return c, fmt.Errorf("%q is no type of record", args[i])
			}
			c.kind = kind
		case arg == "+short":
			c.short = true
		case arg == "+search":
			c.search = true
		case arg == "+tcp":
			c.tcp = true
		case strings.HasPrefix(arg, "+time="):
			seconds, err := strconv.Atoi(arg[len("+time="):])
			if err != nil || seconds < 1 {
				return c, fmt.Errorf("%q is no time", arg)
			}
			c.timeout = time.Duration(seconds) * time.Second
		case strings.HasPrefix(arg, "+"), upper == "IN":
		case strings.HasPrefix(arg, "-"):
			return c, fmt.Errorf("unknown flag %q", arg)
		case named && dns.StringToType[upper] != 0:
			c.kind = dns.StringToType[upper]
		default:
			c.name, named = arg, true
		}
	}
	return c, nil
}

// dig prints the whole answer of a name server, or with +short only the data.
func dig(ctx context.Context, std applet.Std, args []string) error {
	c, err := parseDig(args)
	if err != nil {
		return err
	}
	r, err := newResolver(ctx, resolvConf, c.server, c.port)
	if err != nil {
		return err
	}
	r.timeout, r.tcp = c.timeout, c.tcp
	return digWith(ctx, std, r, c)
}

func digWith(ctx context.Context, std applet.Std, r *resolver, c digCall) error {
	names := []string{dns.Fqdn(c.name)}
	if c.search {
		names = r.candidates(c.name)
	}
	var answer *dns.Msg
	var server string
	var err error
	for _, name := range names {
		if answer, server, err = r.ask(ctx, name, c.kind); err != nil {
			fmt.Fprintf(std.Err, "dig: %v\n", err)
			return applet.Exit(9)
		}
		if len(answer.Answer) > 0 {
			break
		}
	}
	if !c.short {
		fmt.Fprintf(std.Out, "%s\n;; SERVER: %s\n", answer, server)
		return nil
	}
	for _, rr := range answer.Answer {
		fmt.Fprintln(std.Out, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return nil
}
