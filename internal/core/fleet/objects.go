package fleet

import (
	"context"
	"iter"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// Get gives one object, without managedFields when it comes from the cache. What the cache
// does not hold in full (Secrets, ConfigMaps), or does not know yet, is read from the API
// server as the user. The State is of the cache; a live one for an object just read.
func (f *Fleet) Get(ctx context.Context, scope *authz.Scope, ref kube.Ref) (*unstructured.Unstructured, State, error) {
	if err := ref.Check(); err != nil {
		return nil, State{}, err
	}
	cached, err := f.cache(ref.Cluster)
	if err != nil {
		return nil, State{}, err
	}
	kind, err := cached.cluster.Kind(ctx, ref.Resource)
	if err != nil {
		return nil, State{}, err
	}
	ref.Resource = kind.Resource
	err = scope.Require(ctx, ref.Cluster, authz.Attributes{
		Verb: "get", Group: kind.Group, Resource: kind.Plural, Namespace: ref.Namespace, Name: ref.Name,
	})
	if err != nil {
		return nil, State{}, err
	}
	if m := cached.running(kind.Resource); m != nil && m.store.full {
		if u, ok := m.object(ref.Namespace, ref.Name); ok {
			return u, m.phase.state(), nil
		}
	}
	return f.read(ctx, scope, cached.cluster, kind, ref)
}

// read asks the API server as the user.
func (f *Fleet) read(ctx context.Context, scope *authz.Scope, c kube.Cluster, kind kube.Kind, ref kube.Ref) (*unstructured.Unstructured, State, error) {
	clients, err := c.As(scope.Identity())
	if err != nil {
		return nil, State{}, err
	}
	var client dynamic.ResourceInterface = clients.Dynamic.Resource(kind.GVR())
	if kind.Namespaced {
		if ref.Namespace == "" {
			return nil, State{}, errs.New(errs.Invalid, "%s %s needs a namespace", ref.Resource, ref.Name)
		}
		client = clients.Dynamic.Resource(kind.GVR()).Namespace(ref.Namespace)
	}
	u, err := client.Get(ctx, ref.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, State{}, errs.New(errs.NotFound, "there is no %s in cluster %s", ref, ref.Cluster).
			WithObject("%s", ref).WithHint("it may have been deleted meanwhile").Wrap(err)
	}
	if err != nil {
		return nil, State{}, kube.FromKube(err, ref)
	}
	return u, State{Phase: phaseLive, Since: f.clock.Now().Unix()}, nil
}

// object finds an object in the cache by name; false when it is not there.
func (m *member) object(namespace, name string) (*unstructured.Unstructured, bool) {
	b, ok := m.store.find(namespace, name)
	if !ok {
		return nil, false
	}
	u, err := m.generic(b)
	return u, err == nil
}

func (m *member) generic(b blob) (*unstructured.Unstructured, error) {
	o, err := m.store.decode(b, m.spec.form)
	if err != nil {
		return nil, err
	}
	return generic(o)
}

func (s *store) find(namespace, name string) (blob, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	slot, ok := s.slotOf(namespace, name)
	if !ok {
		return blob{}, false
	}
	return s.rows[slot].blob, true
}

func (s *store) slotOf(namespace, name string) (int32, bool) {
	id, ok := s.cols[namespaceField].texts.find(namespace)
	if !ok {
		return 0, false
	}
	slot, ok := s.byKey[objectKey{id, name}]
	return slot, ok
}

// Selection chooses objects of one kind for a feature that needs whole objects.
type Selection struct {
	Cluster, Resource string
	Namespaces        []string        // empty = every visible one
	Labels            labels.Selector // nil = any
	Owner             types.UID       // controller; "" = any
	Filters           []Filter        // as in Query
}

// Objects gives the objects of a kind that the caller may list, sorted by name; no
// namespaces = all, a nil selector = all. See Select for the rest.
func (f *Fleet) Objects(ctx context.Context, scope *authz.Scope, cluster, resource string, namespaces []string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	var out []*unstructured.Unstructured
	sel := Selection{Cluster: cluster, Resource: resource, Namespaces: namespaces, Labels: selector}
	for u, err := range f.Select(ctx, scope, sel) {
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

// Select gives the chosen objects that the caller may list, sorted by name. Objects of
// kinds that are not kept in full (Secrets, ConfigMaps) have their metadata only. It waits
// for the first list of the kind. An error ends the sequence.
func (f *Fleet) Select(ctx context.Context, scope *authz.Scope, sel Selection) iter.Seq2[*unstructured.Unstructured, error] {
	return func(yield func(*unstructured.Unstructured, error) bool) {
		p, err := f.plan(ctx, scope, Query{
			Cluster: sel.Cluster, Resource: sel.Resource, Namespaces: sel.Namespaces,
			Owner: string(sel.Owner), Filters: sel.Filters,
		})
		if err == nil {
			p.labels, p.limit, p.facets = sel.Labels, int(^uint(0)>>1), nil
			err = p.member.ready(ctx)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		var blobs []blob
		p.evaluate(f.clock.Now(), func(v *view) {
			for _, slot := range v.slots {
				blobs = append(blobs, p.member.store.rows[slot].blob)
			}
		})
		for _, b := range blobs {
			u, err := p.member.generic(b)
			if !yield(u, err) || err != nil {
				return
			}
		}
	}
}

// ready waits until the first list is whole; it fails when ctx ends before, or soon after
// the API server was found to refuse.
func (m *member) ready(ctx context.Context) error {
	m.await(ctx)
	select {
	case <-m.phase.first:
		return nil
	default:
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e := errs.New(errs.Unavailable, "the list of %s is not complete yet", m.kind.Resource)
	if s := m.phase.state(); s.Cause != "" {
		e = errs.New(errs.Unavailable, "the list of %s is not complete: %s", m.kind.Resource, s.Cause)
	}
	return e.WithHint("try again in a moment")
}
