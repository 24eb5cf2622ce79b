package resources

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/kube"
)

// relatedLimit bounds the objects shown of one relation.
const relatedLimit = 200

// related lists the objects around one: what it uses, what uses it, what selects it.
func (f *Feature) related(ctx context.Context, who caller, ref kube.Ref) (*RelatedObjects, error) {
	obj, r, err := f.open(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	return &RelatedObjects{Groups: r.relatedTo(obj)}, nil
}

// relatedTo dispatches on the kind of an object.
func (r *reader) relatedTo(obj *unstructured.Unstructured) []RelatedGroup {
	g := &relations{r: r, self: obj.GetUID()}
	switch kind, _ := r.kindOf(obj.GetAPIVersion(), obj.GetKind()); kind.Resource {
	case "pods", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "jobs.batch",
		"cronjobs.batch", "replicationcontrollers":
		g.ofWorkload(obj)
	case "services":
		g.ofService(obj)
	case "ingresses.networking.k8s.io":
		g.ofIngress(obj)
	case "configmaps", "secrets", "persistentvolumeclaims":
		g.ofUsed(kind.Resource, obj)
	case "persistentvolumes":
		g.ofVolume(obj)
	case "storageclasses.storage.k8s.io":
		g.ofStorageClass(obj)
	case "nodes":
		g.ofNode(obj)
	case "namespaces":
		g.ofNamespace(obj)
	case "horizontalpodautoscalers.autoscaling":
		g.ofAutoscaler(obj)
	case "poddisruptionbudgets.policy", "networkpolicies.networking.k8s.io":
		g.ofPodSelector(kind.Resource, obj)
	case "serviceaccounts":
		g.ofServiceAccount(obj)
	case "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io":
		g.ofRole(obj)
	case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io":
		g.ofBinding(obj)
	case "endpointslices.discovery.k8s.io":
		g.name("services", "services", obj.GetNamespace(), obj.GetLabels()["kubernetes.io/service-name"])
	}
	return g.done()
}

// relations collects groups in the order in which they are found.
type relations struct {
	r      *reader
	self   any
	order  []string
	groups map[string]*RelatedGroup
}

func (g *relations) group(relation string) *RelatedGroup {
	if g.groups == nil {
		g.groups = map[string]*RelatedGroup{}
	}
	if g.groups[relation] == nil {
		g.groups[relation] = &RelatedGroup{Relation: relation, Refs: []ObjectRow{}}
		g.order = append(g.order, relation)
	}
	return g.groups[relation]
}

// add puts an object into a group, once.
func (g *relations) add(relation string, obj *unstructured.Unstructured) {
	if obj == nil || obj.GetUID() == g.self {
		return
	}
	group, ref := g.group(relation), g.r.ref(obj)
	if slices.ContainsFunc(group.Refs, func(row ObjectRow) bool { return row.Ref == ref }) {
		return
	}
	if len(group.Refs) >= relatedLimit {
		group.More++
		return
	}
	group.Refs = append(group.Refs, g.r.row(obj))
}

// name adds an object that is known by name; what is not there is listed as missing.
func (g *relations) name(relation, resource, namespace, name string) {
	if name == "" {
		return
	}
	obj, _ := g.r.find(resource, namespace, name)
	if obj != nil {
		if kind, ok := g.r.kind(resource); ok {
			obj = typed(kind, obj)
		}
		g.add(relation, obj)
		return
	}
	group, ref := g.group(relation), *g.r.refTo(resource, namespace, name)
	if !slices.Contains(group.Missing, ref) {
		group.Missing = append(group.Missing, ref)
	}
}

// matching adds the objects of a kind that a test accepts, and gives them.
func (g *relations) matching(relation, resource, namespace string, accept func(*unstructured.Unstructured) bool) []*unstructured.Unstructured {
	kind, served := g.r.kind(resource)
	if !served {
		return nil
	}
	var out []*unstructured.Unstructured
	for _, o := range g.r.list(resource, namespace, nil) {
		if o = typed(kind, o); accept(o) {
			g.add(relation, o)
			out = append(out, o)
		}
	}
	return out
}

func (g *relations) done() []RelatedGroup {
	out := make([]RelatedGroup, 0, len(g.order))
	for _, name := range g.order {
		out = append(out, *g.groups[name])
	}
	return out
}
