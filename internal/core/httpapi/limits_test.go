package httpapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/core/httpapi"
)

func TestBodyLimits(t *testing.T) {
	server, _ := newBorder(t, func(o *httpapi.Options) { o.Limits.Body = 1000 })
	good := map[string]string{"Authorization": "Bearer good"}
	big := `{"name":"` + strings.Repeat("x", 2000) + `"}`
	call{method: "POST", path: "/api/v1/echo", body: big, header: good, status: 413, want: []string{"1000 bytes"}}.check(t, server.URL)
	call{method: "PUT", path: "/api/v1/raw/a", body: big, header: good, status: 413}.check(t, server.URL)

	for _, path := range []string{"/api/v1/echo", "/api/v1/raw/a"} { // the length not announced
		method := map[string]string{"/api/v1/echo": "POST", "/api/v1/raw/a": "PUT"}[path]
		req, _ := http.NewRequest(method, server.URL+path, io.MultiReader(strings.NewReader(big)))
		req.Header.Set("Authorization", "Bearer good")
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 413 || !strings.Contains(string(body), "limit") {
			t.Errorf("%s: status %d: %s", path, resp.StatusCode, body)
		}
	}
}

func TestSlowBodyIsCutOff(t *testing.T) {
	server, _ := newBorder(t, func(o *httpapi.Options) { o.Limits.BodyTime = 50 * time.Millisecond })
	for method, path := range map[string]string{"POST": "/api/v1/echo", "PUT": "/api/v1/raw/a"} {
		never, write := io.Pipe()
		req, _ := http.NewRequest(method, server.URL+path, never)
		req.Header.Set("Authorization", "Bearer good")
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		_ = write.Close()
		if err != nil {
			continue // the connection was closed under it: cut off as well
		}
		_ = resp.Body.Close()
		if resp.StatusCode < 400 {
			t.Errorf("%s %s: a body that never comes was answered %d", method, path, resp.StatusCode)
		}
	}
}

func TestRates(t *testing.T) {
	now := time.Unix(1e9, 0)
	server, _ := newBorder(t, func(o *httpapi.Options) {
		o.Now = func() time.Time { return now }
		o.Limits.SessionRate, o.Limits.SessionBurst, o.Limits.AddressRate, o.Limits.AddressBurst = 1, 3, 1, 2
	})
	good := map[string]string{"Authorization": "Bearer good"}
	for range 3 {
		call{method: "GET", path: "/api/v1/set", header: good, status: 204}.check(t, server.URL)
	}
	call{method: "GET", path: "/api/v1/set", header: good, status: 429}.check(t, server.URL)
	for range 2 {
		call{method: "GET", path: "/api/v1/set", status: 401}.check(t, server.URL)
	}
	call{method: "GET", path: "/api/v1/set", status: 429}.check(t, server.URL)
	call{method: "POST", path: "/api/v1/open", status: 429}.check(t, server.URL)
	call{method: "GET", path: "/readyz", status: 200}.check(t, server.URL) // probes must not be turned away
}
