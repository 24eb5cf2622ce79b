package fleet_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
)

// part is the rules of somebody who sees a fixed part of everything.
type part struct {
	everything
	visible authz.Visible
}

func (p part) Visible(context.Context, authz.Identity, string, string, string) (authz.Visible, error) {
	return p.visible, nil
}

func scopeOf(v authz.Visible) *authz.Scope {
	return authz.NewScope(authz.Identity{User: "eve"}, func(string) (authz.Rules, error) { return part{visible: v}, nil })
}

func randomVisible(r *rand.Rand) authz.Visible {
	v := authz.Visible{Namespaces: map[string]struct{}{}, Names: map[string]map[string]struct{}{}}
	for n := range 3 {
		if r.IntN(2) == 0 {
			v.Namespaces[fmt.Sprintf("ns-%d", n)] = struct{}{}
		}
	}
	for range r.IntN(6) {
		in := []string{"", "ns-0", "ns-1", "ns-2"}[r.IntN(4)]
		if v.Names[in] == nil {
			v.Names[in] = map[string]struct{}{}
		}
		v.Names[in][nameOf(r.IntN(40))] = struct{}{}
	}
	return v
}

func scopesOf(r *rand.Rand) []*authz.Scope {
	return []*authz.Scope{allScope(), scopeOf(randomVisible(r)), scopeOf(randomVisible(r))}
}

// tryFollow follows unless the scope sees nothing of the query.
func tryFollow(t *testing.T, f *fleet.Fleet, s *authz.Scope, q fleet.Query) *client {
	t.Helper()
	q.Cluster = "local"
	if _, err := f.List(t.Context(), s, q); errs.KindOf(err) == errs.Forbidden && err != nil {
		return nil
	}
	c := follow(t, f, s, q, fleet.Resume{})
	c.query, c.scope = q, s
	return c
}

// TestScopeHidesEverything compares the answer under random visible sets with the answer of
// a cluster that holds only the visible objects: nothing else may show in rows, totals,
// facets or order.
func TestScopeHidesEverything(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test
	whole := newFakeAPI(t)
	for n := range 40 {
		whole.put(randomPod(r, n, whole.uidOf(n)))
	}
	f := whole.fleet(t)
	until(t, "all pods", func() bool { return whole.equals(t, f) == nil })
	for range 8 {
		visible := randomVisible(r)
		alone := newFakeAPI(t)
		for _, p := range whole.pods {
			if visible.Sees(p.Namespace, p.Name) {
				alone.put(p)
			}
		}
		lone := alone.fleet(t)
		until(t, "the visible pods", func() bool { return alone.equals(t, lone) == nil })
		compareScopes(t, f, lone, visible)
	}
}

func compareScopes(t *testing.T, f, lone *fleet.Fleet, visible authz.Visible) {
	t.Helper()
	for _, q := range []fleet.Query{
		{},
		{Sort: "restarts"},
		{Sort: "status", Desc: true, Limit: 3},
		{Offset: 2, Limit: 4, Sort: "node"},
		{Namespaces: []string{"ns-0", "ns-2"}},
		{Text: "POD-0"},
		{Labels: "app=teller"},
		{Filters: []fleet.Filter{{Column: "status", Op: "=", Values: []string{"Running"}}}},
	} {
		q.Cluster, q.Resource = "local", "pods"
		got, err := f.List(t.Context(), scopeOf(visible), q)
		if errs.KindOf(err) == errs.Forbidden && err != nil {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		want, err := lone.List(t.Context(), allScope(), q)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(*got, *want); err != nil {
			t.Errorf("%+v under %+v: %v", q, visible, err)
		}
	}
}

func TestNothingVisibleIsForbidden(t *testing.T) {
	api := newFakeAPI(t)
	f := api.fleet(t)
	for _, q := range []fleet.Query{{}, {Namespaces: []string{"ns-1"}}} {
		q.Cluster, q.Resource = "local", "pods"
		_, err := f.List(t.Context(), scopeOf(authz.Visible{Namespaces: map[string]struct{}{}}), q)
		if errs.KindOf(err) != errs.Forbidden || !strings.Contains(err.Error(), "list pods") {
			t.Errorf("%+v: %v", q, err)
		}
		if _, err := f.Subscribe(t.Context(), scopeOf(authz.Visible{}), q, fleet.Resume{}, func() {}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("Subscribe %+v: %v", q, err)
		}
	}
}

// TestEqualQueriesOfDifferentPeopleStayApart: the cached pages must not mix.
func TestEqualQueriesOfDifferentPeopleStayApart(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // a test
	api := newFakeAPI(t)
	for n := range 30 {
		api.put(randomPod(r, n, api.uidOf(n)))
	}
	f := api.fleet(t)
	until(t, "all pods", func() bool { return api.equals(t, f) == nil })
	q := fleet.Query{Cluster: "local", Resource: "pods"}
	for range 20 {
		for _, ns := range []string{"ns-0", "ns-1", "ns-2"} {
			p, err := f.List(t.Context(), scopeOf(authz.Visible{Namespaces: map[string]struct{}{ns: {}}}), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range p.Rows {
				if row.Namespace != ns {
					t.Fatalf("somebody of %s sees %s/%s", ns, row.Namespace, row.Name)
				}
			}
			if p.Total != len(p.Rows) || len(p.Facets["namespace"]) > 1 {
				t.Fatalf("total %d, facets %v", p.Total, p.Facets)
			}
		}
	}
}
