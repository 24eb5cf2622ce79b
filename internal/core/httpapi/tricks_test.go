package httpapi_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// raw sends a request as it is written, which http.Client would put in order first, and gives
// status and body.
func raw(t *testing.T, address, request string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%v after %q", err, request)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// Paths that two programs may read differently are refused, whoever asks; a name with odd but
// plain characters arrives as it is.
func TestPathTricks(t *testing.T) {
	server, _ := newBorder(t, nil)
	address := strings.TrimPrefix(server.URL, "http://")
	for path, want := range map[string]int{
		"/api/v1/raw/missing": 404,
		"/api/v1/raw/a%2Fb":   400, "/api/v1/raw/a%2fb": 400, "/api/v1/raw/%2f": 400, "/api/v1/raw/..%2fadmins": 400,
		"/api/v1/raw/%5cb": 400, "/api/v1/raw/a%5Cb": 400, "/api/v1/raw/a\\b": 400, "/api/v1/raw/%00": 400, "/api/v1/raw/a%00b": 400,
		"/api/v1/raw/..": 400, "/api/v1/raw/.": 400, "/api/v1/raw/%2e%2e": 400, "/api/v1/raw/%2E": 400, "/api/v1/raw/.%2e": 400,
		"/api/v1/../v1/raw/a": 400, "//api/v1/raw/a": 400, "/api/v1/raw//a": 400, "/api/v1//raw/a": 400, "/./api/v1/raw/a": 400,
		"/api/v1/raw/a/": 404, "/api/v1/raw/": 404, "/API/v1/raw/a": 404, "/api/v1/RAW/a": 404, "/api/v1/raw/a/..;/admins": 404,
		"/api/v1/raw/%252e%252e": 200, "/api/v1/raw/a%252fb": 200, // twice encoded: one plain, odd name
		"/api/v1/raw/%E5%90%8D": 200, "/api/v1/raw/a;b": 200, "/api/v1/raw/a%3Fb": 200, "/api/v1/raw/a%23b": 200,
		"/api/v1/raw/...": 200, "/api/v1/raw/a%0d%0aX-Evil:1": 200, "/api/v1/raw/_": 200,
	} {
		status, body := raw(t, address, "GET "+path+" HTTP/1.1\nHost: localhost\nAuthorization: Bearer good\nConnection: close\n\n")
		console := path[:4] != "/api" && want == 404 && status == 200 // outside /api the console answers
		if status != want && !console {
			t.Errorf("%s: status %d, want %d: %.200s", path, status, want, body)
		}
		if status, body := raw(t, address, "GET "+path+" HTTP/1.1\nHost: localhost\nConnection: close\n\n"); status < 400 && !strings.Contains(body, "<html>") {
			t.Errorf("%s without sign-in: status %d: %.200s", path, status, body)
		}
	}
	for _, target := range []string{"http://localhost/api/v1/raw/a", "http://evil.example/api/v1/raw/a", "*", "admins"} {
		status, body := raw(t, address, "GET "+target+" HTTP/1.1\nHost: localhost\nConnection: close\n\n")
		if status < 400 {
			t.Errorf("target %s without sign-in: status %d: %.100s", target, status, body)
		}
	}
}

// Headers that carry identities elsewhere are refused in every spelling that a server would
// take for them, on typed, raw and streaming operations, and never change who asks.
func TestHeaderSmuggling(t *testing.T) {
	server, _ := newBorder(t, nil)
	address := strings.TrimPrefix(server.URL, "http://")
	for _, header := range []string{
		"Impersonate-User: admin", "impersonate-user: admin", "IMPERSONATE-GROUP: system:masters", "Impersonate-Uid: 1", "Impersonate-Extra-Scopes: x",
		"X-Remote-User: admin", "x-remote-group: system:masters", "X-Remote-Extra-Acl: x", "Impersonate-User:", "Impersonate-Anything: x",
		"Connection: Impersonate-User\nImpersonate-User: admin",
	} {
		for _, path := range []string{"/api/v1/raw/a", "/api/v1/set", "/api/v1/ws"} {
			status, body := raw(t, address, "GET "+path+" HTTP/1.1\nHost: localhost\nAuthorization: Bearer good\n"+header+"\nConnection: close\n\n")
			if status != 400 || !strings.Contains(body, "is not accepted") {
				t.Errorf("%s with %q: status %d: %s", path, header, status, body)
			}
		}
	}
	for _, header := range []string{ // what nobody reads is no danger, and must not be believed
		"Impersonate_User: admin", "X-Forwarded-User: admin", "X-Forwarded-For: 127.0.0.1", "X-User: admin", "Cookie: s=bad; s=good2", "X-Http-Method-Override: DELETE",
	} {
		status, body := raw(t, address, "POST /api/v1/echo HTTP/1.1\nHost: localhost\nAuthorization: Bearer good\nContent-Type: application/json\nContent-Length: 14\n"+
			header+"\nConnection: close\n\n{\"name\":\"abc\"}")
		if status != 200 || !strings.Contains(body, `"user":"alice"`) {
			t.Errorf("with %q: status %d: %s", header, status, body)
		}
	}
	for _, folded := range []string{
		"Content-Length: 5\nContent-Length: 14", "Transfer-Encoding: chunked\nTransfer-Encoding: identity", "Transfer-Encoding: xchunked", "Content-Length: +14", "Bad Header: x",
	} {
		status, body := raw(t, address, "POST /api/v1/echo HTTP/1.1\nHost: localhost\nAuthorization: Bearer good\nContent-Type: application/json\n"+folded+"\nConnection: close\n\n{\"name\":\"abc\"}")
		if status < 400 {
			t.Errorf("%q: status %d: %s", folded, status, body)
		}
	}
}

// The origin of a WebSocket is checked however the upgrade is written, and over TLS a page that
// came in the clear is another origin.
func TestOriginOfSockets(t *testing.T) {
	server, _ := newBorder(t, nil)
	address := strings.TrimPrefix(server.URL, "http://")
	for _, upgrade := range []string{"websocket", "WebSocket", "websocket, h2c", "h2c, websocket", "h2c\nUpgrade: websocket"} {
		request := "GET /api/v1/ws HTTP/1.1\nHost: " + address + "\nCookie: s=good\nConnection: Upgrade\nUpgrade: " + upgrade + "\n"
		for origin, want := range map[string]int{
			"": 403, "Origin: http://evil.example\n": 403, "Origin: null\n": 403, "Origin: http://" + address + ".evil.example\n": 403,
			"Origin: http://" + address + "\nSec-Fetch-Site: cross-site\n": 403, "Origin: http://" + address + "\n": 204,
		} {
			if status, body := raw(t, address, request+origin+"\n"); status != want {
				t.Errorf("upgrade %q, %q: status %d, want %d: %s", upgrade, origin, status, want, body)
			}
		}
	}

	over := httptest.NewTLSServer(server.Config.Handler)
	t.Cleanup(over.Close)
	host := strings.TrimPrefix(over.URL, "https://")
	for origin, want := range map[string]int{"https://" + host: 200, "http://" + host: 403} {
		req, _ := http.NewRequest("POST", over.URL+"/api/v1/echo", strings.NewReader(`{"name":"abc"}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Cookie", "s=good")
		req.Header.Set("X-Kubemate-CSRF", "csrf")
		req.Header.Set("Origin", origin)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: over.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		client.CloseIdleConnections()
		if resp.StatusCode != want {
			t.Errorf("origin %s over TLS: status %d, want %d", origin, resp.StatusCode, want)
		}
	}
}

// Clickjacking: no answer may be framed, whatever it is, failures and files included.
func TestNothingCanBeFramed(t *testing.T) {
	server, _ := newBorder(t, nil)
	for _, path := range []string{"/", "/some/route", "/assets/a-1.js", "/assets/missing.js", "/api/v1/raw/a", "/api/v1/nothing", "/api/v1/raw/%2f", "/healthz"} {
		resp := call{method: "GET", path: path}.do(t, server.URL)
		_ = resp.Body.Close()
		h := resp.Header
		if h.Get("X-Frame-Options") != "DENY" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, h)
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe-eval") || strings.Contains(csp, "script-src 'self' 'unsafe-inline'") || !strings.HasPrefix(csp, "default-src 'none'") {
			t.Errorf("%s: policy %s", path, csp)
		}
	}
}
