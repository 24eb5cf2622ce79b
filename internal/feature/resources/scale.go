package resources

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// scale sets the number of replicas of any kind that serves the subresource scale.
func (f *Feature) scale(ctx context.Context, who caller, ref kube.Ref, req ScaleRequest) (*ScaleResult, error) {
	t, err := f.target(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(t.kind.Subresources, "scale") {
		return nil, errs.New(errs.Invalid, "%s can't be scaled", t.kind.Resource).WithObject("%s", t.ref).
			WithHint("deployments, statefulsets and replicasets can, and custom kinds that serve the subresource scale")
	}
	before, err := t.resource().Get(ctx, t.ref.Name, metav1.GetOptions{}, "scale")
	if err != nil && !isKind(kube.FromKube(err), errs.Forbidden) {
		return nil, kube.FromKube(err, t.ref)
	}
	after, err := t.mergePatch(ctx, req.DryRun, map[string]any{"spec": map[string]any{"replicas": req.Replicas}}, "scale")
	if err != nil {
		return nil, err
	}
	out := &ScaleResult{Ref: t.ref, Before: replicasOf(before), Replicas: replicasOf(after), Warnings: t.warnings.take()}
	out.Warnings = append(out.Warnings, f.scaleWarnings(ctx, who, t)...)
	return out, nil
}

func replicasOf(scale *unstructured.Unstructured) int32 {
	if scale == nil {
		return 0
	}
	n, _, _ := unstructured.NestedInt64(scale.Object, "spec", "replicas")
	return int32(n) //nolint:gosec // the API server holds it in 32 bits
}

// scaleWarnings names the autoscalers that will set the number again.
func (f *Feature) scaleWarnings(ctx context.Context, who caller, t *target) []string {
	const autoscalers = "horizontalpodautoscalers.autoscaling"
	list, err := f.objects(ctx, who, fleet.Selection{
		Cluster: t.ref.Cluster, Resource: autoscalers, Namespaces: []string{t.ref.Namespace},
	})
	if err != nil {
		return nil // a warning that can't be given; the change itself is done
	}
	var out []string
	for _, a := range list {
		aim, _, _ := unstructured.NestedStringMap(a.Object, "spec", "scaleTargetRef")
		if aim["kind"] == t.kind.Kind && aim["name"] == t.ref.Name {
			out = append(out, "the autoscaler "+a.GetName()+" will set the number of replicas again")
		}
	}
	return out
}
