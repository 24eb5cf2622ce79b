package httpapi

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"kubemate.io/kubemate/internal/core/errs"
)

// sameOrigin says whether a browser sent the request from Kubemate's own pages. A client
// that names no origin at all is no browser; for a WebSocket the origin is demanded.
func sameOrigin(r *http.Request, demanded bool) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return !demanded
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	if r.TLS != nil && u.Scheme != "https" { // a page that whoever is in between could have written
		return false
	}
	return strings.EqualFold(u.Host, r.Host)
}

// wantsSocket says whether a request asks for a WebSocket. The header may come several times and
// name several protocols.
func wantsSocket(r *http.Request) bool {
	for _, line := range r.Header.Values("Upgrade") {
		for protocol := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(protocol), "websocket") {
				return true
			}
		}
	}
	return false
}

func isIdentityHeader(name string) bool {
	canonical := http.CanonicalHeaderKey(name)
	return strings.HasPrefix(canonical, "Impersonate-") || strings.HasPrefix(canonical, "X-Remote-")
}

// checkHost refuses names that are not the server's own: a page of another site that made
// its name resolve to this address (DNS rebinding) would otherwise talk to us as same-origin.
func checkHost(r *http.Request, accepted []string) error {
	if len(accepted) == 0 {
		return nil
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	for _, a := range accepted {
		if strings.EqualFold(host, a) {
			return nil
		}
	}
	return errs.New(errs.Invalid, "this server does not answer for the host name %.100q", host).
		WithHint("use the address that kubemate printed, or name the host with --allowed-host")
}

// checkPath refuses paths that two programs may read differently.
func checkPath(u *url.URL) error {
	raw := strings.ToLower(u.EscapedPath())
	bad := strings.Contains(raw, "//") || strings.Contains(raw, "%2f") || strings.Contains(raw, "%5c") ||
		strings.ContainsAny(u.Path, "\\\x00") || !strings.HasPrefix(u.Path, "/")
	for _, segment := range strings.Split(u.Path, "/") {
		bad = bad || segment == "." || segment == ".."
	}
	if bad {
		return errs.New(errs.Invalid, "the path is not in its plain form").
			WithHint("no empty, \".\" or \"..\" segment, and no encoded slash")
	}
	return nil
}
