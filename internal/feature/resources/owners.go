package resources

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	ownerDepth    = 8   // levels of a tree, up and down
	ownerChildren = 200 // children shown of one object
)

// owners gives the tree that an object stands in, from its topmost owner down.
func (f *Feature) owners(ctx context.Context, who caller, ref kube.Ref) (*OwnerNode, error) {
	obj, r, err := f.open(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	chain, missing := r.ownerChain(obj)
	top := chain[len(chain)-1]
	root := r.ownerTree(top, obj.GetUID(), map[types.UID]bool{}, ownerDepth)
	if missing != nil {
		root = OwnerNode{ObjectRow: *missing, Missing: true, Children: []OwnerNode{root}}
	}
	return &root, nil
}

// ownerChain goes up from obj: obj itself, its owner, the owner's owner, … A last owner that
// is not there or not visible comes as missing.
func (r *reader) ownerChain(obj *unstructured.Unstructured) (chain []*unstructured.Unstructured, missing *ObjectRow) {
	chain = []*unstructured.Unstructured{obj}
	for at := obj; len(chain) < ownerDepth; {
		owner := controllerOf(at)
		if owner == nil {
			return chain, nil
		}
		up, row := r.owner(at, *owner)
		if up == nil {
			return chain, row
		}
		chain = append(chain, up)
		at = up
	}
	return chain, nil
}

// controllerOf is the owner that manages obj, or its only owner.
func controllerOf(obj *unstructured.Unstructured) *metav1.OwnerReference {
	owners := obj.GetOwnerReferences()
	for i := range owners {
		if owners[i].Controller != nil && *owners[i].Controller {
			return &owners[i]
		}
	}
	if len(owners) > 0 {
		return &owners[0]
	}
	return nil
}

// owner finds the object that a reference names; nil and a row when it can't be shown.
func (r *reader) owner(of *unstructured.Unstructured, ref metav1.OwnerReference) (*unstructured.Unstructured, *ObjectRow) {
	row := &ObjectRow{
		Ref:  kube.Ref{Cluster: r.cluster, Resource: ref.Kind, Name: ref.Name},
		Kind: ref.Kind, Status: ObjectStatus{toneNeutral, "not found"},
	}
	kind, ok := r.kindOf(ref.APIVersion, ref.Kind)
	if !ok {
		return nil, row
	}
	row.Ref.Resource = kind.Resource
	if kind.Namespaced {
		row.Ref.Namespace = of.GetNamespace()
	}
	obj, seen := r.find(kind.Resource, row.Ref.Namespace, ref.Name)
	if !seen {
		row.Status = ObjectStatus{toneNeutral, "not visible"}
	}
	if obj == nil || (obj.GetUID() != "" && obj.GetUID() != ref.UID) {
		return nil, row
	}
	return typed(kind, obj), nil
}

// ownerTree lays out an object and what it owns.
func (r *reader) ownerTree(obj *unstructured.Unstructured, self types.UID, seen map[types.UID]bool, depth int) OwnerNode {
	node := OwnerNode{ObjectRow: r.row(obj), Self: obj.GetUID() == self, Children: []OwnerNode{}}
	if seen[obj.GetUID()] || depth == 0 {
		return node
	}
	seen[obj.GetUID()] = true
	children := r.children(obj)
	slices.SortStableFunc(children, newestFirst)
	if len(children) > ownerChildren {
		node.More = len(children) - ownerChildren
		children = children[:ownerChildren]
	}
	for _, c := range children {
		node.Children = append(node.Children, r.ownerTree(c, self, seen, depth-1))
	}
	return node
}

// children lists what names obj as an owner.
func (r *reader) children(obj *unstructured.Unstructured) []*unstructured.Unstructured {
	kind, ok := r.kindOf(obj.GetAPIVersion(), obj.GetKind())
	if !ok {
		return nil
	}
	var out []*unstructured.Unstructured
	for _, resource := range r.childKinds(kind) {
		child, served := r.kind(resource)
		if !served {
			continue
		}
		sel := fleet.Selection{Resource: resource, Namespaces: oneNamespace(obj.GetNamespace())}
		if !kind.Custom { // built-in controllers always set themselves as the controller
			sel.Owner = obj.GetUID()
		}
		for _, o := range r.choose(sel) {
			if ownedBy(o, obj.GetUID()) {
				out = append(out, typed(child, o))
			}
		}
	}
	return out
}

// owned lists what obj owns, so many levels down.
func (r *reader) owned(obj *unstructured.Unstructured, levels int) []*unstructured.Unstructured {
	if levels == 0 {
		return nil
	}
	out := r.children(obj)
	for _, c := range out {
		out = append(out, r.owned(c, levels-1)...)
	}
	return out
}

func ownedBy(obj *unstructured.Unstructured, uid types.UID) bool {
	return slices.ContainsFunc(obj.GetOwnerReferences(), func(o metav1.OwnerReference) bool { return o.UID == uid })
}

// childKinds are the kinds that objects of a kind may own. Built-in controllers are known;
// an operator's object may own any of the usual kinds, and those of its own group.
func (r *reader) childKinds(kind kube.Kind) []string {
	switch kind.Resource {
	case "deployments.apps":
		return []string{"replicasets.apps"}
	case "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "replicationcontrollers", "nodes":
		return []string{"pods"}
	case "cronjobs.batch":
		return []string{"jobs.batch"}
	case "services":
		return []string{"endpointslices.discovery.k8s.io"}
	}
	if !kind.Custom {
		return nil
	}
	out := []string{
		"deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "jobs.batch", "cronjobs.batch", "pods",
		"services", "ingresses.networking.k8s.io", "configmaps", "secrets", "persistentvolumeclaims", "serviceaccounts",
	}
	for _, k := range r.kinds {
		if k.Custom && k.Group == kind.Group && k.Resource != kind.Resource && slices.Contains(k.Verbs, "list") {
			out = append(out, k.Resource)
		}
	}
	return out
}

// newestFirst orders objects by age.
func newestFirst(a, b *unstructured.Unstructured) int {
	return b.GetCreationTimestamp().Compare(a.GetCreationTimestamp().Time)
}
