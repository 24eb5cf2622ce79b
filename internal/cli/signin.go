package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/errs"
)

// signIn is what sign-in is told.
type signIn struct {
	*app
	server, fingerprint, user string
	linkStdin                 bool
	cluster, namespace        string
}

func (a *app) signInCommand() *cobra.Command {
	s := &signIn{app: a}
	cmd := &cobra.Command{
		Use: "sign-in", Short: "Sign in to a server and remember it",
		Long: "Sign in to a server and remember it.\n\nThe password is asked for, or read from standard input when that is no terminal. " +
			"With --link-stdin, a one-time link is read from standard input instead.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	a.plain(cmd)
	f := cmd.Flags()
	f.StringVar(&s.server, "server", "", "address of the server, https://host:port (with --link-stdin: taken from the link)")
	f.StringVar(&s.fingerprint, "fingerprint", "", "SHA-256 of the server's own certificate, as it printed at its start")
	f.StringVarP(&s.user, "user", "u", "", "user name (asked for if missing)")
	f.BoolVar(&s.linkStdin, "link-stdin", false, "read a one-time sign-in link from standard input")
	f.StringVar(&s.cluster, "default-cluster", "", "cluster of commands that name none")
	f.StringVar(&s.namespace, "default-namespace", "", "namespace of commands that name none")
	return cmd
}

func (s *signIn) run(ctx context.Context) error {
	config, err := loadConfig(s.configFile)
	if err != nil {
		return err
	}
	path, body, err := s.credentials(config)
	if err != nil {
		return err
	}
	base, err := client.ParseServer(s.server)
	if err != nil {
		return err
	}
	address := base.String()
	known := config.Servers[address]
	if s.fingerprint == "" && known != nil {
		s.fingerprint = known.Fingerprint
	}
	c, err := client.New(client.Target{Server: address, Fingerprint: s.fingerprint})
	if err != nil {
		return err
	}
	var session client.Session
	if err := c.Call(ctx, http.MethodPost, path, nil, body, &session); err != nil {
		return err
	}
	if session.Token == "" {
		return errs.New(errs.BadUpstream, "%s gave no token", address).WithHint("is the server as new as this program?")
	}
	entry := &server{
		User: session.User.Name, Token: session.Token, Expires: session.Expires, Fingerprint: s.fingerprint,
		Cluster: firstOf(s.cluster, known.cluster()), Namespace: firstOf(s.namespace, known.namespace()),
	}
	config.Servers[address], config.Current = entry, address
	if err := config.save(s.configFile); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "signed in to %s as %s until %s\n", address, entry.User, entry.Expires.Local().Format("2006-01-02 15:04"))
	if session.User.MustSetPassword {
		return s.setPassword(ctx, client.Target{Server: address, Fingerprint: s.fingerprint, Token: session.Token})
	}
	return nil
}

// credentials asks for what signs in: the operation's path and its body.
func (s *signIn) credentials(config *config) (path string, body any, err error) {
	if s.linkStdin {
		line, err := readLine(s.in)
		if err != nil {
			return "", nil, err
		}
		server, token, err := parseLink(line)
		if err != nil {
			return "", nil, err
		}
		if s.server == "" {
			s.server = server
		}
		return "/auth/sign-in-link", map[string]string{"token": token}, nil
	}
	if s.server == "" {
		s.server = firstOf(s.env("KUBEMATE_SERVER"), config.Current)
	}
	if s.server == "" {
		return "", nil, usage("which server? Give --server https://host:port")
	}
	if s.user == "" {
		_, _ = fmt.Fprint(s.err, "User: ")
		if s.user, err = readLine(s.in); err != nil {
			return "", nil, err
		}
	}
	password, err := s.readPassword("Password: ")
	if err != nil {
		return "", nil, err
	}
	return "/auth/sign-in", map[string]string{"username": s.user, "password": password}, nil
}

// parseLink takes apart https://host/base/sign-in/link#token=….
func parseLink(line string) (server, token string, err error) {
	wrong := usage("that is no one-time sign-in link")
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil || u.Host == "" {
		return "", "", wrong
	}
	values, err := url.ParseQuery(u.Fragment)
	if err != nil || values.Get("token") == "" {
		return "", "", wrong
	}
	base, _, _ := strings.Cut(u.Path, "/sign-in")
	return u.Scheme + "://" + u.Host + base, values.Get("token"), nil
}

// setPassword lets a new user choose a password.
func (s *signIn) setPassword(ctx context.Context, target client.Target) error {
	if !s.interactive() {
		s.remark("a password must be set before anything else: sign in at a terminal, or in the console")
		return nil
	}
	c, err := client.New(target)
	if err != nil {
		return err
	}
	for {
		password, err := s.readPassword("New password: ")
		if err != nil {
			return err
		}
		again, err := s.readPassword("Again: ")
		if err != nil {
			return err
		}
		if password != again {
			s.remark("the two differ; try again")
			continue
		}
		err = c.Call(ctx, http.MethodPost, "/auth/password", nil, map[string]string{"new": password}, nil)
		if kind := errs.KindOf(err); err != nil && (kind == errs.Unprocessable || kind == errs.Invalid) {
			Report(s.err, err)
			continue
		}
		return err
	}
}

// interactive says that a person sits at standard input.
func (a *app) interactive() bool {
	f, ok := a.in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// readPassword asks without showing what is typed; a pipe is read as one line.
func (a *app) readPassword(prompt string) (string, error) {
	f, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return readLine(a.in)
	}
	_, _ = fmt.Fprint(a.err, prompt)
	raw, err := term.ReadPassword(int(f.Fd()))
	_, _ = fmt.Fprintln(a.err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(raw), nil
}

// readLine reads one line of at most 8 KiB, byte by byte: what follows is for the next reader.
func readLine(r io.Reader) (string, error) {
	if b, ok := r.(*bufio.Reader); ok {
		line, err := b.ReadString('\n')
		if line == "" && err != nil {
			return "", usage("standard input ended too early")
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var line []byte
	one := make([]byte, 1)
	for len(line) < 8<<10 {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			break
		}
		line = append(line, one[:n]...)
		if err != nil {
			if len(line) == 0 {
				return "", usage("standard input ended too early")
			}
			break
		}
	}
	return strings.TrimRight(string(line), "\r"), nil
}

func (a *app) signOutCommand() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use: "sign-out", Short: "End the session and forget the server", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.signOut(cmd.Context(), address) },
	}
	a.plain(cmd)
	cmd.Flags().StringVar(&address, "server", "", "address of the server (default: the one signed in to last)")
	return cmd
}

func (a *app) signOut(ctx context.Context, address string) error {
	config, err := loadConfig(a.configFile)
	if err != nil {
		return err
	}
	if address == "" {
		address = config.Current
	} else if base, err := client.ParseServer(address); err == nil {
		address = base.String()
	}
	entry := config.Servers[address]
	if entry == nil {
		return errs.New(errs.NotFound, "you are not signed in to %s", firstOf(address, "any server"))
	}
	c, err := client.New(client.Target{Server: address, Token: entry.Token, Fingerprint: entry.Fingerprint})
	if err == nil {
		err = c.Call(ctx, http.MethodPost, "/auth/sign-out", nil, nil, nil)
	}
	if err != nil && errs.KindOf(err) != errs.Unauthenticated {
		a.remark("the server was not told (%s); the token ends by itself at %s", errorLine(err), entry.Expires.Local().Format("15:04"))
	}
	delete(config.Servers, address)
	if config.Current == address {
		config.Current = ""
	}
	if err := config.save(a.configFile); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "signed out of %s\n", address)
	return nil
}

func (a *app) whoamiCommand() *cobra.Command {
	cmd, inv := a.command("whoami", "Show who is signed in, and where", func(ctx context.Context, inv *invocation, _ []string) error {
		var session client.Session
		if err := inv.client.Call(ctx, http.MethodGet, "/auth/session", nil, nil, &session); err != nil {
			return err
		}
		if inv.output != "table" {
			return inv.printObject(session)
		}
		t := newTable("USER", "NAME", "GROUPS", "SERVER", "EXPIRES")
		expires := "-"
		if !session.Expires.IsZero() {
			expires = session.Expires.Local().Format("2006-01-02 15:04")
		}
		t.row(session.User.Name, session.User.DisplayName, strings.Join(session.User.Groups, ","), inv.client.Target().String(), expires)
		return t.print(inv.out)
	})
	cmd.Args = noArgs
	inv.printable(cmd, "table", "json", "yaml")
	return cmd
}
