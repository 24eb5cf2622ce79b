package rpc

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kubemate.io/kubemate/demo/internal/logs"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/trace"
)

type noFaults struct{}

func (noFaults) Before(*http.Request) error { return nil }

func newServer(t *testing.T, ready func() error) (*Router, *Client) {
	t.Helper()
	m := metrics.New("test", "v")
	rt := NewRouter(logs.New(io.Discard, logsOff), m, noFaults{}, ready)
	server := httptest.NewServer(rt)
	t.Cleanup(server.Close)
	return rt, NewClient("test", server.URL, 5*time.Second, nil, m)
}

// logsOff is above every level.
const logsOff = slog.Level(100)

func TestCallAndAnswer(t *testing.T) {
	rt, client := newServer(t, func() error { return nil })
	type body struct {
		Text string `json:"text"`
	}
	rt.Handle("POST", "/v1/echo/{id}", func(r *http.Request) (any, error) {
		var in body
		if err := Decode(r, &in); err != nil {
			return nil, err
		}
		identity, _ := trace.From(r.Context())
		return body{in.Text + r.PathValue("id") + identity.ID}, nil
	})
	identity := trace.New()
	var out body
	err := client.Post(trace.With(t.Context(), identity), "/v1/echo/x", body{"text"}, &out)
	if err != nil || out.Text != "textx"+identity.ID {
		t.Fatalf("answer %q, error %v", out.Text, err)
	}
}

func TestErrorsCrossTheBoundary(t *testing.T) {
	rt, client := newServer(t, func() error { return nil })
	answers := map[string]error{
		"/refused": Refused("declined", "no"),
		"/missing": NotFound("it"),
		"/secret":  errors.New("password=hunter2"),
	}
	for path, err := range answers {
		rt.Handle("GET", path, func(*http.Request) (any, error) { return nil, err })
	}
	rt.Handle("GET", "/panic", func(*http.Request) (any, error) { panic("password=hunter2") })
	tests := []struct {
		path   string
		status int
		code   string
	}{
		{"/refused", 422, "declined"},
		{"/missing", 404, "not_found"},
		{"/secret", 500, "internal"},
		{"/panic", 500, "internal"},
		{"/nowhere", 404, "not_found"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			err := client.Get(t.Context(), tt.path, nil)
			var p *Problem
			if !errors.As(err, &p) || p.Status != tt.status || p.Code != tt.code {
				t.Fatalf("error %v", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the answer tells what belongs into the log: %v", err)
			}
		})
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	rt, _ := newServer(t, func() error { return nil })
	rt.Handle("POST", "/v1/in", func(r *http.Request) (any, error) {
		return nil, Decode(r, &struct{ A int }{})
	})
	tests := []struct {
		name, body, hops string
		status           int
	}{
		{"good", `{"A":1}`, "", 200},
		{"unknown field", `{"B":1}`, "", 400},
		{"two values", `{"A":1}{}`, "", 400},
		{"not JSON", `A`, "", 400},
		{"too large", `{"A":` + strings.Repeat(" ", MaxBody) + `1}`, "", 400},
		{"bad hops", `{"A":1}`, "x", 400},
		{"call loop", `{"A":1}`, "17", 508},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			request := httptest.NewRequest("POST", "/v1/in", strings.NewReader(tt.body))
			if tt.hops != "" {
				request.Header.Set(trace.HeaderHops, tt.hops)
			}
			answer := httptest.NewRecorder()
			rt.ServeHTTP(answer, request)
			if answer.Code != tt.status {
				t.Errorf("status %d: %s", answer.Code, answer.Body)
			}
		})
	}
}

func TestIntQuery(t *testing.T) {
	tests := []struct {
		query string
		want  int64
		ok    bool
	}{{"", 50, true}, {"limit=1", 1, true}, {"limit=0", 0, false}, {"limit=501", 0, false}, {"limit=x", 0, false}}
	for _, tt := range tests {
		got, err := IntQuery(httptest.NewRequest("GET", "/?"+tt.query, nil), "limit", 50, 1, 500)
		if (err == nil) != tt.ok || got != tt.want {
			t.Errorf("%q: %d, %v", tt.query, got, err)
		}
	}
}

func TestProbes(t *testing.T) {
	var notReady atomic.Bool
	rt, _ := newServer(t, func() error {
		if notReady.Load() {
			return errors.New("waiting for balances")
		}
		return nil
	})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	if w := get("/readyz"); w.Code != 200 {
		t.Errorf("ready: %d", w.Code)
	}
	notReady.Store(true)
	if w := get("/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "waiting for balances") {
		t.Errorf("not ready: %d %s", w.Code, w.Body)
	}
	if w := get("/healthz"); w.Code != 200 {
		t.Errorf("alive though not ready: %d", w.Code)
	}
	if w := get("/metrics"); w.Code != 200 || !strings.Contains(w.Body.String(), `bank_build_info{role="test",version="v"} 1`) {
		t.Errorf("metrics: %d %s", w.Code, w.Body)
	}
}

func TestClientTriesOnceMore(t *testing.T) {
	tests := []struct {
		name     string
		statuses []int
		calls    int32
		ok       bool
	}{
		{"first answer good", []int{200}, 1, true},
		{"unavailable once", []int{503, 200}, 2, true},
		{"unavailable twice", []int{503, 503, 200}, 2, false},
		{"internal error is final", []int{500, 200}, 1, false},
		{"redirect is not followed", []int{302, 200}, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var calls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.statuses[calls.Add(1)-1])
			}))
			defer server.Close()
			client := NewClient("x", server.URL, 5*time.Second, nil, metrics.New("test", "v"))
			err := client.Get(t.Context(), "/", nil)
			if (err == nil) != tt.ok || calls.Load() != tt.calls {
				t.Errorf("%d calls, error %v", calls.Load(), err)
			}
		})
	}
}

func TestUpstreamPassesOnlyTheBanksRefusals(t *testing.T) {
	for status, want := range map[int]int{404: 404, 409: 409, 422: 422, 400: 502, 500: 502, 503: 502} {
		var p *Problem
		if err := Upstream("ledger", NewProblem(status, "x", "")); !errors.As(err, &p) || p.Status != want {
			t.Errorf("%d became %v, want %d", status, err, want)
		}
	}
	if err := Upstream("ledger", errors.New("refused")); !strings.Contains(err.Error(), "ledger: refused") {
		t.Errorf("the error does not name the service: %v", err)
	}
}

func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = io.WriteString(w, "done")
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, listener, handler) }()
	answered := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-entered
	stop()
	close(release)
	if got := <-answered; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
