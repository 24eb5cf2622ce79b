package kube

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// An API server that asks for a long pause is not waited for: whoever asked is told at once, and
// for how long. A short pause is waited for.
func TestLongPausesAreToldNotWaitedFor(t *testing.T) {
	const status = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"TooManyRequests","code":429,"message":"etcd is busy"}`
	for name, c := range map[string]struct {
		code              int
		after, kind, body string
		want              errs.Kind
		says              string
		seconds           any
		calls             int32
	}{
		"429 as text":         {429, "30", "text/plain; charset=utf-8", "Too many requests, please try again later.\n", errs.TooMany, "try again later", 30, 1},
		"429 as a status":     {429, "7", "application/json", status, errs.TooMany, "etcd is busy", 7, 1},
		"503 of a proxy":      {503, "120", "text/html", "<html>" + strings.Repeat("x", 1000), errs.Unavailable, "Service Unavailable", nil, 1},
		"500 as text":         {500, "60", "text/plain", "boom", errs.BadUpstream, "boom", nil, 1},
		"absurdly long":       {429, "999999999", "text/plain", "no", errs.TooMany, "no", 24 * 3600, 1},
		"no number":           {429, "Wed, 21 Oct 2026 07:28:00 GMT", "text/plain", "no", errs.TooMany, "too many requests", nil, 1},
		"none, so not waited": {429, "", "text/plain", "no", errs.TooMany, "too many requests", nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeServer(t)
			var calls atomic.Int32
			f.pods = func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				if c.after != "" {
					w.Header().Set("Retry-After", c.after)
				}
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, c.body)
			}
			clients, err := f.connect(t, clocktesting.NewFakeClock(time.Now())).As(authz.Identity{User: "alice"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = clients.Typed.CoreV1().Pods("x").Get(t.Context(), "y", metav1.GetOptions{})
			var e *errs.Error
			if !errors.As(FromKube(err, Ref{Cluster: "local", Resource: "pods", Namespace: "x", Name: "y"}), &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind != c.want || !strings.Contains(e.Message, c.says) || e.Object != "pods x/y" || e.Extra["retryAfterSeconds"] != c.seconds {
				t.Errorf("kind %s, message %q, object %q, extra %v", e.Kind, e.Message, e.Object, e.Extra)
			}
			if got := calls.Load(); got != c.calls {
				t.Errorf("the API server was asked %d times", got)
			}
		})
	}
}

func TestShortPausesAreWaitedFor(t *testing.T) {
	f := newFakeServer(t)
	var calls atomic.Int32
	f.pods = func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		writeJSON(w, map[string]any{"kind": "Pod", "apiVersion": "v1", "metadata": map[string]string{"name": "y"}})
	}
	c := f.connect(t, clocktesting.NewFakeClock(time.Now()))
	if _, err := c.System().Typed.CoreV1().Pods("x").Get(t.Context(), "y", metav1.GetOptions{}); err != nil || calls.Load() != 2 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}
