package resources

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// reader reads the objects of one cluster for one request, under the caller's Scope. What it
// may not see it leaves out, and names in unseen. It is not for concurrent use.
type reader struct {
	cluster string
	kinds   []kube.Kind
	now     time.Time
	getOne  func(resource, namespace, name string) (*unstructured.Unstructured, error)
	pick    func(sel fleet.Selection) ([]*unstructured.Unstructured, error)
	judge   func(kind kube.Kind, obj *unstructured.Unstructured) ObjectStatus
	unseen  map[string]struct{}
	lists   map[string][]*unstructured.Unstructured // whole lists read before, by resource and namespace
}

// reader makes a reader of the fleet cache.
func (f *Feature) reader(ctx context.Context, who caller, cluster string) (*reader, error) {
	c, err := f.clusters.Cluster(cluster)
	if err != nil {
		return nil, err
	}
	kinds, err := c.Kinds(ctx)
	if err != nil && len(kinds) == 0 {
		return nil, err
	}
	return &reader{
		cluster: cluster, kinds: kinds, now: f.clock.Now(), unseen: map[string]struct{}{},
		getOne: func(resource, namespace, name string) (*unstructured.Unstructured, error) {
			obj, _, err := f.fleet.Get(ctx, who.scope, kube.Ref{Cluster: cluster, Resource: resource, Namespace: namespace, Name: name})
			return obj, err
		},
		pick: func(sel fleet.Selection) ([]*unstructured.Unstructured, error) { return f.objects(ctx, who, sel) },
		judge: func(kind kube.Kind, obj *unstructured.Unstructured) ObjectStatus {
			return f.status(cluster, kind, obj)
		},
	}, nil
}

// find gives an object, or nil when there is none. seen is false when the caller may not
// see it or it could not be read, so that nobody calls it missing.
func (r *reader) find(resource, namespace, name string) (obj *unstructured.Unstructured, seen bool) {
	obj, err := r.getOne(resource, namespace, name)
	switch {
	case err == nil:
		return obj, true
	case errs.KindOf(err) == errs.NotFound:
		return nil, true
	default:
		r.unseen[resource] = struct{}{}
		return nil, false
	}
}

// list gives the objects of a kind; namespace "" = all, selector nil = all.
func (r *reader) list(resource, namespace string, selector labels.Selector) []*unstructured.Unstructured {
	key := resource + " " + namespace
	if known, ok := r.lists[key]; ok && selector == nil {
		return known
	}
	out := r.choose(fleet.Selection{Resource: resource, Namespaces: oneNamespace(namespace), Labels: selector})
	if selector == nil {
		if r.lists == nil {
			r.lists = map[string][]*unstructured.Unstructured{}
		}
		r.lists[key] = out
	}
	return out
}

// choose gives chosen objects, and notes when the kind may not be seen.
func (r *reader) choose(sel fleet.Selection) []*unstructured.Unstructured {
	sel.Cluster = r.cluster
	out, err := r.pick(sel)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		r.unseen[sel.Resource] = struct{}{}
	}
	return out
}

func oneNamespace(namespace string) []string {
	if namespace == "" {
		return nil
	}
	return []string{namespace}
}

// kindOf finds the kind of an apiVersion and kind.
func (r *reader) kindOf(apiVersion, kind string) (kube.Kind, bool) {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return kube.Kind{}, false
	}
	for _, k := range r.kinds {
		if k.Kind == kind && k.Group == gv.Group {
			return k, true
		}
	}
	return kube.Kind{}, false
}

// kind finds a kind by its resource key.
func (r *reader) kind(resource string) (kube.Kind, bool) {
	for _, k := range r.kinds {
		if k.Resource == resource {
			return k, true
		}
	}
	return kube.Kind{}, false
}

// ref names an object.
func (r *reader) ref(obj *unstructured.Unstructured) kube.Ref {
	out := kube.Ref{Cluster: r.cluster, Namespace: obj.GetNamespace(), Name: obj.GetName()}
	if k, ok := r.kindOf(obj.GetAPIVersion(), obj.GetKind()); ok {
		out.Resource = k.Resource
	}
	return out
}

// row names an object with its kind and status.
func (r *reader) row(obj *unstructured.Unstructured) ObjectRow {
	k, _ := r.kindOf(obj.GetAPIVersion(), obj.GetKind())
	return ObjectRow{Ref: r.ref(obj), Kind: obj.GetKind(), Status: r.judge(k, obj)}
}

// refTo names an object by resource key.
func (r *reader) refTo(resource, namespace, name string) *kube.Ref {
	return &kube.Ref{Cluster: r.cluster, Resource: resource, Namespace: namespace, Name: name}
}

// notSeen lists what could not be read.
func (r *reader) notSeen() []string { return sortedKeys(r.unseen) }

// as converts an object to its Go type.
func as[T any](obj *unstructured.Unstructured) (*T, error) {
	out := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, out); err != nil {
		return nil, fmt.Errorf("read %s %s: %w", obj.GetKind(), obj.GetName(), err)
	}
	return out, nil
}

// listAs lists objects as their Go type; those that can't be read are left out.
func listAs[T any](r *reader, resource, namespace string, selector labels.Selector) []*T {
	objects := r.list(resource, namespace, selector)
	out := make([]*T, 0, len(objects))
	for _, o := range objects {
		if t, err := as[T](o); err == nil {
			out = append(out, t)
		}
	}
	return out
}

// findAs finds an object as its Go type; nil when it is not there or not seen.
func findAs[T any](r *reader, resource, namespace, name string) (*T, bool) {
	obj, seen := r.find(resource, namespace, name)
	if obj == nil {
		return nil, seen
	}
	t, err := as[T](obj)
	if err != nil {
		return nil, false
	}
	return t, true
}
