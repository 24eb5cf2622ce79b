package resources

import (
	"context"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// fieldManager is the name under which every change is recorded in managedFields.
const fieldManager = "kubemate"

// target is one object, or the place for one, with clients that act as the caller.
type target struct {
	ref      kube.Ref // its Resource is the resource key, whatever name was asked with
	kind     kube.Kind
	cluster  kube.Cluster
	clients  *kube.Clients
	dynamic  dynamic.Interface
	warnings *warnings
}

// target finds the kind of ref in its cluster and makes clients for the caller.
func (f *Feature) target(ctx context.Context, who caller, ref kube.Ref) (*target, error) {
	cluster, err := f.clusters.Cluster(ref.Cluster)
	if err != nil {
		return nil, err
	}
	kind, err := cluster.Kind(ctx, ref.Resource)
	if err != nil {
		return nil, err
	}
	ref.Resource = kind.Resource
	if err := checkPlace(kind, ref); err != nil {
		return nil, err
	}
	clients, err := cluster.As(who.id)
	if err != nil {
		return nil, err
	}
	t := &target{ref: ref, kind: kind, cluster: cluster, clients: clients, warnings: &warnings{}}
	t.dynamic, err = t.warnings.client(clients)
	return t, err
}

// checkPlace refuses names that nothing can have, a namespace where there is none, and none
// where one is needed.
func checkPlace(kind kube.Kind, ref kube.Ref) error {
	if err := ref.Check(); err != nil {
		return err
	}
	switch {
	case kind.Namespaced && ref.Namespace == "":
		return errs.New(errs.Invalid, "%s belong to a namespace, but none was named", kind.Resource).
			WithHint("put the namespace in place of _")
	case !kind.Namespaced && ref.Namespace != "":
		return errs.New(errs.Invalid, "%s belong to no namespace, but %q was named", kind.Resource, ref.Namespace).
			WithHint("put _ in place of the namespace")
	}
	return nil
}

// resource is the API endpoint of the target's kind and namespace.
func (t *target) resource() dynamic.ResourceInterface {
	return t.resourceIn(t.kind, t.ref.Namespace)
}

func (t *target) resourceIn(kind kube.Kind, namespace string) dynamic.ResourceInterface {
	r := t.dynamic.Resource(kind.GVR())
	if kind.Namespaced {
		return r.Namespace(namespace)
	}
	return r
}

// get reads the object from the cluster, as the caller.
func (t *target) get(ctx context.Context) (*unstructured.Unstructured, error) {
	obj, err := t.resource().Get(ctx, t.ref.Name, metav1.GetOptions{})
	return obj, kube.FromKube(err, t.ref)
}

// warnings collects what the API server says beside its answers.
type warnings struct {
	mu    sync.Mutex
	texts []string
}

// client gives a client whose warnings are collected.
func (w *warnings) client(c *kube.Clients) (dynamic.Interface, error) {
	config := rest.CopyConfig(c.Config)
	config.WarningHandler = w
	return dynamic.NewForConfig(config)
}

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(code int, _, text string) {
	const most = 100
	if code != 299 || text == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.texts {
		if t == text {
			return
		}
	}
	if len(w.texts) < most {
		w.texts = append(w.texts, text)
	}
}

// take gives the warnings since the last take; never nil.
func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := append([]string{}, w.texts...)
	w.texts = nil
	return out
}
