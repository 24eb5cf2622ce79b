package clusters

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// A namespace may be entered by who may list it or anything in it; rights on single names
// everywhere, or on cluster-wide kinds, open none.
func TestWhoMayEnterANamespace(t *testing.T) {
	everywhere := authz.Visible{All: true}
	named := func(namespace string, names ...string) authz.Visible {
		v := authz.Visible{Names: map[string]map[string]struct{}{namespace: {}}}
		for _, n := range names {
			v.Names[namespace][n] = struct{}{}
		}
		return v
	}
	for name, c := range map[string]struct {
		rules lists
		open  string // of "a b kube-system"
	}{
		"nothing":                        {lists{}, ""},
		"pods of one":                    {lists{"pods": in("a")}, "a"},
		"kinds of several":               {lists{"pods": in("a"), "secrets": in("b")}, "a b"},
		"pods everywhere":                {lists{"pods": everywhere}, "a b kube-system"},
		"namespaces":                     {lists{"namespaces": everywhere}, "a b kube-system"},
		"one namespace by name":          {lists{"namespaces": named("", "b")}, "b"},
		"one pod of one":                 {lists{"pods": named("b", "x")}, "b"},
		"one pod by name, wherever":      {lists{"pods": named("", "x")}, ""},
		"only nodes":                     {lists{"nodes": everywhere}, ""},
		"only what is in no namespace":   {lists{"persistentvolumes": everywhere, "clusterroles": everywhere}, ""},
		"a kind that opens no namespace": {lists{"leases": everywhere}, ""},
	} {
		_, scope := newFake(t, &fakeCluster{}, &fakeFleet{}, c.rules)
		may, err := enterable(t.Context(), scope, "far")
		if err != nil {
			t.Fatal(err)
		}
		var open []string
		for _, n := range []string{"a", "b", "kube-system"} {
			if may(n) {
				open = append(open, n)
			}
		}
		if got := strings.Join(open, " "); got != c.open {
			t.Errorf("%s: %q, want %q", name, got, c.open)
		}
	}
}

// An overview tells only of kinds that may be listed: the others are not even named.
func TestOverviewTellsOnlyWhatMayBeListed(t *testing.T) {
	c := &fakeCluster{kinds: []kube.Kind{podKind, nodeKind, {Resource: "secrets", Plural: "secrets", Kind: "Secret", Namespaced: true}}}
	fakes := &fakeFleet{
		totals: map[string]*fleet.Totals{"pods": {Total: 2, Tones: map[string]int{"error": 1}, Sums: map[string]float64{}}},
		pages: map[string]*fleet.Page{"pods": {Rows: []fleet.Row{
			{Namespace: "a", Name: "bad", Cells: []any{[]any{"error", "CrashLoopBackOff"}, 100.0, 170.0, 3.0, "n1"}},
			{Namespace: "a", Name: "good", Cells: []any{[]any{"ok", "Running"}, 100.0, nil, 0.0, "n1"}},
		}}},
	}
	f, scope := newFake(t, c, fakes, lists{"pods": in("a")})
	o, err := f.overview(t.Context(), scope, c, "a")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(o)
	if len(o.Counts) != 1 || len(o.Problems) != 1 || strings.Contains(string(text), "secrets") || strings.Contains(string(text), `"nodes"`) {
		t.Errorf("%s", text)
	}
	if p := o.Problems[0]; p.Message != "3 restarts, on node n1" || p.Since == nil || *p.Since != 170 || p.Status != "CrashLoopBackOff" {
		t.Errorf("%+v", p)
	}
	fakes.fails = map[string]error{"pods": errs.New(errs.Unavailable, "not complete yet")}
	if _, err := f.overview(t.Context(), scope, c, "a"); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a failure is hidden: %v", err)
	}
}

// Cells that are not as expected make no trouble of their own.
func TestTroubleOfOddRows(t *testing.T) {
	for _, cells := range [][]any{
		{nil, nil}, {"error", 1.0}, {[]any{"error"}, nil}, {[]any{1, 2}, nil}, {[]any{"ok", "Running"}, nil}, {map[string]any{}, nil}, {[]any{"error", "Bad", "x"}, nil},
	} {
		if got, bad := trouble("far", podKind, &fleet.Row{Cells: cells}); bad {
			t.Errorf("%v is taken as %+v", cells, got)
		}
	}
	got, bad := trouble("far", podKind, &fleet.Row{Name: "x", Cells: []any{[]any{"warning", "Slow"}, "yesterday", nil, "many", 7}})
	if !bad || got.Since != nil || got.Message != "" {
		t.Errorf("%+v, %v", got, bad)
	}
}

// API groups that do not answer are named, and hide nothing else; without any kind it is an error.
func TestKindsWithFailingGroups(t *testing.T) {
	failing := errs.New(errs.Unavailable, "these API groups do not answer").WithExtra("groups", []string{"metrics.k8s.io/v1beta1"})
	c := &fakeCluster{kinds: []kube.Kind{podKind, nodeKind}, problem: failing}
	f, scope := newFake(t, c, &fakeFleet{}, lists{"pods": in("a")})
	got, err := f.kinds(t.Context(), scope, c)
	if err != nil || len(got.Kinds) != 2 || len(got.Incomplete) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if can := strings.Join(got.Kinds[0].Can, " "); can != "get list" || len(got.Kinds[1].Can) != 0 || got.Kinds[1].Columns == nil || got.Kinds[1].Actions == nil {
		t.Errorf("%+v", got.Kinds)
	}
	c.kinds = nil
	if _, err := f.kinds(t.Context(), scope, c); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("no kind at all: %v", err)
	}
}

// Questions are answered in order, by any name of a kind; a kind that is not served is asked for
// as it is written.
func TestCanAsksAsWritten(t *testing.T) {
	c := &fakeCluster{kinds: []kube.Kind{podKind}}
	f, scope := newFake(t, c, &fakeFleet{}, lists{"pods": in("a")})
	got, err := f.can(context.Background(), scope, c, []Question{
		{Verb: "get", Resource: "Pod", Namespace: "a"}, {Verb: "get", Resource: "pods", Namespace: "b"}, {Verb: "get", Resource: "wombats.example.com", Subresource: "status"},
	})
	if err != nil || len(got) != 3 || !got[0].Allowed || got[1].Allowed || got[2].Allowed || got[2].Reason != "get wombats.example.com/status" {
		t.Errorf("%+v, %v", got, err)
	}
	f, scope = newFake(t, c, &fakeFleet{}, nil)
	if _, err := f.can(context.Background(), scope, c, nil); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("without rules: %v", err)
	}
}
