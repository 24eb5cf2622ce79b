package resources

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// options reads how to delete from a request.
func (in *deleteInput) options() metav1.DeleteOptions {
	var grace *int64
	if in.GracePeriodSeconds >= 0 {
		grace = &in.GracePeriodSeconds
	}
	return deleteOptions(in.Propagation, grace, in.UID, in.DryRun)
}

func deleteOptions(propagation string, grace *int64, uid string, dry bool) metav1.DeleteOptions {
	policy := metav1.DeletionPropagation(orDefault(propagation, string(metav1.DeletePropagationBackground)))
	out := metav1.DeleteOptions{PropagationPolicy: &policy, GracePeriodSeconds: grace, DryRun: dryRun(dry)}
	if uid != "" {
		id := types.UID(uid)
		out.Preconditions = &metav1.Preconditions{UID: &id}
	}
	return out
}

// remove deletes an object and says what it waits for.
func (f *Feature) remove(ctx context.Context, who caller, ref kube.Ref, options metav1.DeleteOptions) (*DeleteResult, error) {
	t, err := f.target(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	out := &DeleteResult{Ref: t.ref, Phase: "deleted", Finalizers: []string{}}
	if err := t.resource().Delete(ctx, t.ref.Name, options); err != nil {
		return nil, kube.FromKube(err, t.ref)
	}
	if len(options.DryRun) > 0 {
		out.Phase = "checked"
		return out, nil
	}
	left, err := t.get(ctx)
	switch {
	case isKind(err, errs.NotFound):
	case err != nil: // the caller may delete but not read, or the cluster just went away
		out.Phase = "deleting"
	case left.GetDeletionTimestamp() != nil && (options.Preconditions == nil || left.GetUID() == *options.Preconditions.UID):
		out.Phase = "deleting"
		out.Finalizers = append(out.Finalizers, left.GetFinalizers()...)
	}
	return out, nil
}
