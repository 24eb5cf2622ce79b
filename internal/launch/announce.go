package launch

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/core/config"
)

// learnAddress notes where the console is and, if its certificate was generated, how a browser
// knows it.
func (u *up) learnAddress(ctx context.Context) error {
	s, err := u.o.server()
	if err != nil {
		return err
	}
	u.state.Address = s.PublicURL + "/"
	if s.TLSGenerate {
		u.state.Fingerprint, err = fingerprint(ctx, s.Listen)
	}
	return err
}

// fingerprint asks a server on this machine for its certificate.
func fingerprint(ctx context.Context, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // nothing is sent; what it shows is what is asked for
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("read the console's certificate: %w", err)
	}
	defer func() { _ = conn.Close() }()
	c, ok := conn.(*tls.Conn)
	if !ok || len(c.ConnectionState().PeerCertificates) == 0 {
		return "", errors.New("the console shows no certificate")
	}
	sum := sha256.Sum256(c.ConnectionState().PeerCertificates[0].Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":"), nil
}

// announce prints where the console is, with a fresh sign-in link.
func (u *up) announce(ctx context.Context) error {
	link, err := newSocketClient(u.o.DataDir).adminLink(ctx)
	if err != nil {
		return fmt.Errorf("make the sign-in link: %w", err)
	}
	u.state.Phase = phaseRunning
	u.stage("ready", fmt.Sprintf("after %.0f s", time.Since(u.state.Since).Seconds()))
	_, _ = fmt.Fprint(u.out, "\n"+u.greeting(link, config.MachineHosts())+"\n"+readyMark+"\n")
	return nil
}

// greeting says where the console is, how to know its certificate, and how to sign in. The
// command in it names the socket: it works with any data folder, and in a shell that is signed
// in elsewhere.
func (u *up) greeting(link Link, machine []string) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "Console:  %s\n", u.state.Address)
	if others := u.otherAddresses(machine); len(others) > 0 {
		_, _ = fmt.Fprintf(&b, "          (from other machines: %s; --public-url says which one links lead to)\n", strings.Join(others, " or "))
	}
	if u.state.Fingerprint != "" {
		_, _ = fmt.Fprintf(&b, "          (its certificate was made here, so browsers warn; SHA-256\n          %s)\n", u.state.Fingerprint)
	}
	_, _ = fmt.Fprintf(&b, "Sign in:  %s\n          (works once, until %s; another one: kubemate users link admin --socket %s)\n",
		link.URL, link.Expires.Local().Format("15:04"), shellWord(SocketPath(u.o.DataDir)))
	return b.String()
}

// otherAddresses are those by which other machines may reach a console that listens on all
// addresses and whose public one is not known.
func (u *up) otherAddresses(machine []string) []string {
	s, err := u.o.server()
	if err != nil || u.o.PublicURL != "" || !s.EveryAddress() {
		return nil
	}
	_, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return nil
	}
	const enough = 3 // a machine may have dozens
	var out []string
	for _, host := range machine[:min(len(machine), enough)] {
		out = append(out, "https://"+net.JoinHostPort(host, port)+s.BasePath+"/")
	}
	return out
}

// shellWord quotes what a shell would take apart.
func shellWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%"
	if strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
