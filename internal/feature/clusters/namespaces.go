package clusters

import (
	"context"
	"sort"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/kube"
)

// namespaces lists those that the caller may list, and those in which the caller may list
// anything: the right to list namespaces is often missing.
func (f *Feature) namespaces(ctx context.Context, scope *authz.Scope, c kube.Cluster) ([]Namespace, error) {
	entered, err := enterable(ctx, scope, c.Name())
	if err != nil {
		return nil, err
	}
	out := []Namespace{}
	err = f.fleet.System(c.Name(), "namespaces").Each(ctx, func(o metav1.Object) error {
		n, ok := o.(*corev1.Namespace)
		if ok && entered(n.Name) {
			out = append(out, Namespace{Name: n.Name, Phase: string(n.Status.Phase)})
		}
		return nil
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, err
}

// enterable tells for a namespace whether the caller may list it or anything in it.
func enterable(ctx context.Context, scope *authz.Scope, cluster string) (func(name string) bool, error) {
	own, err := listable(ctx, scope, cluster, "namespaces")
	if err != nil {
		return nil, err
	}
	all := own.All
	in := map[string]struct{}{}
	for _, resource := range telling {
		v, err := listable(ctx, scope, cluster, resource)
		if err != nil {
			return nil, err
		}
		all = all || v.All
		for n := range v.Namespaces {
			in[n] = struct{}{}
		}
		for n := range v.Names {
			in[n] = struct{}{}
		}
	}
	return func(name string) bool {
		_, ok := in[name]
		return all || ok || own.Sees("", name)
	}, nil
}
