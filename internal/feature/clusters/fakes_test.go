package clusters

import (
	"context"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// fakeCluster is a cluster of which only health and kinds are known.
type fakeCluster struct {
	health  kube.Health
	kinds   []kube.Kind
	problem error // of the list of kinds
}

func (c *fakeCluster) As(authz.Identity) (*kube.Clients, error) {
	panic("nothing here asks the cluster")
}
func (c *fakeCluster) System() *kube.Clients { panic("nothing here asks the cluster") }

func (c *fakeCluster) Name() string                               { return "far" }
func (c *fakeCluster) DisplayName() string                        { return "Far away" }
func (c *fakeCluster) Health() kube.Health                        { return c.health }
func (c *fakeCluster) Kinds(context.Context) ([]kube.Kind, error) { return c.kinds, c.problem }

func (c *fakeCluster) Kind(_ context.Context, resource string) (kube.Kind, error) {
	for _, k := range c.kinds {
		if k.Resource == resource || k.Kind == resource {
			return k, nil
		}
	}
	return kube.Kind{}, errs.New(errs.NotFound, "cluster far serves no kind %q", resource)
}

func (c *fakeCluster) Clusters() []kube.Cluster { return []kube.Cluster{c} }

func (c *fakeCluster) Cluster(name string) (kube.Cluster, error) {
	if name != "far" {
		return nil, errs.New(errs.NotFound, "there is no cluster %q", name)
	}
	return c, nil
}

// fakeFleet answers from tables by resource; what is in neither is forbidden.
type fakeFleet struct {
	Fleet
	totals map[string]*fleet.Totals
	pages  map[string]*fleet.Page
	fails  map[string]error
}

func (f *fakeFleet) missing(resource string) error {
	if err := f.fails[resource]; err != nil {
		return err
	}
	return errs.New(errs.Forbidden, "you may not list %s", resource)
}

func (f *fakeFleet) Totals(_ context.Context, _ *authz.Scope, q fleet.Query, _ ...string) (*fleet.Totals, error) {
	if t := f.totals[q.Resource]; t != nil && f.fails[q.Resource] == nil {
		if len(q.Filters) > 0 && q.Filters[0].Column == "simulated" {
			return &fleet.Totals{}, nil
		}
		return t, nil
	}
	return nil, f.missing(q.Resource)
}

func (f *fakeFleet) List(_ context.Context, _ *authz.Scope, q fleet.Query) (*fleet.Page, error) {
	if p := f.pages[q.Resource]; p != nil && f.fails[q.Resource] == nil {
		return p, nil
	}
	return nil, f.missing(q.Resource)
}

func (f *fakeFleet) KnownColumns(context.Context, *authz.Scope, string, kube.Kind) ([]fleet.Column, error) {
	return nil, nil
}

// lists are rules under which somebody may list what stands here, by resource.
type lists map[string]authz.Visible

func (l lists) Allowed(_ context.Context, _ authz.Identity, a authz.Attributes) (allowed bool, reason string, err error) {
	v, ok := l[a.Resource]
	return ok && v.Sees(a.Namespace, a.Name), a.String(), nil
}

func (l lists) Visible(_ context.Context, _ authz.Identity, verb, _, resource string) (authz.Visible, error) {
	if verb != "list" && verb != "get" {
		return authz.Visible{}, nil
	}
	return l[resource], nil
}

func (lists) Generation() uint64 { return 1 }

func in(namespaces ...string) authz.Visible {
	v := authz.Visible{Namespaces: map[string]struct{}{}}
	for _, n := range namespaces {
		v.Namespaces[n] = struct{}{}
	}
	return v
}

// newFake makes the feature over fakes, and a scope under rules; nil rules cannot be had.
func newFake(t *testing.T, c *fakeCluster, f *fakeFleet, rules authz.Rules, groups ...string) (*Feature, *authz.Scope) {
	t.Helper()
	of := func(string) (authz.Rules, error) {
		if rules == nil {
			return nil, errs.New(errs.Unavailable, "the access rules are not loaded yet")
		}
		return rules, nil
	}
	return New(Deps{Clusters: c, Fleet: f, Rules: of}), authz.NewScope(authz.Identity{User: "ann", Groups: groups}, of)
}

var (
	podKind  = kube.Kind{Resource: "pods", Plural: "pods", Kind: "Pod", Namespaced: true, Verbs: []string{"get", "list", "create"}}
	nodeKind = kube.Kind{Resource: "nodes", Plural: "nodes", Kind: "Node", Verbs: []string{"get", "list"}}
)
