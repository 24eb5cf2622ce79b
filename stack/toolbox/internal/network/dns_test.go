package network

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// newDNS starts a name server on a loopback port, UDP and TCP.
func newDNS(t *testing.T) (host, port string) {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	streams, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	mux := dns.NewServeMux()
	mux.HandleFunc(".", answer)
	for _, s := range []*dns.Server{{PacketConn: packets, Handler: mux}, {Listener: streams, Handler: mux}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		ended := make(chan error, 1)
		go func() { ended <- s.ActivateAndServe() }()
		<-started
		t.Cleanup(func() {
			_ = s.Shutdown()
			<-ended
		})
	}
	host, port, err = net.SplitHostPort(packets.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

var zone = map[string][]string{
	"kubernetes.default.svc.cluster.local. A": {"kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1"},
	"six.test. AAAA":              {"six.test. 30 IN AAAA 2001:db8::1"},
	"alias.test. A":               {"alias.test. 30 IN CNAME real.test.", "real.test. 30 IN A 192.0.2.7"},
	"1.0.96.10.in-addr.arpa. PTR": {"1.0.96.10.in-addr.arpa. 30 IN PTR kubernetes.default.svc.cluster.local."},
	"_https._tcp.kubernetes.default.svc.cluster.local. SRV": {"_https._tcp.kubernetes.default.svc.cluster.local. 30 IN SRV 0 100 443 kubernetes.default.svc.cluster.local."},
}

func answer(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(q)
	name := q.Question[0].Name
	_, udp := w.RemoteAddr().(*net.UDPAddr)
	switch {
	case name == "refused.test.":
		m.Rcode = dns.RcodeRefused
	case name == "large.test." && udp:
		m.Truncated = true
	case name == "large.test.":
		rr, _ := dns.NewRR("large.test. 30 IN A 192.0.2.99")
		m.Answer = append(m.Answer, rr)
	default:
		texts := zone[name+" "+dns.TypeToString[q.Question[0].Qtype]]
		for _, text := range texts {
			rr, _ := dns.NewRR(text)
			m.Answer = append(m.Answer, rr)
		}
		known := false
		for key := range zone {
			known = known || strings.HasPrefix(key, name+" ")
		}
		if !known {
			m.Rcode = dns.RcodeNameError
		}
	}
	_ = w.WriteMsg(m)
}

// resolverFor asks the test's server with a pod's usual search list.
func resolverFor(t *testing.T, host, port string) *resolver {
	t.Helper()
	return &resolver{
		servers: []string{net.JoinHostPort(host, port)}, timeout: 10 * time.Second, ndots: 5,
		search: []string{"default.svc.cluster.local", "svc.cluster.local", "cluster.local"},
	}
}

func TestNslookup(t *testing.T) {
	host, port := newDNS(t)
	for _, tt := range []struct {
		name, kind string
		want       []string
		code       int
	}{
		{"kubernetes", "", []string{"Address: 10.96.0.1", "Name:\tkubernetes.default.svc.cluster.local."}, 0},
		{"kubernetes.default", "", []string{"Address: 10.96.0.1"}, 0},
		{"kubernetes.default.svc.cluster.local.", "", []string{"Address: 10.96.0.1"}, 0},
		{"six.test", "", []string{"Address: 2001:db8::1"}, 0},
		{"alias.test", "", []string{"canonical name = real.test.", "Address: 192.0.2.7"}, 0},
		{"10.96.0.1", "", []string{"name = kubernetes.default.svc.cluster.local."}, 0},
		{"_https._tcp.kubernetes.default.svc.cluster.local", "srv", []string{"443"}, 0},
		{"large.test", "a", []string{"192.0.2.99"}, 0}, // over TCP, UDP being too small
		{"nosuch.test", "", []string{"no such name"}, 1},
		{"six.test", "mx", []string{"no record of this type"}, 1},
		{"refused.test", "", []string{"REFUSED"}, 1},
		{"x", "potato", []string{"no type of record"}, 1},
	} {
		var out bytes.Buffer
		std := applet.Std{Out: &out, Err: &out}
		code := applet.Code(std, "nslookup", lookUp(t.Context(), std, resolverFor(t, host, port), tt.name, tt.kind))
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) || code != tt.code {
				t.Errorf("%s %s: %q not in %q, code %d", tt.name, tt.kind, want, out.String(), code)
			}
		}
	}
}

func TestNslookupByItsFlags(t *testing.T) {
	host, port := newDNS(t)
	var out bytes.Buffer
	std := applet.Std{Out: &out, Err: &out}
	err := nslookup(t.Context(), std, []string{"-type=aaaa", "-p", port, "six.test.", host})
	if err != nil || !strings.Contains(out.String(), "2001:db8::1") {
		t.Errorf("%q, %v", out.String(), err)
	}
	for _, wrong := range [][]string{{}, {"a", "b", "c"}, {"-x", "a"}} {
		if nslookup(t.Context(), std, wrong) == nil {
			t.Errorf("%v was taken", wrong)
		}
	}
}

func TestDig(t *testing.T) {
	host, port := newDNS(t)
	at := "@" + host
	for _, tt := range []struct {
		call string
		want string
		code int
	}{
		{at + " -p " + port + " +short six.test AAAA", "2001:db8::1\n", 0},
		{at + " -p " + port + " AAAA", "status: NXDOMAIN", 0}, // a name like a type
		{at + " -p " + port + " +short -x 10.96.0.1", "kubernetes.default.svc.cluster.local.\n", 0},
		{at + " -p " + port + " +short -t srv _https._tcp.kubernetes.default.svc.cluster.local", "0 100 443 kubernetes.default.svc.cluster.local.\n", 0},
		{at + " -p " + port + " +tcp +short large.test", "192.0.2.99\n", 0},
		{at + " -p " + port + " nosuch.test", "status: NXDOMAIN", 0},
		{at + " -p potato x", "is no port", 1},
		{"-x potato", "is no address", 1},
		{"-t potato x", "is no type", 1},
		{"-q", "unknown flag", 1},
	} {
		var out bytes.Buffer
		std := applet.Std{Out: &out, Err: &out}
		code := applet.Code(std, "dig", dig(t.Context(), std, strings.Fields(tt.call)))
		if !strings.Contains(out.String(), tt.want) || code != tt.code {
			t.Errorf("dig %s: %q, code %d", tt.call, out.String(), code)
		}
	}
}

func TestDigASilentServer(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	var out bytes.Buffer
	r := &resolver{servers: []string{silent.LocalAddr().String()}, timeout: 50 * time.Millisecond}
	err = digWith(context.Background(), applet.Std{Out: &out, Err: &out}, r, digCall{name: "x", kind: dns.TypeA})
	if !errors.Is(err, applet.Exit(9)) || !strings.Contains(out.String(), silent.LocalAddr().String()) {
		t.Errorf("%v, %q", err, out.String())
	}
}

func TestResolver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(file, []byte("nameserver 10.96.0.10\nsearch a.b c.d.\noptions ndots:2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := newResolver(t.Context(), file, "", 53)
	if err != nil || r.servers[0] != "10.96.0.10:53" {
		t.Fatalf("%v, %v", r, err)
	}
	for name, want := range map[string]string{
		"x":     "x.a.b. x.c.d. x.",
		"x.y":   "x.y.a.b. x.y.c.d. x.y.",
		"x.y.z": "x.y.z. x.y.z.a.b. x.y.z.c.d.",
		"x.":    "x.",
	} {
		if got := strings.Join(r.candidates(name), " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for server, want := range map[string]string{
		"192.0.2.1": "192.0.2.1:53", "192.0.2.1:5353": "192.0.2.1:5353", "2001:db8::1": "[2001:db8::1]:53", "[2001:db8::1]:99": "[2001:db8::1]:99",
	} {
		if r, err := newResolver(t.Context(), "/nonexistent", server, 53); err != nil || r.servers[0] != want {
			t.Errorf("%s: %v, %v", server, r, err)
		}
	}
	if _, err := newResolver(t.Context(), "/nonexistent", "", 53); err == nil {
		t.Error("no server at all was taken")
	}
}
