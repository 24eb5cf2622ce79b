package resources

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	drainTimeout = time.Hour       // when none is asked for
	drainTick    = time.Second     // between two looks at the node
	drainRetry   = 5 * time.Second // between two tries to evict a pod that a budget protects
)

// Stages of a drain.
const (
	stageCheck  = "check"
	stageCordon = "cordon"
	stageEvict  = "evict"
)

// drainSpec is the stored input of a drain.
type drainSpec struct {
	Node    kube.Ref
	Request DrainRequest
}

// drainNotes is what a successor needs to go on.
type drainNotes struct {
	Deadline time.Time
	Pods     []drainPod
}

// drain starts a job that empties a node.
func (f *Feature) drain(ctx context.Context, who caller, ref kube.Ref, req DrainRequest) (*jobs.Job, error) {
	t, _, err := f.act(ctx, who, ref, "drain")
	if err != nil {
		return nil, err
	}
	for _, need := range []authz.Attributes{
		{Verb: "patch", Resource: "nodes", Name: t.ref.Name},
		{Verb: "list", Resource: "pods"},
		{Verb: "create", Resource: "pods", Subresource: "eviction"},
	} {
		if err := who.scope.Require(ctx, t.ref.Cluster, need); err != nil {
			return nil, err
		}
	}
	if err := f.refuseSecondDrain(ctx, t.ref); err != nil {
		return nil, err
	}
	return f.jobs.Start(ctx, jobs.Order{
		Type: jobDrain, Ref: t.ref, As: who.id, Spec: drainSpec{Node: t.ref, Request: req}, DryRun: req.DryRun,
	})
}

// refuseSecondDrain keeps two jobs from working on one node.
func (f *Feature) refuseSecondDrain(ctx context.Context, node kube.Ref) error {
	all, err := f.jobs.List(ctx, node.Cluster)
	if err != nil {
		return err
	}
	for _, j := range all {
		if j.Type == jobDrain && j.Ref == node && j.Phase == jobs.Running && !j.DryRun {
			return errs.New(errs.Conflict, "%s is being drained already, by %s", node, j.User).
				WithObject("%s", node).WithHint("watch or cancel job %s", j.ID).WithExtra("job", j.ID)
		}
	}
	return nil
}

// drainer is one run of a drain.
type drainer struct {
	f       *Feature
	run     *jobs.Run
	spec    drainSpec
	clients *kube.Clients
	notes   drainNotes
	items   []jobs.JobItem
	stored  string // the items as they were stored last
}

// runDrain is the handler of drain jobs.
func (f *Feature) runDrain(ctx context.Context, run *jobs.Run) error {
	d := &drainer{f: f, run: run}
	if err := run.Spec(&d.spec); err != nil {
		return err
	}
	cluster, err := f.clusters.Cluster(d.spec.Node.Cluster)
	if err != nil {
		return err
	}
	if d.clients, err = cluster.As(run.As()); err != nil {
		return err
	}
	resumed, err := run.Resumed(&d.notes)
	if err != nil {
		return err
	}
	if resumed {
		d.items = run.Job().Items
		return d.evict(ctx)
	}
	if err := d.check(ctx); err != nil || d.spec.Request.DryRun {
		return err
	}
	if err := d.cordon(ctx); err != nil {
		return err
	}
	return d.evict(ctx)
}

// check looks at the node's pods and refuses to begin when one stands in the way.
func (d *drainer) check(ctx context.Context) error {
	if err := d.run.Stage(ctx, stageCheck, jobs.Running, "looking at the pods of the node"); err != nil {
		return err
	}
	obstacles, err := d.plan(ctx)
	if err != nil {
		return err
	}
	if err := d.store(ctx, nil); err != nil {
		return err
	}
	if len(obstacles) > 0 {
		return obstacleError(d.spec.Node, obstacles)
	}
	if d.spec.Request.DryRun {
		d.tryOut(ctx)
		if err := d.store(ctx, nil); err != nil {
			return err
		}
	}
	return d.run.Stage(ctx, stageCheck, jobs.Succeeded, fmt.Sprintf("%d pods to evict", len(d.notes.Pods)))
}

// cordon keeps new pods away from the node.
func (d *drainer) cordon(ctx context.Context) error {
	if err := d.run.Stage(ctx, stageCordon, jobs.Running, ""); err != nil {
		return err
	}
	out, err := d.f.cordonAs(ctx, d.clients, d.spec.Node)
	if err != nil {
		return err
	}
	if err := d.run.Stage(ctx, stageCordon, jobs.Succeeded, out); err != nil {
		return err
	}
	// Pods may have come between the look and the cordon.
	obstacles, err := d.plan(ctx)
	if err != nil {
		return err
	}
	if len(obstacles) > 0 {
		return obstacleError(d.spec.Node, obstacles)
	}
	timeout := drainTimeout
	if s := d.spec.Request.TimeoutSeconds; s > 0 {
		timeout = time.Duration(s) * time.Second
	}
	d.notes.Deadline = d.f.clock.Now().Add(timeout)
	return d.store(ctx, d.notes)
}

// cordonAs marks a node unschedulable and says what it did.
func (f *Feature) cordonAs(ctx context.Context, clients *kube.Clients, node kube.Ref) (string, error) {
	t := &target{ref: node, clients: clients, warnings: &warnings{}, kind: kube.Kind{Version: "v1", Plural: "nodes", Resource: "nodes"}}
	var err error
	if t.dynamic, err = t.warnings.client(clients); err != nil {
		return "", err
	}
	obj, err := t.get(ctx)
	if err != nil {
		return "", err
	}
	if isPaused(t.kind, obj) {
		return "the node is cordoned already", nil
	}
	_, err = t.mergePatch(ctx, false, map[string]any{"spec": map[string]any{"unschedulable": true}})
	return "no new pods come to the node", err
}

// store writes the items when they changed, and notes for a successor when there are some.
func (d *drainer) store(ctx context.Context, notes any) error {
	now := fmt.Sprint(d.items)
	if now == d.stored && notes == nil {
		return nil
	}
	d.stored = now
	done := 0
	var waiting []string
	for _, i := range d.items {
		if i.Phase.Finished() {
			done++
		} else if i.Phase == jobs.Blocked {
			waiting = append(waiting, i.Ref.Namespace+"/"+i.Ref.Name)
		}
	}
	items := append([]jobs.JobItem{}, d.items...)
	return d.run.Update(ctx, func(j *jobs.Job) {
		j.Items = items
		j.Progress = jobs.JobProgress{Done: done, Total: len(items)}
		j.Message = ""
		if len(waiting) > 0 {
			j.Message = "waiting for disruption budgets: " + shortList(waiting)
		}
	}, notes)
}

// shortList names at most five things.
func shortList(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
