package httpapi_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/httpapi"
)

func TestConsole(t *testing.T) {
	server, _ := newBorder(t, func(o *httpapi.Options) { o.BasePath = "/kube" })
	for _, c := range []struct{ path, accept, status, encoding, cache, body string }{
		{"/", "", "302 Found", "", "", ""},
		{"/kube", "", "302 Found", "", "", ""},
		{"/kube/", "", "200 OK", "", "no-cache", `<base href="/kube/">`},
		{"/kube/c/local/pods", "", "200 OK", "", "no-cache", "assets/a-1.js"},
		{"/kube/c/local/deployments.apps", "", "200 OK", "", "no-cache", "assets/a-1.js"},
		{"/kube/assets/a-1.js", "", "200 OK", "", "public, max-age=31536000, immutable", "plain"},
		{"/kube/assets/a-1.js", "gzip, br", "200 OK", "br", "public, max-age=31536000, immutable", "brotli"},
		{"/kube/assets/a-1.js", "gzip, br;q=0", "200 OK", "gzip", "public, max-age=31536000, immutable", "gzip"},
		{"/kube/favicon.svg", "", "200 OK", "", "no-cache", "<svg/>"},
		{"/kube/assets/a-1.js.br", "", "404 Not Found", "", "no-store", ""},
		{"/kube/assets/gone.js", "", "404 Not Found", "", "no-store", ""},
		{"/other", "", "404 Not Found", "", "no-store", ""},
		{"/kube/healthz", "", "200 OK", "", "no-store", "ok"},
	} {
		resp := call{method: "GET", path: c.path, header: map[string]string{"Accept-Encoding": c.accept}}.do(t, server.URL)
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.Status != c.status || resp.Header.Get("Content-Encoding") != c.encoding || !strings.Contains(string(body), c.body) ||
			(c.cache != "" && resp.Header.Get("Cache-Control") != c.cache) {
			t.Errorf("%s (%s): %s %v %q", c.path, c.accept, resp.Status, resp.Header, body)
		}
		if strings.Contains(string(body), "__KUBEMATE_NONCE__") {
			t.Errorf("%s: no nonce was written", c.path)
		}
	}
}

func TestNonceIsNewEachTime(t *testing.T) {
	server, _ := newBorder(t, nil)
	seen := map[string]bool{}
	for range 3 {
		resp := call{method: "GET", path: "/"}.do(t, server.URL)
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		_, rest, _ := strings.Cut(string(body), `nonce="`)
		nonce, _, _ := strings.Cut(rest, `"`)
		if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "'nonce-"+nonce+"'") || seen[nonce] || len(nonce) < 16 {
			t.Errorf("nonce %q, policy %q", nonce, resp.Header.Get("Content-Security-Policy"))
		}
		seen[nonce] = true
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	server, _ := newBorder(t, nil)
	for _, path := range []string{"/", "/assets/a-1.js", "/api/v1/raw/a", "/healthz", "/api/v1//x"} {
		resp := call{method: "GET", path: path}.do(t, server.URL)
		_ = resp.Body.Close()
		for name, want := range map[string]string{
			"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
		} {
			if !strings.Contains(resp.Header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, resp.Header.Get(name))
			}
		}
	}
}

func TestLargeAnswersAreCompressed(t *testing.T) {
	server, _ := newBorder(t, nil)
	resp := call{method: "GET", path: "/api/v1/raw/a", header: map[string]string{"Authorization": "Bearer good", "Accept-Encoding": "gzip"}}.do(t, server.URL)
	defer func() { _ = resp.Body.Close() }()
	if resp.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not compressed: %v", resp.Header)
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || len(body) != 4008 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}
