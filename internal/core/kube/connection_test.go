package kube

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	apidiscoveryv2 "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

func TestKind(t *testing.T) {
	f := newFakeServer(t)
	c := f.connect(t, clocktesting.NewFakeClock(time.Now()))
	cases := map[string]string{
		"pods": "pods", "po": "pods", "Pod": "pods", "PODS": "pods",
		"deploy": "deployments.apps", "deployments": "deployments.apps", "deployment.apps": "deployments.apps",
		"deployments.v1.apps": "deployments.apps", "ev": "events", "events.events.k8s.io": "events.events.k8s.io",
		"pods.shop.example.io": "pods.shop.example.io", "carts": "carts.shop.example.io", "cart": "carts.shop.example.io",
	}
	for name, want := range cases {
		k, err := c.Kind(t.Context(), name)
		if err != nil || k.Resource != want {
			t.Errorf("%s: got %q, %v; want %q", name, k.Resource, err, want)
		}
	}
	shop, _ := c.Kind(t.Context(), "pods.shop.example.io")
	if shop.Version != "v2" || !shop.Custom || shop.Subresources[0] != "status" {
		t.Errorf("got %+v", shop)
	}
	if carts, _ := c.Kind(t.Context(), "carts"); carts.Version != "v1" {
		t.Errorf("a kind of an older version only has version %q", carts.Version)
	}
}

func TestKindNamesNearMatches(t *testing.T) {
	c := newFakeServer(t).connect(t, clocktesting.NewFakeClock(time.Now()))
	_, err := c.Kind(t.Context(), "deploymnts")
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.NotFound || !strings.Contains(e.Hint, "deployments.apps") {
		t.Fatalf("got %v", err)
	}
}

func TestKindFindsNewOnesAfterAWhile(t *testing.T) {
	f := newFakeServer(t)
	clk := clocktesting.NewFakeClock(time.Now())
	c := f.connect(t, clk)
	if _, err := c.Kind(t.Context(), "widgets"); errs.KindOf(err) != errs.NotFound {
		t.Fatalf("got %v", err)
	}
	f.mu.Lock()
	f.groups = append(f.groups, group("new.example.io", version("v1", served("widgets", "Widget"))))
	f.mu.Unlock()
	clk.Step(3 * time.Second)
	if _, err := c.Kind(t.Context(), "widgets"); err != nil {
		t.Fatal(err)
	}
}

func TestKindsNamesFailingGroups(t *testing.T) {
	f := newFakeServer(t)
	stale := group("metrics.k8s.io", apidiscoveryv2.APIVersionDiscovery{Version: "v1beta1", Freshness: apidiscoveryv2.DiscoveryFreshnessStale})
	f.groups = append(f.groups, stale)
	kinds, err := f.connect(t, clocktesting.NewFakeClock(time.Now())).Kinds(t.Context())
	if len(kinds) == 0 || err == nil || !strings.Contains(err.Error(), "metrics.k8s.io/v1beta1") {
		t.Fatalf("%d kinds, error %v", len(kinds), err)
	}
}

func TestAsImpersonates(t *testing.T) {
	f := newFakeServer(t)
	c := f.connect(t, clocktesting.NewFakeClock(time.Now()))
	clients, err := c.As(authz.Identity{User: "alice", Groups: []string{"developers"}})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = clients.Typed.CoreV1().Pods("x").Get(t.Context(), "y", metav1.GetOptions{})
	seen := f.seen("/api/v1/namespaces/x/pods/y")
	if len(seen) != 1 || seen[0].Header.Get("Impersonate-User") != "kubemate:alice" || seen[0].Header.Get("Impersonate-Group") != "kubemate:developers" {
		t.Fatalf("seen %v", seen)
	}
	again, err := c.As(authz.Identity{User: "alice", Groups: []string{"developers"}})
	if err != nil || again != clients {
		t.Errorf("clients are made anew for the same identity")
	}
	_, _ = c.System().Typed.CoreV1().Pods("x").Get(t.Context(), "z", metav1.GetOptions{})
	if got := f.seen("/api/v1/namespaces/x/pods/z"); got[0].Header.Get("Impersonate-User") != "" {
		t.Error("System impersonates")
	}
}

func TestAsRefusesReservedNames(t *testing.T) {
	c := newFakeServer(t).connect(t, clocktesting.NewFakeClock(time.Now()))
	for _, id := range []authz.Identity{
		{User: "system:admin"},
		{User: "SYSTEM:kube-controller-manager"},
		{User: ""},
		{User: " system:x"},
		{User: "kubemate:alice"},
		{User: "alice", Groups: []string{"system:masters"}},
	} {
		if _, err := c.As(id); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("%+v: got %v", id, err)
		}
	}
}

func TestProbe(t *testing.T) {
	f := newFakeServer(t)
	clk := clocktesting.NewFakeClock(time.Now())
	c := f.connect(t, clk)
	p := newProbe(c)
	p.once(t.Context())
	if h := c.Health(); !h.Connected || h.Version != "v1.35.4" || h.Problem != "" || !h.LastContact.Equal(clk.Now()) {
		t.Fatalf("healthy: %+v", h)
	}
	f.mu.Lock()
	f.ready = 500
	f.mu.Unlock()
	clk.Step(time.Minute)
	p.once(t.Context())
	h := c.Health()
	if h.Connected || h.Problem == "" || !h.Since.Equal(clk.Now()) || h.LastContact.Equal(clk.Now()) {
		t.Fatalf("failing: %+v", h)
	}
	f.Close()
	p.once(t.Context())
	if h := c.Health(); !strings.Contains(h.Problem, "nothing listens") || !h.Since.Equal(clk.Now()) {
		t.Fatalf("closed: %+v", h)
	}
}

func TestProbePauseBacksOff(t *testing.T) {
	p := &probe{failures: 1}
	if d := p.pause(); d > 2*time.Second {
		t.Errorf("first pause %v", d)
	}
	p.failures = 50
	if d := p.pause(); d > probeSlowest*6/5 || d < probeSlowest*4/5 {
		t.Errorf("late pause %v", d)
	}
}

func TestConnector(t *testing.T) {
	f := newFakeServer(t)
	clk := clocktesting.NewFakeClock(time.Now())
	r := NewConnector(Options{Clock: clk})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	src := Fixed(f.connect(t, clk).loaded)
	if err := r.Add("local", "This cluster", src); err != nil {
		t.Fatal(err)
	}
	if err := r.Add("local", "", src); errs.KindOf(err) != errs.Conflict {
		t.Errorf("second: %v", err)
	}
	if _, err := r.Cluster("other"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("unknown: %v", err)
	}
	for !r.Clusters()[0].Health().Connected {
		select {
		case <-t.Context().Done():
			t.Fatal("never connected")
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
