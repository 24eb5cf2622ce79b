package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// testNow is the time that ages are counted from.
var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fakeServer answers as the contract says; tests put handlers in by "METHOD /path" below the
// API's prefix.
type fakeServer struct {
	t    *testing.T
	web  *httptest.Server
	file string // of sign-ins
	env  map[string]string

	mu       sync.Mutex
	handlers map[string]http.HandlerFunc
	seen     []seenRequest
}

type seenRequest struct {
	what   string // "GET /clusters/local/kinds"
	query  string
	body   string
	header http.Header
}

func newFakeServer(t *testing.T) *fakeServer {
	t.Helper()
	f := &fakeServer{t: t, handlers: map[string]http.HandlerFunc{}, env: map[string]string{}, file: filepath.Join(t.TempDir(), "config.json")}
	f.web = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.web.Close)
	f.answer("GET /clusters/local/kinds", kindsAnswer)
	c := &config{Current: f.web.URL, Servers: map[string]*server{f.web.URL: {User: "ann", Token: "kmt_secret", Expires: testNow.Add(time.Hour)}}}
	if err := c.save(f.file); err != nil {
		t.Fatal(err)
	}
	return f
}

const kindsAnswer = `{"kinds":[
 {"resource":"pods","version":"v1","plural":"pods","kind":"Pod","namespaced":true,"shortNames":["po"],"verbs":["get","list"],"columns":[{"id":"status"},{"id":"restarts"},{"id":"node","wide":true}]},
 {"resource":"services","version":"v1","plural":"services","kind":"Service","namespaced":true,"shortNames":["svc"],"verbs":["get"]},
 {"resource":"nodes","version":"v1","plural":"nodes","kind":"Node","shortNames":["no"],"verbs":["get"]},
 {"resource":"configmaps","version":"v1","plural":"configmaps","kind":"ConfigMap","namespaced":true,"shortNames":["cm"],"verbs":["get"]},
 {"resource":"events","version":"v1","plural":"events","kind":"Event","namespaced":true,"shortNames":["ev"],"verbs":["get"]},
 {"resource":"deployments.apps","group":"apps","version":"v1","plural":"deployments","kind":"Deployment","namespaced":true,"shortNames":["deploy"],"verbs":["get"]},
 {"resource":"cronjobs.batch","group":"batch","version":"v1","plural":"cronjobs","kind":"CronJob","namespaced":true,"shortNames":["cj"],"verbs":["get"]},
 {"resource":"users.kubemate.io","group":"kubemate.io","version":"v1alpha1","plural":"users","kind":"User","custom":true,"verbs":["get"]}
],"incomplete":[]}`

func (f *fakeServer) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path, _ := strings.CutPrefix(r.URL.EscapedPath(), "/api/v1")
	what := r.Method + " " + path
	f.mu.Lock()
	f.seen = append(f.seen, seenRequest{what: what, query: r.URL.RawQuery, body: string(body), header: r.Header})
	handler := f.handlers[what]
	f.mu.Unlock()
	if handler == nil {
		problem(w, http.StatusNotFound, "not-found", what+" is not there", "")
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	handler(w, r)
}

func problem(w http.ResponseWriter, status int, code, detail, hint string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "code": code, "detail": detail, "hint": hint, "title": http.StatusText(status)})
}

// handle puts a handler in.
func (f *fakeServer) handle(what string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handlers[what] = h
}

// answer puts a fixed answer in.
func (f *fakeServer) answer(what, body string) {
	f.handle(what, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
}

// refuse puts a problem in.
func (f *fakeServer) refuse(what string, status int, code, detail, hint string) {
	f.handle(what, func(w http.ResponseWriter, _ *http.Request) { problem(w, status, code, detail, hint) })
}

// request gives the last request to an operation.
func (f *fakeServer) request(what string) seenRequest {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.seen) - 1; i >= 0; i-- {
		if f.seen[i].what == what {
			return f.seen[i]
		}
	}
	f.t.Fatalf("no request %s", what)
	return seenRequest{}
}

// outcome is what a command did.
type outcome struct {
	out, err string // what was written
	code     int    // exit code
	problem  string // the returned error
}

// run runs a command line.
func (f *fakeServer) run(stdin string, args ...string) outcome {
	f.t.Helper()
	return f.runWith(context.Background(), strings.NewReader(stdin), args...)
}

func (f *fakeServer) runWith(ctx context.Context, in io.Reader, args ...string) outcome {
	f.t.Helper()
	var out, errOut lockedBuffer
	root := &cobra.Command{Use: "kubemate", SilenceErrors: true, SilenceUsage: true}
	//nolint:contextcheck // commands get their context from ExecuteContext
	root.AddCommand(Commands(Deps{
		In: in, Out: &out, Err: &errOut, Env: func(name string) string { return f.env[name] },
		DataDir: f.t.TempDir(), ConfigFile: f.file, Now: func() time.Time { return testNow },
	})...)
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&errOut)
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err := root.ExecuteContext(ctx)
	o := outcome{out: out.String(), err: errOut.String(), code: ExitCode(err)}
	if err != nil {
		o.problem = err.Error()
	}
	return o
}

// lockedBuffer may be written by several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
