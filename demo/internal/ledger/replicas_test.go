package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
)

// replica listens on a loopback address and notes what it is told.
type replica struct {
	mu   sync.Mutex
	told []bank.Balances
}

func (r *replica) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	var b bank.Balances
	if err := json.NewDecoder(request.Body).Decode(&b); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, b)
}

func TestSendReachesEveryReplica(t *testing.T) {
	first, second := &replica{}, &replica{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listener, first)
	other, err := net.Listen("tcp", net.JoinHostPort("127.0.0.2", port))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, other, second)

	p, err := NewReplicas("http://accounts-replicas:"+port, slog.New(slog.DiscardHandler), metrics.New("ledger", "v"))
	if err != nil {
		t.Fatal(err)
	}
	p.resolve = func(_ context.Context, host string) ([]string, error) {
		if host != "accounts-replicas" {
			t.Errorf("looked up %q", host)
		}
		return []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"}, nil // nobody listens on the third
	}
	p.send(t.Context(), bank.Balances{Epoch: "e", Seq: 7, Minor: map[string]int64{"C000001": 5}})
	for name, r := range map[string]*replica{"first": first, "second": second} {
		if len(r.told) != 1 || r.told[0].Seq != 7 || r.told[0].Minor["C000001"] != 5 {
			t.Errorf("%s was told %+v", name, r.told)
		}
	}
}

func serve(t *testing.T, listener net.Listener, handler http.Handler) {
	t.Helper()
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler}}
	server.Start()
	t.Cleanup(server.Close)
}

func TestSendSurvivesAMissingName(t *testing.T) {
	var logged strings.Builder
	p, err := NewReplicas("http://accounts-replicas:8080", slog.New(slog.NewTextHandler(&logged, nil)), metrics.New("ledger", "v"))
	if err != nil {
		t.Fatal(err)
	}
	p.resolve = func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") }
	p.send(t.Context(), bank.Balances{})
	if !strings.Contains(logged.String(), "accounts replicas not found") {
		t.Errorf("log %q", logged.String())
	}
}

func TestReplicasWantAHost(t *testing.T) {
	for _, base := range []string{"", "http://", "::", "/accounts"} {
		if _, err := NewReplicas(base, nil, nil); err == nil {
			t.Errorf("base %q was taken", base)
		}
	}
}
