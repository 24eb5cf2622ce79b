package authz

import (
	"context"
	"fmt"
	"hash/fnv"
	"sort"

	"kubemate.io/kubemate/internal/core/errs"
)

// Attributes is one question: may somebody do Verb on this?
type Attributes struct {
	Verb        string // get, list, watch, create, update, patch, delete, impersonate, …
	Group       string // API group, "" for core
	Resource    string // plural, "pods"
	Subresource string // "log", "exec", "scale", "" for none
	Namespace   string // "" for cluster-scoped, or for all namespaces
	Name        string // "" for any
	Path        string // non-resource URL; then the fields above but Verb are empty
}

// String names the question as kubectl would: "list pods in namespace demo-bank".
func (a Attributes) String() string {
	if a.Path != "" {
		return a.Verb + " " + a.Path
	}
	s := a.Verb + " " + a.Resource
	if a.Group != "" {
		s += "." + a.Group
	}
	if a.Subresource != "" {
		s += "/" + a.Subresource
	}
	if a.Name != "" {
		s += " " + fmt.Sprintf("%q", a.Name)
	}
	if a.Namespace != "" {
		s += " in namespace " + a.Namespace
	}
	return s
}

// Visible is the part of one resource that an identity may read in one cluster.
type Visible struct {
	All        bool                           // every object in every namespace
	Namespaces map[string]struct{}            // every object in these
	Names      map[string]map[string]struct{} // single objects by resourceNames: namespace ("" = any) → names
}

// Sees says whether an object is visible.
func (v Visible) Sees(namespace, name string) bool {
	if v.All {
		return true
	}
	if _, ok := v.Namespaces[namespace]; ok {
		return true
	}
	if len(v.Names) == 0 {
		return false
	}
	if _, ok := v.Names[namespace][name]; ok {
		return true
	}
	_, ok := v.Names[""][name]
	return ok
}

// Empty says that nothing is visible.
func (v Visible) Empty() bool { return !v.All && len(v.Namespaces) == 0 && len(v.Names) == 0 }

// SortedNamespaces lists the namespaces that are visible whole, sorted; nil when All.
func (v Visible) SortedNamespaces() []string {
	if v.All {
		return nil
	}
	out := make([]string, 0, len(v.Namespaces))
	for n := range v.Namespaces {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// Rules answers for one cluster. Implementations: *RBAC (local evaluation) and *Review
// (asks SubjectAccessReview, caches for seconds).
type Rules interface {
	// Allowed answers one question; reason says which binding allows it, or what is missing.
	Allowed(ctx context.Context, id Identity, a Attributes) (allowed bool, reason string, err error)
	// Visible gives what of a resource an identity may do verb on.
	Visible(ctx context.Context, id Identity, verb, group, resource string) (Visible, error)
	// Generation changes whenever an answer may have changed; callers key caches by it.
	Generation() uint64
}

// RulesOf finds the rules of a cluster; it fails with errs.NotFound for an unknown one.
type RulesOf func(cluster string) (Rules, error)

// Scope is what one request may see and do, in every cluster. Every read of a cache takes one.
type Scope struct {
	who   func() Identity
	rules RulesOf
}

// NewScope binds an identity to the clusters' rules.
func NewScope(id Identity, rules RulesOf) *Scope {
	return NewChangingScope(func() Identity { return id }, rules)
}

// NewChangingScope is for what lasts longer than a request: who gives the present groups of
// the user, so that a page that is open follows when they change.
func NewChangingScope(who func() Identity, rules RulesOf) *Scope {
	return &Scope{who: who, rules: rules}
}

// Identity says whose scope this is.
func (s *Scope) Identity() Identity { return s.who() }

// Visible gives what of a resource may be read in a cluster.
func (s *Scope) Visible(ctx context.Context, cluster, verb, group, resource string) (Visible, error) {
	r, err := s.rules(cluster)
	if err != nil {
		return Visible{}, err
	}
	return r.Visible(ctx, s.who(), verb, group, resource)
}

// Allowed answers one question about a cluster.
func (s *Scope) Allowed(ctx context.Context, cluster string, a Attributes) (bool, error) {
	r, err := s.rules(cluster)
	if err != nil {
		return false, err
	}
	ok, _, err := r.Allowed(ctx, s.who(), a)
	return ok, err
}

// Generation differs whenever the answers about a cluster may differ: its rules changed, or
// the groups of the user did. It is 0 for an unknown cluster.
func (s *Scope) Generation(cluster string) uint64 {
	r, err := s.rules(cluster)
	if err != nil {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(identityKey(s.who()))) // a hash takes everything
	return h.Sum64() ^ r.Generation()
}

// Require fails with errs.Forbidden, naming the missing right, unless a is allowed.
func (s *Scope) Require(ctx context.Context, cluster string, a Attributes) error {
	ok, err := s.Allowed(ctx, cluster, a)
	if err != nil {
		return err
	}
	if ok {
		return nil
	}
	return errs.New(errs.Forbidden, "%s may not %s in cluster %s", s.who().User, a, cluster).
		WithHint("ask a platform admin for a role that allows %q", a.String())
}
