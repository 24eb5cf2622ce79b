package resources

import (
	"context"
	"sync"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	bulkParallel = 8
	bulkLimit    = 500
)

// bulkAction does one thing to one object and says in words what it did.
type bulkAction func(ctx context.Context, ref kube.Ref, uid string) (string, error)

// bulk does one thing to many objects, each with its own result, in the order asked.
func (f *Feature) bulk(ctx context.Context, who caller, cluster string, req BulkRequest) (*BulkResults, error) {
	if _, err := f.clusters.Cluster(cluster); err != nil {
		return nil, err
	}
	if len(req.Objects) == 0 || len(req.Objects) > bulkLimit {
		return nil, errs.New(errs.Invalid, "%d objects are named; between 1 and %d can be changed at once", len(req.Objects), bulkLimit).
			WithField("objects", "wrong number")
	}
	do, err := f.bulkAction(who, req)
	if err != nil {
		return nil, err
	}
	out := &BulkResults{Results: make([]BulkResult, len(req.Objects))}
	slots := make(chan struct{}, bulkParallel)
	var running sync.WaitGroup
	for i, o := range req.Objects {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			ref := kube.Ref{Cluster: cluster, Resource: o.Resource, Namespace: o.Namespace, Name: o.Name}
			out.Results[i] = bulkOne(ctx, do, ref, o.UID)
		})
	}
	running.Wait()
	for _, r := range out.Results {
		if !r.OK {
			out.Failed++
		}
	}
	return out, nil
}

func bulkOne(ctx context.Context, do bulkAction, ref kube.Ref, uid string) BulkResult {
	out := BulkResult{Ref: ref}
	if ref.Name == "" || ref.Resource == "" {
		out.Problem = httpapi.NewProblem(ctx, errs.New(errs.Invalid, "resource and name must be given"))
		return out
	}
	message, err := do(ctx, ref, uid)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		out.Problem = httpapi.NewProblem(ctx, err)
		return out
	}
	out.OK, out.Message = true, message
	return out
}

// bulkAction finds what to do, and checks its parameters once.
func (f *Feature) bulkAction(who caller, req BulkRequest) (bulkAction, error) {
	p := req.Params
	simple := func(act func(context.Context, caller, kube.Ref) (*ActionResult, error)) bulkAction {
		return func(ctx context.Context, ref kube.Ref, _ string) (string, error) {
			out, err := act(ctx, who, ref)
			if err != nil {
				return "", err
			}
			return out.Message, nil
		}
	}
	if p.DryRun && req.Action != "delete" && req.Action != "scale" && req.Action != "label" && req.Action != "annotate" {
		return nil, errs.New(errs.Invalid, "%s can't be tried out by dryRun", req.Action).WithField("params.dryRun", "not possible here")
	}
	switch req.Action {
	case "restart":
		return simple(f.restart), nil
	case "pause":
		return simple(f.pause), nil
	case "resume":
		return simple(f.resume), nil
	case "cordon":
		return simple(f.cordon), nil
	case "uncordon":
		return simple(f.uncordon), nil
	case "delete":
		return f.bulkDelete(who, p), nil
	case "scale":
		return f.bulkScale(who, p)
	case "label", "annotate":
		return f.bulkMark(who, req.Action, p)
	}
	return nil, errs.New(errs.Invalid, "there is no action %q", req.Action).
		WithHint("delete, restart, scale, pause, resume, cordon, uncordon, label or annotate")
}

func (f *Feature) bulkDelete(who caller, p BulkParams) bulkAction {
	return func(ctx context.Context, ref kube.Ref, uid string) (string, error) {
		out, err := f.remove(ctx, who, ref, deleteOptions(p.Propagation, p.GracePeriodSeconds, uid, p.DryRun))
		if err != nil {
			return "", err
		}
		return out.Phase, nil
	}
}

func (f *Feature) bulkScale(who caller, p BulkParams) (bulkAction, error) {
	if p.Replicas == nil {
		return nil, errs.New(errs.Invalid, "scale needs the number of replicas").WithField("params.replicas", "missing")
	}
	return func(ctx context.Context, ref kube.Ref, _ string) (string, error) {
		_, err := f.scale(ctx, who, ref, ScaleRequest{Replicas: *p.Replicas, DryRun: p.DryRun})
		return "scaled", err
	}, nil
}

func (f *Feature) bulkMark(who caller, action string, p BulkParams) (bulkAction, error) {
	if len(p.Set) == 0 {
		return nil, errs.New(errs.Invalid, "%s needs keys to set or remove", action).WithField("params.set", "missing")
	}
	field := map[string]string{"label": "labels", "annotate": "annotations"}[action]
	patch := map[string]any{"metadata": map[string]any{field: p.Set}}
	return func(ctx context.Context, ref kube.Ref, _ string) (string, error) {
		out, err := f.patch(ctx, who, ref, PatchRequest{Type: "merge", Patch: patch, DryRun: p.DryRun})
		if err != nil {
			return "", err
		}
		if !out.Changed {
			return "unchanged", nil
		}
		return "changed", nil
	}, nil
}
