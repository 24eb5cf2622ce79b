package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestEveryDoorIsLocked tries every route that the server has, as it is put together for real,
// without a session and with forged ones: only health and sign-in answer anything but 401.
func TestEveryDoorIsLocked(t *testing.T) {
	p := testParts(t)
	open := []string{"GET /healthz", "GET /readyz", "POST /api/v1/auth/sign-in", "POST /api/v1/auth/sign-in-link"}
	forged := map[string]http.Header{
		"nothing":         {},
		"a made-up token": {"Authorization": {"Bearer kmt_" + strings.Repeat("A", 43)}},
		"an empty token":  {"Authorization": {"Bearer "}},
		"basic":           {"Authorization": {"Basic YWRtaW46YWRtaW4="}},
		"a made-up cookie": {
			"Cookie": {"kubemate_session=kms_" + strings.Repeat("A", 43)}, "X-Kubemate-Csrf": {"x"}, "Origin": {"http://127.0.0.1"},
		},
		"the socket's name":    {"X-Kubemate-Socket": {"1"}, "X-Forwarded-For": {"127.0.0.1"}},
		"an upgrade":           {"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Origin": {"http://127.0.0.1"}},
		"a front proxy's user": {"Authorization": {"Bearer x"}, "X-User": {"admin"}},
	}
	routes := p.border.Routes()
	if len(routes) < 40 {
		t.Fatalf("only %d routes", len(routes))
	}
	n := 0
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		segments := strings.Split(path, "/")
		for i, s := range segments {
			if strings.HasPrefix(s, ":") {
				segments[i] = "x"
			}
		}
		for what, header := range forged {
			n++
			status := knock(p, n, method, strings.Join(segments, "/"), header)
			if locked := status == http.StatusUnauthorized; slices.Contains(open, route) == locked {
				t.Errorf("%s with %s: status %d", route, what, status)
			}
		}
	}
}

// TestNoDoorBesideTheOthers: other methods, other spellings and other trees lead nowhere.
func TestNoDoorBesideTheOthers(t *testing.T) {
	p := testParts(t)
	server := httptest.NewServer(p.border)
	t.Cleanup(server.Close)
	for _, route := range []string{
		"OPTIONS /api/v1/users", "HEAD /api/v1/users", "TRACE /api/v1/users", "PROPFIND /api/v1/users", "GET /api/v1/users/", "GET /api/v1/Users",
		"GET /api/v2/users", "GET /api/v1", "GET /api/", "GET /debug/pprof/", "GET /debug/vars", "GET /metrics/", "POST /healthz", "GET /api/v1/docs",
		"GET /openapi.json", "GET /openapi.yaml", "GET /schemas/User.json", "POST /", "PUT /index.html", "DELETE /assets/x",
	} {
		method, path, _ := strings.Cut(route, " ")
		req, err := http.NewRequest(method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		page := strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") // the console's own routes
		if resp.StatusCode < 400 && !page {
			t.Errorf("%s: status %d, %s", route, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
}

// knock sends a request, each from an address of its own: none is turned away for its number.
func knock(p *parts, n int, method, path string, header http.Header) int {
	req := httptest.NewRequest(method, path, http.NoBody)
	req.Host, req.RemoteAddr, req.Header = "127.0.0.1", fmt.Sprintf("10.%d.%d.%d:1", n>>16&255, n>>8&255, n&255), header.Clone()
	answer := httptest.NewRecorder()
	p.border.ServeHTTP(answer, req)
	return answer.Code
}
