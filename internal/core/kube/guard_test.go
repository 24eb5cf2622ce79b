package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

func guardedGet(t *testing.T, ctx context.Context, g *guard, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g.wrap(http.DefaultTransport).RoundTrip(req)
}

func TestGuardEndsSilentCalls(t *testing.T) {
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			_, _ = io.WriteString(w, "half")
			w.(http.Flusher).Flush()
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(stop)
	g := newGuard(2, 30*time.Millisecond)
	if _, err := guardedGet(t, t.Context(), g, s.URL+"/silent"); !errors.Is(err, errHeaderTimeout) {
		t.Errorf("silent: %v", err)
	}
	resp, err := guardedGet(t, t.Context(), g, s.URL+"/half")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, errStalled) {
		t.Errorf("half: %v", err)
	}
	_ = resp.Body.Close()
	if len(g.slots) != 0 {
		t.Errorf("%d slots leaked", len(g.slots))
	}
}

func TestGuardBoundsParallelCallsButNotWatches(t *testing.T) {
	var running, most atomic.Int32
	gate, entered := make(chan struct{}), make(chan struct{}, 5)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("watch") != "" {
			return
		}
		n := running.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		entered <- struct{}{}
		<-gate
		running.Add(-1)
	}))
	defer s.Close()
	g := newGuard(2, time.Minute)
	done := make(chan error, 5)
	for range 5 {
		go func() {
			resp, err := guardedGet(t, t.Context(), g, s.URL)
			if err == nil {
				err = resp.Body.Close()
			}
			done <- err
		}()
	}
	<-entered
	<-entered
	resp, err := guardedGet(t, t.Context(), g, s.URL+"?watch=true")
	if err != nil {
		t.Fatalf("a watch had to wait: %v", err)
	}
	_ = resp.Body.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := guardedGet(t, ctx, g, s.URL); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call over the bound: %v", err)
	}
	close(gate)
	for range 5 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() > 2 {
		t.Errorf("%d at once", most.Load())
	}
}

// A WebSocket that an API server takes and never opens is given up, though the dialer of
// client-go would wait for ever.
func TestGuardEndsSilentHandshakes(t *testing.T) {
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(stop)
	g := newGuard(2, 50*time.Millisecond)
	config, err := impersonate(prepare(&rest.Config{Host: s.URL}, g), authz.Identity{User: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	exec, err := remotecommand.NewWebSocketExecutor(config, "GET", s.URL+"/api/v1/namespaces/x/pods/y/exec?command=sh&stdout=true")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- exec.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: io.Discard}) }()
	select {
	case err := <-done:
		if kind := errs.KindOf(FromKube(err)); kind != errs.Timeout {
			t.Errorf("%s: %v", kind, err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the handshake goes on")
	}
	if len(g.slots) != 0 {
		t.Errorf("%d slots leaked", len(g.slots))
	}
}
