package fleet_test

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// The ways in which an API server fails, for watches and lists alike.
var faults = map[string]fault{
	"500": func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
		refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is gone")
		return true
	},
	"429": func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests, "slow down")
		return true
	},
	"401": func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
		refuse(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "who are you")
		return true
	},
	"cut": func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
		return true
	},
	"half": func(w http.ResponseWriter, _ *http.Request, watch bool) bool {
		w.Header().Set("Content-Type", "application/json")
		if watch {
			_, _ = io.WriteString(w, `{"type":"MODIFIED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"na`)
		} else {
			_, _ = io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"99"},"items":[{"metadata":`)
		}
		return true
	},
	"garbage": func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "<html>Welcome to the proxy</html>")
		return true
	},
	"unknown event": func(w http.ResponseWriter, _ *http.Request, watch bool) bool {
		if watch {
			_, _ = io.WriteString(w, `{"type":"EXPLODED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x"}}}`)
		}
		return watch
	},
	"another type": func(w http.ResponseWriter, _ *http.Request, watch bool) bool {
		if watch {
			_, _ = io.WriteString(w, `{"type":"ADDED","object":{"kind":"Status","apiVersion":"v1","metadata":{}}}`)
		}
		return watch
	},
}

func TestFaultsLoseNothing(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a test
			api := newFakeAPI(t)
			for n := range 10 {
				api.put(randomPod(r, n, api.uidOf(n)))
			}
			f := api.fleet(t)
			until(t, "all pods", func() bool { return api.equals(t, f) == nil })
			c := tryFollow(t, f, allScope(), fleet.Query{Resource: "pods"})
			api.set(fault)
			api.expire() // cuts the watch and makes a list due as well
			until(t, "the view is stale", func() bool {
				p := list(t, f, fleet.Query{})
				if p.Total != 10 {
					t.Fatalf("the old view was dropped: %d pods", p.Total)
				}
				return p.State.Phase == "stale" && p.State.Cause != ""
			})
			api.put(randomPod(r, 20, api.uidOf(20)))
			api.remove(api.uidOf(3))
			api.set(nil)
			until(t, "the view has caught up", func() bool { return api.equals(t, f) == nil })
			until(t, "the view is live", func() bool { return list(t, f, fleet.Query{}).State.Phase == "live" })
			c.compare(t, f, 0)
		})
	}
}

func list(t *testing.T, f *fleet.Fleet, q fleet.Query) *fleet.Page {
	t.Helper()
	q.Cluster, q.Resource = "local", "pods"
	p, err := f.List(t.Context(), allScope(), q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestASilentWatchIsReplaced: a server that accepts a watch and then hangs is given up.
func TestASilentWatchIsReplaced(t *testing.T) {
	api := newFakeAPI(t)
	clk := clocktesting.NewFakeClock(time.Now())
	registry := kube.NewConnector(kube.Options{})
	if err := registry.Add("local", "", kube.Fixed(&rest.Config{Host: api.URL})); err != nil {
		t.Fatal(err)
	}
	f := fleet.New(fleet.Deps{Clusters: registry, Log: slog.New(slog.DiscardHandler), Clock: clk, Idle: 1000 * time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	defer func() { cancel(); <-done }()
	until(t, "the first list", func() bool { return f.State("local", "pods").Phase == "live" })
	api.set(func(w http.ResponseWriter, r *http.Request, watch bool) bool {
		if watch {
			<-r.Context().Done() // hangs, whatever happens
		}
		return watch
	})
	_, before := api.counts()
	api.put(randomPod(rand.New(rand.NewPCG(1, 1)), 1, "uid-1")) //nolint:gosec // a test
	until(t, "another watch", func() bool {
		clk.Step(time.Minute)
		_, now := api.counts()
		return now > before
	})
	api.set(nil)
	until(t, "the view has caught up", func() bool {
		clk.Step(time.Minute)
		return list(t, f, fleet.Query{}).Total == 1
	})
}

func TestRunEndsAllGoroutines(t *testing.T) {
	api := newFakeAPI(t)
	registry := kube.NewConnector(kube.Options{})
	if err := registry.Add("local", "", kube.Fixed(&rest.Config{Host: api.URL})); err != nil {
		t.Fatal(err)
	}
	f := fleet.New(fleet.Deps{Clusters: registry})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	until(t, "the first list", func() bool { return f.State("local", "pods").Phase == "live" })
	if _, err := f.Subscribe(ctx, allScope(), fleet.Query{Cluster: "local", Resource: "pods"}, fleet.Resume{}, func() {}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	until(t, "no goroutine of the fleet is left", func() bool {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		for _, s := range strings.Split(string(stacks), "\n\n") {
			if strings.Contains(s, "fleet.(*") && !strings.Contains(s, "testing.tRunner") {
				return false
			}
		}
		return true
	})
	if _, err := f.List(context.Background(), allScope(), fleet.Query{Cluster: "local", Resource: "pods"}); err == nil {
		t.Error("a stopped fleet answers")
	}
}
