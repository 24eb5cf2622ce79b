package cli

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// kinds gives what the cluster serves; it is asked once.
func (inv *invocation) kinds(ctx context.Context) ([]client.Kind, error) {
	if inv.known == nil {
		var answer client.Kinds
		if err := inv.client.Call(ctx, http.MethodGet, inv.clusterPath("kinds"), nil, nil, &answer); err != nil {
			return nil, err
		}
		inv.known = &answer
	}
	return inv.known.Kinds, nil
}

// kind finds a kind by its plural, singular, short name or kind, with or without its group.
func (inv *invocation) kind(ctx context.Context, name string) (client.Kind, error) {
	all, err := inv.kinds(ctx)
	if err != nil {
		return client.Kind{}, err
	}
	found, near := findKind(all, name)
	if found == nil {
		e := errs.New(errs.NotFound, "cluster %s has no kind %q", inv.cluster, name)
		if len(near) > 0 {
			return client.Kind{}, e.WithHint("did you mean %s?", strings.Join(near, " or "))
		}
		return client.Kind{}, e.WithHint("see: kubemate api-resources")
	}
	return *found, nil
}

// findKind looks a name up; near are kinds whose name resembles it. A short name that several
// groups have means the built-in one, which stands first.
func findKind(all []client.Kind, name string) (found *client.Kind, near []string) {
	name = strings.ToLower(name)
	plain, group, grouped := strings.Cut(name, ".")
	for i := range all {
		k := &all[i]
		if grouped && k.Group != group {
			// "deployments.apps" and "deployments.v1.apps"
			if rest, ok := strings.CutPrefix(group, k.Version+"."); !ok || rest != k.Group {
				continue
			}
		}
		if kindNamed(&k.Kind, plain) {
			return k, nil
		}
		if k.Resource == name {
			return k, nil
		}
	}
	for i := range all {
		if plural := all[i].Plural; len(near) < 3 && (strings.Contains(plural, plain) || closeTo(plural, plain)) {
			near = append(near, all[i].Resource)
		}
	}
	return nil, near
}

func kindNamed(k *kube.Kind, name string) bool {
	return k.Plural == name || strings.ToLower(k.Kind) == name || slices.Contains(k.ShortNames, name)
}

// closeTo says that one letter was added, left out, changed or swapped with its neighbour.
func closeTo(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 || len(b) < 3 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) > len(b) {
		return a[i+1:] == b[i:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// object is one object that a command is about.
type object struct {
	kind client.Kind
	ref  kube.Ref
}

// path gives the API's path of the object, or of something of it.
func (o object) path(segments ...string) string {
	namespace := o.ref.Namespace
	if namespace == "" {
		namespace = "_"
	}
	all := append([]string{"clusters", o.ref.Cluster, "resources", o.ref.Resource, "objects", namespace, o.ref.Name}, segments...)
	return client.Path(all...)
}

// label names the object as it is typed: deployment/teller.
func (o object) label() string {
	name := strings.ToLower(o.kind.Kind.Kind)
	if o.kind.Group != "" && o.kind.Custom {
		name += "." + o.kind.Group
	}
	return name + "/" + o.ref.Name
}

// objects resolves named items.
func (inv *invocation) objects(ctx context.Context, items []item) ([]object, error) {
	objects := make([]object, 0, len(items))
	for _, it := range items {
		kind, err := inv.kind(ctx, it.kind)
		if err != nil {
			return nil, err
		}
		o := object{kind: kind, ref: kube.Ref{Cluster: inv.cluster, Resource: kind.Resource, Name: it.name}}
		if kind.Namespaced {
			o.ref.Namespace = inv.namespace
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// namedObjects reads arguments that name objects.
func (inv *invocation) namedObjects(ctx context.Context, args []string, fallback string) ([]object, error) {
	items, err := parseNamed(args, fallback)
	if err != nil {
		return nil, err
	}
	return inv.objects(ctx, items)
}

// oneObject reads arguments that name exactly one object.
func (inv *invocation) oneObject(ctx context.Context, args []string, fallback string) (object, error) {
	objects, err := inv.namedObjects(ctx, args, fallback)
	if err != nil {
		return object{}, err
	}
	if len(objects) != 1 {
		return object{}, usage("give exactly one object, for instance deploy/teller")
	}
	return objects[0], nil
}
