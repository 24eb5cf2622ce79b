package resources

import (
	"context"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

func pending(what string) error { return errs.New(errs.Unavailable, "%s is not available yet", what) }

func (f *Feature) why(context.Context, caller, kube.Ref) (*Why, error) { return nil, pending("why") }

func (f *Feature) apply(context.Context, caller, string, ApplyRequest) (*ApplyResults, error) {
	return nil, pending("apply")
}

func (f *Feature) edit(context.Context, caller, kube.Ref, EditRequest) (*EditResult, error) {
	return nil, pending("edit")
}

func (f *Feature) patch(context.Context, caller, kube.Ref, PatchRequest) (*EditResult, error) {
	return nil, pending("patch")
}

type deleteOptions struct{}

func (in *deleteInput) options() (deleteOptions, error) { return deleteOptions{}, nil }

func (f *Feature) remove(context.Context, caller, kube.Ref, deleteOptions) (*DeleteResult, error) {
	return nil, pending("delete")
}

func (f *Feature) bulk(context.Context, caller, string, BulkRequest) (*BulkResults, error) {
	return nil, pending("bulk")
}

func (f *Feature) scale(context.Context, caller, kube.Ref, ScaleRequest) (*ScaleResult, error) {
	return nil, pending("scale")
}

func (f *Feature) restart(context.Context, caller, kube.Ref) (*ActionResult, error) {
	return nil, pending("restart")
}

func (f *Feature) pause(context.Context, caller, kube.Ref) (*ActionResult, error) {
	return nil, pending("pause")
}

func (f *Feature) resume(context.Context, caller, kube.Ref) (*ActionResult, error) {
	return nil, pending("resume")
}

func (f *Feature) trigger(context.Context, caller, kube.Ref) (*ActionResult, error) {
	return nil, pending("trigger")
}

func (f *Feature) cordon(context.Context, caller, kube.Ref) (*ActionResult, error) {
	return nil, pending("cordon")
}

func (f *Feature) uncordon(context.Context, caller, kube.Ref) (*ActionResult, error) {
	return nil, pending("uncordon")
}

func (f *Feature) rollout(context.Context, caller, kube.Ref) (*Rollout, error) {
	return nil, pending("rollout")
}

func (f *Feature) undo(context.Context, caller, kube.Ref, UndoRequest) (*UndoResult, error) {
	return nil, pending("undo")
}

func (f *Feature) drain(context.Context, caller, kube.Ref, DrainRequest) (*jobs.Job, error) {
	return nil, pending("drain")
}

func (f *Feature) runDrain(context.Context, *jobs.Run) error { return pending("drain") }
