package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kubemate.io/kubemate/demo/internal/app"
	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/config"
	"kubemate.io/kubemate/demo/internal/logs"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// patience is how long a test waits for what must happen.
const patience = 60 * time.Second

// world is a whole bank on loopback.
type world struct {
	t     *testing.T
	urls  map[string]string
	logs  *lines
	exits chan int
	stop  func()
}

// lines collects the log.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// all decodes what was logged so far.
func (l *lines) all(t *testing.T) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []map[string]any
	for line := range bytes.Lines(l.buf.Bytes()) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		found = append(found, fields)
	}
	return found
}

// open starts a bank and waits until it is ready. More flags may be given.
func open(t *testing.T, flags ...string) *world {
	t.Helper()
	args := append([]string{"--role=all", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--rate=0.01"}, flags...)
	c, err := config.Parse(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, logs: &lines{}, exits: make(chan int, 8)}
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan map[string]string, 1), make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, app.Options{
			Config: c, Version: "test", Log: logs.New(w.logs, c.LogLevel), Now: time.Now,
			Exit:    func(code int) { w.exits <- code },
			Started: func(urls map[string]string) { started <- urls },
		})
	}()
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("the bank ended with: %v", err)
			}
		})
	}
	select {
	case w.urls = <-started:
	case err := <-ended:
		t.Fatalf("the bank did not start: %v", err)
	}
	t.Cleanup(w.stop)
	w.eventually("accounts are ready", func() bool { return w.status(http.MethodGet, "accounts", "/readyz", "") == 200 })
	return w
}

func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: did not happen", what)
		}
	}
}

// status makes a plain request and gives only the answer's status.
func (w *world) status(method, role, path, body string) int {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.urls[role]+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/yaml")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func (w *world) client(role string) *rpc.Client {
	return rpc.NewClient(role, w.urls[role], patience, nil, metrics.New("test", ""))
}

func (w *world) transfer(key string, t bank.Transfer) (settlement bank.Settlement, err error) {
	err = w.client("teller").Do(w.t.Context(), rpc.Call{
		Method: http.MethodPost, Path: "/v1/transfers", In: t, Out: &settlement,
		Header: http.Header{rpc.HeaderIdempotencyKey: {key}},
	})
	return settlement, err
}

func (w *world) faults(yaml string) {
	w.t.Helper()
	if status := w.status(http.MethodPut, app.AdminURL, "/faults", yaml); status != 200 {
		w.t.Fatalf("faults %q: status %d", yaml, status)
	}
}

func (w *world) get(role, path string, out any) {
	w.t.Helper()
	if err := w.client(role).Get(w.t.Context(), path, out); err != nil {
		w.t.Fatalf("%s %s: %v", role, path, err)
	}
}

func (w *world) requireBalanced() (seq uint64) {
	w.t.Helper()
	var check struct {
		Seq      uint64
		Balanced bool
	}
	w.get("ledger", "/v1/check", &check)
	if !check.Balanced {
		w.t.Error("the books do not balance")
	}
	return check.Seq
}
