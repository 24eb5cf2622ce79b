package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

// fakeAuth knows "Bearer good" and the cookie s=good, with CSRF token "csrf".
type fakeAuth struct{ session httpapi.Session }

func (a fakeAuth) Authenticate(r *http.Request) (httpapi.Session, error) {
	s := a.session
	s.ID, s.CSRF = "s1", "csrf"
	if r.Header.Get("Authorization") == "Bearer good" {
		s.Via = "token"
		return s, nil
	}
	if c, err := r.Cookie("s"); err == nil && c.Value == "good" {
		s.Via = "cookie"
		return s, nil
	}
	return httpapi.Session{}, errs.New(errs.Unauthenticated, "nobody is signed in")
}

func (fakeAuth) Ended(string) <-chan struct{} { return nil }

type echoInput struct {
	Body struct {
		Name string `json:"name" minLength:"3"`
		Text string `json:"text,omitempty"`
	}
}

type echoOutput struct {
	Body struct {
		Name string `json:"name"`
		User string `json:"user"`
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newBorder(t *testing.T, change func(*httpapi.Options)) (*httptest.Server, *syncBuffer) {
	t.Helper()
	log := &syncBuffer{}
	o := httpapi.Options{
		Log:   slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Auth:  fakeAuth{session: httpapi.Session{Identity: authz.Identity{User: "alice"}}},
		Rules: func(string) (authz.Rules, error) { return nil, errs.New(errs.NotFound, "no cluster") },
		Console: fstest.MapFS{
			"index.html":          {Data: []byte(`<html><head><script nonce="__KUBEMATE_NONCE__" src="assets/a-1.js"></script></head></html>`)},
			"assets/a-1.js":       {Data: []byte("plain")},
			"assets/a-1.js.br":    {Data: []byte("brotli")},
			"assets/a-1.js.gz":    {Data: []byte("gzip")},
			"favicon.svg":         {Data: []byte("<svg/>")},
			"locales/readme.json": {Data: []byte("{}")},
		},
	}
	if change != nil {
		change(&o)
	}
	s, err := httpapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	registerTestOperations(s.API())
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server, log
}

func registerTestOperations(api *httpapi.API) {
	huma.Register(api.Typed, huma.Operation{OperationID: "echo", Method: "POST", Path: "/api/v1/echo"},
		func(ctx context.Context, in *echoInput) (*echoOutput, error) {
			out := &echoOutput{}
			out.Body.Name, out.Body.User = in.Body.Name, httpapi.From(ctx).Session.Identity.User
			return out, nil
		})
	huma.Register(api.Typed, huma.Operation{OperationID: "fail", Method: "GET", Path: "/api/v1/fail/{how}"},
		func(_ context.Context, in *struct {
			How string `path:"how"`
		},
		) (*struct{}, error) {
			switch in.How {
			case "conflict":
				return nil, fmt.Errorf("outer: %w", errs.New(errs.Conflict, "it changed").WithHint("reload").WithExtra("current", "yaml").WithExtra("status", 1))
			case "panic":
				panic("secret-of-the-panic")
			default:
				return nil, errors.New("secret-of-the-database")
			}
		})
	huma.Register(api.Typed, httpapi.Public(huma.Operation{OperationID: "open", Method: "POST", Path: "/api/v1/open"}),
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	huma.Register(api.Typed, httpapi.ForGroup(huma.Operation{OperationID: "admins", Method: "GET", Path: "/api/v1/admins"}, "platform-admins"),
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	huma.Register(api.Typed, httpapi.WhileRestricted(huma.Operation{OperationID: "set", Method: "GET", Path: "/api/v1/set"}),
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	api.Raw(huma.Operation{OperationID: "raw", Method: "GET", Path: "/api/v1/raw/{name}"}, func(w http.ResponseWriter, r *http.Request) error {
		if r.PathValue("name") == "missing" {
			return errs.New(errs.NotFound, "raw %s is not there", r.PathValue("name"))
		}
		w.Header().Set("Content-Type", "application/json")
		_, err := io.WriteString(w, `{"x":"`+strings.Repeat("y", 4000)+`"}`)
		return err
	})
	api.Raw(huma.Operation{OperationID: "rawput", Method: "PUT", Path: "/api/v1/raw/{name}"}, func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	})
	api.Raw(httpapi.Stream(huma.Operation{OperationID: "ws", Method: "GET", Path: "/api/v1/ws"}), func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

type call struct {
	name, method, path, body string
	header                   map[string]string
	status                   int
	want                     []string // parts of the body
}

func cookie(more ...string) map[string]string {
	h := map[string]string{"Cookie": "s=good"}
	for i := 0; i < len(more); i += 2 {
		h[more[i]] = more[i+1]
	}
	return h
}

func (c call) do(t *testing.T, base string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(c.method, base+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func (c call) check(t *testing.T, base string) {
	t.Helper()
	resp := c.do(t, base)
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != c.status {
		t.Fatalf("status %d, want %d: %s", resp.StatusCode, c.status, body)
	}
	for _, part := range c.want {
		if !strings.Contains(string(body), part) {
			t.Errorf("body lacks %q: %s", part, body)
		}
	}
	if c.status >= 400 {
		checkProblem(t, resp, body)
	}
}

func checkProblem(t *testing.T, resp *http.Response, body []byte) {
	t.Helper()
	if ct := resp.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type %q", ct)
	}
	var p httpapi.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("no problem: %v: %s", err, body)
	}
	if p.Status != resp.StatusCode || p.RequestID == "" || p.RequestID != resp.Header.Get("X-Request-Id") || p.Detail == "" || p.Type == "" {
		t.Errorf("incomplete problem: %s", body)
	}
	if strings.Contains(string(body), "secret-of") {
		t.Errorf("the answer shows an internal cause: %s", body)
	}
}

func TestBorder(t *testing.T) {
	server, log := newBorder(t, func(o *httpapi.Options) { o.AllowedHosts = []string{"127.0.0.1", "localhost"} })
	good := map[string]string{"Authorization": "Bearer good"}
	name := `{"name":"abc"}`
	for _, c := range []call{
		{name: "no session", method: "POST", path: "/api/v1/echo", body: name, status: 401, want: []string{"unauthenticated"}},
		{name: "no session, raw", method: "GET", path: "/api/v1/raw/a", status: 401},
		{name: "wrong cookie", method: "POST", path: "/api/v1/echo", body: name, header: map[string]string{"Cookie": "s=bad"}, status: 401},
		{name: "not in the group", method: "GET", path: "/api/v1/admins", header: good, status: 403, want: []string{"platform-admins"}},
		{name: "metrics are for admins", method: "GET", path: "/metrics", header: good, status: 403},
		{name: "profiles are for admins", method: "GET", path: "/debug/pprof/heap", header: good, status: 403},
		{name: "metrics need sign-in", method: "GET", path: "/metrics", status: 401},
		{name: "token", method: "POST", path: "/api/v1/echo", body: name, header: good, status: 200, want: []string{`"user":"alice"`}},
		{name: "cookie without CSRF", method: "POST", path: "/api/v1/echo", body: name, header: cookie(), status: 403, want: []string{"X-Kubemate-CSRF"}},
		{name: "cookie with wrong CSRF", method: "POST", path: "/api/v1/echo", body: name, header: cookie("X-Kubemate-CSRF", "no"), status: 403},
		{name: "cookie with CSRF", method: "POST", path: "/api/v1/echo", body: name, header: cookie("X-Kubemate-CSRF", "csrf"), status: 200},
		{
			name: "another site with CSRF", method: "POST", path: "/api/v1/echo", body: name,
			header: cookie("X-Kubemate-CSRF", "csrf", "Origin", "https://evil.example"), status: 403,
		},
		{
			name: "same site is not same origin", method: "POST", path: "/api/v1/echo", body: name,
			header: cookie("X-Kubemate-CSRF", "csrf", "Sec-Fetch-Site", "same-site"), status: 403,
		},
		{name: "sign-in form from another site", method: "POST", path: "/api/v1/open", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, status: 403},
		{name: "opaque origin", method: "POST", path: "/api/v1/open", header: map[string]string{"Origin": "null"}, status: 403},
		{name: "public", method: "POST", path: "/api/v1/open", status: 204},
		{name: "socket without origin", method: "GET", path: "/api/v1/ws", header: cookie("Upgrade", "websocket", "Connection", "Upgrade"), status: 403},
		{
			name: "socket from another site", method: "GET", path: "/api/v1/ws",
			header: cookie("Upgrade", "websocket", "Connection", "Upgrade", "Origin", "http://evil.example"), status: 403,
		},
		{
			name: "socket from here", method: "GET", path: "/api/v1/ws",
			header: cookie("Upgrade", "websocket", "Connection", "Upgrade", "Origin", server.URL), status: 204,
		},
		{name: "socket of a program", method: "GET", path: "/api/v1/ws", header: map[string]string{"Authorization": "Bearer good", "Upgrade": "websocket", "Connection": "Upgrade"}, status: 204},
		{name: "impersonation header", method: "GET", path: "/api/v1/raw/a", header: map[string]string{"Authorization": "Bearer good", "Impersonate-User": "admin"}, status: 400, want: []string{"Impersonate-User"}},
		{name: "impersonation extra", method: "GET", path: "/api/v1/raw/a", header: map[string]string{"Authorization": "Bearer good", "Impersonate-Extra-Scopes": "x"}, status: 400},
		{name: "front-proxy header", method: "GET", path: "/api/v1/raw/a", header: map[string]string{"Authorization": "Bearer good", "X-Remote-User": "admin"}, status: 400},
		{name: "validation", method: "POST", path: "/api/v1/echo", body: `{"name":"a"}`, header: good, status: 422, want: []string{"body.name", `"fields"`}},
		{name: "unknown field", method: "POST", path: "/api/v1/echo", body: `{"name":"abc","nome":"x"}`, header: good, status: 422, want: []string{"nome"}},
		{name: "no JSON", method: "POST", path: "/api/v1/echo", body: `{"name"`, header: good, status: 400},
		{name: "empty body", method: "POST", path: "/api/v1/echo", header: good, status: 400},
		{name: "conflict with extra", method: "GET", path: "/api/v1/fail/conflict", header: good, status: 409, want: []string{`"current":"yaml"`, `"status":409`, `"hint":"reload"`}},
		{name: "internal cause hidden", method: "GET", path: "/api/v1/fail/db", header: good, status: 500},
		{name: "panic", method: "GET", path: "/api/v1/fail/panic", header: good, status: 500},
		{name: "raw error", method: "GET", path: "/api/v1/raw/missing", header: good, status: 404, want: []string{"raw missing"}},
		{name: "unknown operation", method: "GET", path: "/api/v1/nothing", status: 404},
		{name: "wrong method", method: "DELETE", path: "/api/v1/echo", status: 405},
		{name: "encoded slash", method: "GET", path: "/api/v1/raw/..%2f..%2fadmins", header: good, status: 400},
		{name: "double slash", method: "GET", path: "/api/v1//raw/a", header: good, status: 400},
		{name: "dot segments", method: "GET", path: "/api/v1/raw/%2e%2e/admins", header: good, status: 400},
		{name: "backslash", method: "GET", path: "/api/v1/raw/a%5c..%5cb", header: good, status: 400},
		{name: "health", method: "GET", path: "/healthz", status: 200},
		{name: "readiness", method: "GET", path: "/readyz", status: 200},
		{name: "document needs sign-in", method: "GET", path: "/api/v1/openapi.yaml", status: 401},
		{name: "document", method: "GET", path: "/api/v1/openapi.yaml", header: good, status: 200, want: []string{"/api/v1/raw/{name}:", "Problem:"}},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, server.URL) })
	}
	if !strings.Contains(log.String(), "secret-of-the-database") || !strings.Contains(log.String(), "secret-of-the-panic") {
		t.Error("the log does not name the causes")
	}
}

func TestForeignHostNameIsRefused(t *testing.T) {
	server, _ := newBorder(t, func(o *httpapi.Options) { o.AllowedHosts = []string{"localhost"} })
	call{method: "GET", path: "/healthz", status: 400, want: []string{"127.0.0.1"}}.check(t, server.URL)
	call{method: "GET", path: "/healthz", status: 200}.check(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
}

func TestRestrictedSession(t *testing.T) {
	server, _ := newBorder(t, func(o *httpapi.Options) { o.Auth = fakeAuth{session: httpapi.Session{Restricted: true}} })
	good := map[string]string{"Authorization": "Bearer good"}
	call{method: "GET", path: "/api/v1/raw/a", header: good, status: 403, want: []string{`"mustSetPassword":true`}}.check(t, server.URL)
	call{method: "GET", path: "/api/v1/set", header: good, status: 204}.check(t, server.URL)
}

func TestReadinessNamesTheFailedCheck(t *testing.T) {
	server, _ := newBorder(t, func(o *httpapi.Options) {
		o.Checks = []httpapi.Check{
			{Name: "store", Run: func(context.Context) error { return errors.New("secret-of-the-store") }},
			{Name: "cluster", Run: func(context.Context) error { return errs.New(errs.Unavailable, "cluster local does not answer") }},
		}
	})
	resp := call{method: "GET", path: "/readyz"}.do(t, server.URL)
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != 503 || !strings.Contains(string(body), "cluster local does not answer") || strings.Contains(string(body), "secret-of") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}
