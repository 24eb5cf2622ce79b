package resources

import (
	"context"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// What a step provides to others of the same text.
const (
	providedNamespace = "namespace "
	providedKind      = "kind "
)

const crdResource = "customresourcedefinitions.apiextensions.k8s.io"

// establishTime is how long a new kind may take until the cluster serves it.
const establishTime = 30 * time.Second

// provides names what other objects of the text may need: a namespace, or a kind.
func (s *applyStep) provides() string {
	switch s.kind.Resource {
	case "namespaces":
		return providedNamespace + s.ref.Name
	case crdResource:
		return providedKind + s.ref.Name
	}
	return ""
}

// inWriteOrder puts namespaces and definitions of kinds first; the rest keeps its order.
func inWriteOrder(steps []*applyStep) []*applyStep {
	out := slices.Clone(steps)
	rank := func(s *applyStep) int {
		if s.provides() != "" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b *applyStep) int { return rank(a) - rank(b) })
	return out
}

// definedKind finds the kind of an object in a CustomResourceDefinition of the same text.
func definedKind(docs []*document, obj *unstructured.Unstructured) (kube.Kind, bool) {
	gvk := obj.GroupVersionKind()
	for _, d := range docs {
		if d.object.GetKind() != "CustomResourceDefinition" {
			continue
		}
		spec, _ := d.object.Object["spec"].(map[string]any)
		names, _ := spec["names"].(map[string]any)
		if text(spec, "group") != gvk.Group || text(names, "kind") != gvk.Kind {
			continue
		}
		return kube.Kind{
			Resource: kube.ResourceKey(gvk.Group, text(names, "plural")), Group: gvk.Group, Version: gvk.Version,
			Plural: text(names, "plural"), Kind: gvk.Kind, Namespaced: text(spec, "scope") != "Cluster", Custom: true,
		}, true
	}
	return kube.Kind{}, false
}

// awaitKind waits until the cluster serves a kind that was defined a moment ago.
func (s *applyStep) awaitKind(ctx context.Context) error {
	if !s.kind.Custom {
		return nil
	}
	crds := s.dynamic.Resource(crdKind.GVR())
	err := wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, establishTime, true, func(ctx context.Context) (bool, error) {
		crd, err := crds.Get(ctx, s.kind.Plural+"."+s.kind.Group, metav1.GetOptions{})
		if err != nil {
			return false, nil //nolint:nilerr // not there yet, or not for the caller's eyes: then the write itself will tell
		}
		for _, c := range conditionsOf(crd) {
			if c.Type == "Established" && c.Status == "True" {
				_, err := s.resource().List(ctx, metav1.ListOptions{Limit: 1})
				return err == nil || !strings.Contains(err.Error(), "could not find the requested resource"), nil
			}
		}
		return false, nil
	})
	if wait.Interrupted(err) && ctx.Err() == nil {
		return errs.New(errs.Timeout, "the kind %s was not served %s after it was defined", s.kind.Resource, establishTime).
			WithHint("look at the conditions of its CustomResourceDefinition, then apply again")
	}
	return err
}

var crdKind = kube.Kind{Group: "apiextensions.k8s.io", Version: "v1", Plural: "customresourcedefinitions"}

func orDefault(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
