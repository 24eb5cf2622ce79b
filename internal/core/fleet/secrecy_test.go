package fleet_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

func podIn(r *rand.Rand, api *fakeAPI, n int, namespace string) *corev1.Pod {
	p := randomPod(r, n, api.uidOf(n))
	p.Namespace = namespace
	return p
}

// Whoever sees one namespace gets the same bytes whatever happens in the others, sequence
// numbers included, and a page that is open hears nothing.
func TestPagesTellNothingOfOtherNamespaces(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11)) //nolint:gosec // a test
	api := newFakeAPI(t)
	for n := range 10 {
		api.put(podIn(r, api, n, "mine"))
	}
	f := api.fleet(t)
	until(t, "all pods", func() bool { return api.equals(t, f) == nil })
	until(t, "the view is live", func() bool { return list(t, f, fleet.Query{}).State.Phase == "live" })
	scope := scopeOf(authz.Visible{Namespaces: map[string]struct{}{"mine": {}}})
	queries := []fleet.Query{{}, {Sort: "restarts", Desc: true}, {Text: "pod", Limit: 3, Offset: 2}, {Offset: 5000}}
	pages := func() (out [][]byte) {
		for _, q := range queries {
			q.Cluster, q.Resource = "local", "pods"
			body, err := f.ListJSON(t.Context(), scope, q)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, bytes.Clone(body))
		}
		return out
	}
	before := pages()
	open := follow(t, f, scope, fleet.Query{Resource: "pods"}, fleet.Resume{})
	until(t, "the first page", func() bool { open.take(); return open.pages == 1 })
	for n := 20; n < 40; n++ {
		api.put(podIn(r, api, n, "theirs"))
	}
	for n := 20; n < 30; n++ {
		api.remove(api.uidOf(n))
		api.put(podIn(r, api, n+15, "theirs"))
	}
	until(t, "the changes are cached", func() bool { return api.equals(t, f) == nil })
	for i, after := range pages() {
		if !bytes.Equal(before[i], after) {
			t.Errorf("the page of %+v changed\nfrom %s\nto   %s", queries[i], before[i], after)
		}
	}
	// A change of one's own is told; what was told until then was nothing.
	seq := open.page.Seq
	api.put(podIn(r, api, 50, "mine"))
	until(t, "the change of one's own", func() bool {
		for {
			u, ok, err := open.sub.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return open.page.Total == 11
			}
			if u.Kind == fleet.UpdatePatch && open.page.Seq == seq && !bytes.Contains(u.Body, []byte(`"total":11`)) {
				t.Fatalf("an open page was told: %s", u.Body)
			}
			open.apply(u)
		}
	})
}

// A page that looks again as it did before leads on to what came after, not round in a circle.
func TestPagesThatComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12)) //nolint:gosec // a test
	api := newFakeAPI(t)
	api.put(podIn(r, api, 1, "mine"))
	f := api.fleet(t)
	until(t, "the pod", func() bool { return api.equals(t, f) == nil })
	slow := follow(t, f, allScope(), fleet.Query{Resource: "pods"}, fleet.Resume{})
	until(t, "the first page", func() bool { slow.take(); return slow.page.Total == 1 })
	quick := follow(t, f, allScope(), fleet.Query{Resource: "pods"}, fleet.Resume{})
	add := func(n, total int) {
		api.put(podIn(r, api, n, "mine"))
		until(t, "one more", func() bool { quick.take(); return quick.page.Total == total })
	}
	for n := range 3 { // there and back, as another object each time
		add(100+n, 2)
		api.remove(api.uidOf(100 + n))
		until(t, "as before", func() bool { quick.take(); return quick.page.Total == 1 })
	}
	if slow.page.Seq != quick.page.Seq {
		t.Errorf("the same content has the numbers %d and %d", slow.page.Seq, quick.page.Seq)
	}
	add(200, 2)
	until(t, "the slow one has caught up", func() bool { slow.take(); return same(slow.page, quick.page) == nil })
}

// Who may see nothing of a kind does not make the server watch it.
func TestNoRightStartsNoWatch(t *testing.T) {
	api := newFakeAPI(t)
	registry := kube.NewConnector(kube.Options{})
	if err := registry.Add("local", "", kube.Fixed(&rest.Config{Host: api.URL})); err != nil {
		t.Fatal(err)
	}
	f := fleet.New(fleet.Deps{Clusters: registry, Log: slog.New(slog.DiscardHandler)}) // not run: only reads start anything
	q := fleet.Query{Cluster: "local", Resource: "pods"}
	if _, err := f.List(t.Context(), scopeOf(authz.Visible{}), q); errs.KindOf(err) != errs.Forbidden {
		t.Fatalf("got %v", err)
	}
	if lists, watches := api.counts(); lists+watches != 0 {
		t.Errorf("%d lists and %d watches were made", lists, watches)
	}
}

// gate is rules whose answers can be held up.
type gate struct {
	everything
	asked chan struct{}
	open  chan struct{}
}

func (g *gate) Visible(ctx context.Context, id authz.Identity, verb, group, resource string) (authz.Visible, error) {
	if g.asked != nil {
		g.asked <- struct{}{}
		<-g.open
		return authz.Visible{Namespaces: map[string]struct{}{"mine": {}}}, nil
	}
	return g.everything.Visible(ctx, id, verb, group, resource)
}

// A subscription that is closed while its rights are looked at leaves no group behind.
func TestCloseDuringRefreshLeavesNothing(t *testing.T) {
	api := newFakeAPI(t)
	f := api.fleet(t)
	until(t, "the view is live", func() bool { return list(t, f, fleet.Query{}).State.Phase == "live" })
	rules := &gate{}
	scope := authz.NewScope(authz.Identity{User: "eve"}, func(string) (authz.Rules, error) { return rules, nil })
	sub, err := f.Subscribe(t.Context(), scope, fleet.Query{Cluster: "local", Resource: "pods"}, fleet.Resume{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	rules.asked, rules.open = make(chan struct{}, 16), make(chan struct{})
	done := make(chan error, 1)
	go func() { done <- sub.Refresh(context.Background()) }()
	<-rules.asked
	sub.Close()
	close(rules.open)
	if err := <-done; err != nil {
		t.Error(err)
	}
	until(t, "no group works for a subscription that is gone", func() bool {
		stacks := make([]byte, 1<<20)
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "fleet.(*group).run")
	})
}
