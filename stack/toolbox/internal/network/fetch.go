package network

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// fetchOptions is what curl and wget have in common.
type fetchOptions struct {
	method         string
	headers        []string // "Name: value"
	body           string   // "@FILE", "@-" or the text; sent if hasBody
	hasBody        bool
	insecure       bool
	redirects      int
	timeout        time.Duration // of the whole exchange, 0: none
	connectTimeout time.Duration
	user           string   // name:password
	resolve        []string // host:port:address
}

// fetch sends the request. The caller closes the answer's body.
func fetch(ctx context.Context, std applet.Std, url string, o fetchOptions) (*http.Response, error) {
	if !strings.Contains(url, "://") {
		url = "http://" + url
	}
	body, err := o.open(std)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, o.method, url, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "kubemate-toolbox")
	request.Header.Set("Accept", "*/*")
	if o.hasBody {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range o.headers {
		name, value, found := strings.Cut(h, ":")
		if !found {
			return nil, fmt.Errorf("%q is no header: it needs a colon", h)
		}
		value = strings.TrimSpace(value)
		if strings.EqualFold(name, "host") {
			request.Host = value
			continue
		}
		request.Header.Set(name, value)
	}
	if o.user != "" {
		name, password, _ := strings.Cut(o.user, ":")
		request.SetBasicAuth(name, password)
	}
	return o.client().Do(request)
}

func (o fetchOptions) open(std applet.Std) (io.Reader, error) {
	switch {
	case !o.hasBody:
		return nil, nil
	case o.body == "@-":
		return std.In, nil
	case strings.HasPrefix(o.body, "@"):
		f, err := os.Open(o.body[1:]) // closed by the transport
		if err != nil {
			return nil, err
		}
		return f, nil
	default:
		return strings.NewReader(o.body), nil
	}
}

func (o fetchOptions) client() *http.Client {
	dialer := &net.Dialer{Timeout: o.connectTimeout}
	transport := &http.Transport{
		Proxy:           http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: o.insecure}, //nolint:gosec // only where -k asks for it
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, o.resolved(address))
		},
		DisableCompression: true,
		ForceAttemptHTTP2:  true,
		DisableKeepAlives:  true,
	}
	return &http.Client{Transport: transport, Timeout: o.timeout, CheckRedirect: o.checkRedirect}
}

// resolved replaces the host of address where --resolve says so.
func (o fetchOptions) resolved(address string) string {
	for _, entry := range o.resolve {
		parts := strings.SplitN(entry, ":", 3)
		if len(parts) == 3 && address == net.JoinHostPort(parts[0], parts[1]) {
			return net.JoinHostPort(strings.Trim(parts[2], "[]"), parts[1])
		}
	}
	return address
}

func (o fetchOptions) checkRedirect(_ *http.Request, via []*http.Request) error {
	switch {
	case o.redirects == 0:
		return http.ErrUseLastResponse
	case len(via) > o.redirects:
		return errors.New("too many redirects")
	}
	return nil
}

// printHeaders writes the status line and the headers as they came.
func printHeaders(w io.Writer, r *http.Response) {
	fmt.Fprintf(w, "%s %s\r\n", r.Proto, r.Status)
	_ = r.Header.Write(w)
	fmt.Fprint(w, "\r\n")
}
