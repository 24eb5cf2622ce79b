package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

const (
	// prefix is the path below which the API stands.
	prefix = "/api/v1"
	// maxAnswer bounds an answer that is kept in memory.
	maxAnswer = 64 << 20
	// answerWithin bounds the wait for the first byte of an answer.
	answerWithin = 2 * time.Minute
)

// Target says where a server is and how to be let in.
type Target struct {
	Server      string // "https://console.bank:8443" or with a base path; "" when Socket is set
	Token       string
	Fingerprint string // SHA-256 of the server's certificate in hexadecimal; "" = the system's authorities
	Socket      string // path of the admin socket
}

// String names the target for people.
func (t Target) String() string {
	if t.Socket != "" {
		return t.Socket
	}
	return t.Server
}

// Client is a connection to one server. It may be used by several goroutines.
type Client struct {
	target Target
	base   *url.URL // without a slash at its end
	http   *http.Client
}

// New makes a client; errs.Invalid when the address cannot be used.
func New(t Target) (*Client, error) {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: answerWithin,
		MaxIdleConnsPerHost:   16,
	}
	c := &Client{target: t}
	if t.Socket != "" {
		transport.Proxy = nil
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", t.Socket)
		}
		c.base = &url.URL{Scheme: "http", Host: "localhost"}
	} else {
		base, err := ParseServer(t.Server)
		if err != nil {
			return nil, err
		}
		c.base = base
		if transport.TLSClientConfig, err = tlsConfig(t.Fingerprint); err != nil {
			return nil, err
		}
	}
	c.http = &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// ParseServer reads a server's address; without a scheme, https is meant.
func ParseServer(server string) (*url.URL, error) {
	if !strings.Contains(server, "://") {
		server = "https://" + server
	}
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return nil, errs.New(errs.Invalid, "%q is not the address of a server", server).
			WithHint("write it as https://host:port, without a user")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, errs.New(errs.Invalid, "%s would carry the password and all data in the clear", server).
			WithHint("use https; plain http is for addresses of this machine only")
	}
	u.Path, u.RawQuery, u.Fragment = strings.TrimRight(u.Path, "/"), "", ""
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// Target says what the client talks to.
func (c *Client) Target() Target { return c.target }

// Call sends a request whose body, if any, is JSON, and decodes the answer into out unless it
// is nil.
func (c *Client) Call(ctx context.Context, method, path string, query url.Values, body, out any) error {
	var reader io.Reader
	header := http.Header{"Accept": {"application/json"}}
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		reader = bytes.NewReader(raw)
		header.Set("Content-Type", "application/json")
	}
	resp, err := c.Open(ctx, method, path, query, header, reader)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return c.unreachable(err)
	case len(raw) > maxAnswer:
		return errs.New(errs.TooLarge, "the answer of %s is larger than %d MiB", path, maxAnswer>>20).WithHint("ask for less: one namespace, fewer objects")
	case out == nil || len(raw) == 0:
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return errs.New(errs.BadUpstream, "%s answered what is not understood", c.target).
			WithHint("is it a Kubemate server, of the same version as this program?").Wrap(err)
	}
	return nil
}

// Text gets an answer that is text.
func (c *Client) Text(ctx context.Context, path string, query url.Values, accept string) (string, error) {
	resp, err := c.Open(ctx, http.MethodGet, path, query, http.Header{"Accept": {accept}}, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return "", c.unreachable(err)
	}
	return string(raw), nil
}

// Open sends a request and gives the answer, whose body the caller closes. An answer that is
// no success is an *errs.Error.
func (c *Client) Open(ctx context.Context, method, path string, query url.Values, header http.Header, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.address(path, query), body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	c.authorize(req.Header)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }()
	return nil, c.problem(resp)
}

// address gives the URL of a path below the API's prefix. The path's segments are escaped
// already (see Path).
func (c *Client) address(path string, query url.Values) string {
	address := c.base.String() + prefix + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

func (c *Client) authorize(h http.Header) {
	h.Set("X-Kubemate-Client", "cli")
	if c.target.Token != "" {
		h.Set("Authorization", "Bearer "+c.target.Token)
	}
}

// Path joins segments, each escaped: Path("clusters", "local") = "/clusters/local".
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}
