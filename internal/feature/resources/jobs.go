package resources

import (
	"context"
	"encoding/json"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

// listJobs lists the jobs that the caller may see, newest first.
func (f *Feature) listJobs(ctx context.Context, who caller, cluster string) (*JobList, error) {
	all, err := f.jobs.List(ctx, cluster)
	if err != nil {
		return nil, err
	}
	out := &JobList{Jobs: []jobs.Job{}}
	for _, j := range all {
		if ok, err := f.mayOnJob(ctx, who, j, "get"); err != nil || !ok {
			continue
		}
		if err := seenPart(ctx, who.scope, &j); err != nil {
			return nil, err
		}
		out.Jobs = append(out.Jobs, j)
	}
	return out, nil
}

// job gives one job; one that the caller may not see is not found.
func (f *Feature) job(ctx context.Context, who caller, id string) (*jobs.Job, error) {
	j, err := f.jobs.Job(ctx, id)
	if err != nil {
		return nil, err
	}
	ok, err := f.mayOnJob(ctx, who, *j, "get")
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errs.New(errs.NotFound, "there is no job %q", id)
	}
	return j, seenPart(ctx, who.scope, j)
}

// cancelJob stops a job of the caller, or one on an object that he may change.
func (f *Feature) cancelJob(ctx context.Context, who caller, id string) (*jobs.Job, error) {
	j, err := f.job(ctx, who, id)
	if err != nil {
		return nil, err
	}
	ok, err := f.mayOnJob(ctx, who, *j, "patch")
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errs.New(errs.Forbidden, "%s may not cancel the %s of %s, which %s started", who.id.User, j.Type, j.Ref, j.User).
			WithHint("ask %s, or who may change %s", j.User, j.Ref)
	}
	if j, err = f.jobs.Cancel(ctx, id); err != nil {
		return nil, err
	}
	return j, seenPart(ctx, who.scope, j)
}

// mayOnJob says whether the caller started a job or has a right on its object.
func (f *Feature) mayOnJob(ctx context.Context, who caller, j jobs.Job, verb string) (bool, error) {
	if j.User == who.id.User {
		return true, nil
	}
	group, plural := kube.SplitResource(j.Ref.Resource)
	return who.scope.Allowed(ctx, j.Cluster, authz.Attributes{
		Verb: verb, Group: group, Resource: plural, Namespace: j.Ref.Namespace, Name: j.Ref.Name,
	})
}

// WatchJob gives a job now and after each change, encoded; the channel is closed when the
// job is over or ctx ends. Changes that come faster than they are read are merged.
func (f *Feature) WatchJob(ctx context.Context, scope *authz.Scope, id string) (<-chan json.RawMessage, error) {
	who := caller{scope: scope, id: scope.Identity()}
	changed, stop := f.jobs.Watch(id)
	if _, err := f.job(ctx, who, id); err != nil {
		stop()
		return nil, err
	}
	out := make(chan json.RawMessage)
	go func() { // ends with ctx or with the job; its reader waits for the close
		defer close(out)
		defer stop()
		f.followJob(ctx, who, id, changed, out)
	}()
	return out, nil
}

// followJob sends a job whenever it differs from what was sent last.
func (f *Feature) followJob(ctx context.Context, who caller, id string, changed <-chan struct{}, out chan<- json.RawMessage) {
	poll := f.clock.NewTicker(jobPoll)
	defer poll.Stop()
	last := ""
	for {
		j, err := f.job(ctx, who, id)
		if err != nil {
			return
		}
		message, err := json.Marshal(j)
		if err != nil {
			return
		}
		if string(message) != last {
			last = string(message)
			select {
			case out <- message:
			case <-ctx.Done():
				return
			}
		}
		if j.Phase.Finished() {
			return
		}
		select {
		case <-changed:
		case <-poll.C(): // the job may run in another process
		case <-ctx.Done():
			return
		}
	}
}
