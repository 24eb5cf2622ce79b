package authz

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// ContactBound is how long the last known rules serve a cluster that does not answer.
const ContactBound = 15 * time.Minute

// maxVisible bounds the answers that are kept per policy.
const maxVisible = 20_000

// RBACOptions are what the evaluation needs to know beside the rules.
type RBACOptions struct {
	Cluster     string           // its name, for messages
	Now         func() time.Time // nil means time.Now
	LastContact func() time.Time // last answer of the API server; nil means always in contact
}

// RBAC evaluates the rules of one cluster, without a call. It is safe for concurrent use.
type RBAC struct {
	options RBACOptions
	state   atomic.Pointer[policyState]
	replace sync.Mutex
}

// policyState is one policy and the answers found under it.
type policyState struct {
	index      *index
	generation uint64
	mu         sync.Mutex
	visible    map[string]Visible
}

// NewRBAC makes an evaluation without rules: until Replace it fails with errs.Unavailable.
func NewRBAC(o RBACOptions) *RBAC {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &RBAC{options: o}
}

// Replace takes a new policy; answers follow it from now on.
func (r *RBAC) Replace(p Policy) {
	r.replace.Lock()
	defer r.replace.Unlock()
	next := &policyState{index: newIndex(p), generation: 1, visible: map[string]Visible{}}
	if old := r.state.Load(); old != nil {
		next.generation = old.generation + 1
	}
	r.state.Store(next)
}

// Generation changes with every policy, and when the contact bound passes.
func (r *RBAC) Generation() uint64 {
	s := r.state.Load()
	if s == nil {
		return 0
	}
	generation := s.generation * 2
	if r.outOfContact() {
		generation++
	}
	return generation
}

// Allowed answers one question; the reason names the binding, or what is missing.
func (r *RBAC) Allowed(_ context.Context, id Identity, a Attributes) (bool, string, error) {
	s, err := r.loaded()
	if err != nil {
		return false, "", err
	}
	subject := SubjectOf(id)
	if r.outOfContact() && !s.index.administers(subject) {
		return false, r.contactText(), nil
	}
	ok, reason := s.index.allowed(subject, a)
	return ok, reason, nil
}

// AllowedSubject answers for any subject of the cluster, service accounts among them.
func (r *RBAC) AllowedSubject(subject Subject, a Attributes) (bool, string, error) {
	s, err := r.loaded()
	if err != nil {
		return false, "", err
	}
	ok, reason := s.index.allowed(subject, a)
	return ok, reason, nil
}

// Visible gives what of a resource an identity may do verb on. The answer is shared: the
// caller does not change it.
func (r *RBAC) Visible(_ context.Context, id Identity, verb, group, resource string) (Visible, error) {
	s, err := r.loaded()
	if err != nil {
		return Visible{}, err
	}
	subject := SubjectOf(id)
	if r.outOfContact() && !s.index.administers(subject) {
		return Visible{}, nil
	}
	key := subject.User + "\x00" + strings.Join(subject.Groups, "\x00") + "\x01" + verb + "\x00" + group + "\x00" + resource
	s.mu.Lock()
	v, ok := s.visible[key]
	s.mu.Unlock()
	if ok {
		return v, nil
	}
	v = s.index.visible(subject, Attributes{Verb: verb, Group: group, Resource: resource})
	s.mu.Lock()
	if len(s.visible) >= maxVisible {
		clear(s.visible)
	}
	s.visible[key] = v
	s.mu.Unlock()
	return v, nil
}

func (r *RBAC) loaded() (*policyState, error) {
	s := r.state.Load()
	if s == nil {
		return nil, errs.New(errs.Unavailable, "the access rules of cluster %s are not loaded yet", r.options.Cluster).
			WithHint("try again in some seconds; if it stays, the cluster does not answer")
	}
	return s, nil
}

func (r *RBAC) outOfContact() bool {
	return r.options.LastContact != nil && r.options.Now().Sub(r.options.LastContact()) > ContactBound
}

func (r *RBAC) contactText() string {
	return "cluster " + r.options.Cluster + " has not answered for more than 15 minutes: only its administrators may see its last state"
}

// administers says whether a subject may do everything everywhere.
func (ix *index) administers(s Subject) bool {
	ok, _ := ix.allowed(s, Attributes{Verb: "*", Group: "*", Resource: "*"})
	return ok
}

func (ix *index) allowed(s Subject, a Attributes) (ok bool, reason string) {
	ix.each(s, func(g *grant) bool {
		if g.namespace != "" && (g.namespace != a.Namespace || a.Path != "") {
			return true
		}
		for i := range g.rules {
			if g.rules[i].allows(a) {
				ok, reason = true, g.binding+" gives "+g.role
				return false
			}
		}
		return true
	})
	if !ok {
		reason = "no role of " + strings.TrimPrefix(s.User, prefix) + " allows to " + a.String()
	}
	return ok, reason
}

func (ix *index) visible(s Subject, a Attributes) Visible {
	v := Visible{}
	ix.each(s, func(g *grant) bool {
		for i := range g.rules {
			v.merge(g.namespace, &g.rules[i], a)
		}
		return !v.All
	})
	if v.All {
		return Visible{All: true}
	}
	return v
}

// merge adds what one rule, bound in a namespace ("" for everywhere), makes visible.
func (v *Visible) merge(namespace string, r *rule, a Attributes) {
	if !r.hasVerb(a.Verb) || !r.hasGroup(a.Group) || !r.hasResource(a.Resource, "") {
		return
	}
	switch {
	case len(r.ResourceNames) > 0:
		if v.Names == nil {
			v.Names = map[string]map[string]struct{}{}
		}
		if v.Names[namespace] == nil {
			v.Names[namespace] = map[string]struct{}{}
		}
		for _, name := range r.ResourceNames {
			v.Names[namespace][name] = struct{}{}
		}
	case namespace == "":
		v.All = true
	default:
		if v.Namespaces == nil {
			v.Namespaces = map[string]struct{}{}
		}
		v.Namespaces[namespace] = struct{}{}
	}
}
