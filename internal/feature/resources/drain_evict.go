package resources

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

// evict asks every pod to go, waits for budgets, and ends when all are gone.
func (d *drainer) evict(ctx context.Context) error {
	if err := d.run.Stage(ctx, stageEvict, jobs.Running, ""); err != nil {
		return err
	}
	tick := d.f.clock.NewTicker(drainTick)
	defer tick.Stop()
	next := map[drainPod]time.Time{} // when to try again; far away once the pod is going
	for {
		left, err := d.round(ctx, next)
		if err != nil {
			return err
		}
		if err := d.store(ctx, nil); err != nil {
			return err
		}
		if left == 0 {
			return d.summary(ctx)
		}
		if d.f.clock.Now().After(d.notes.Deadline) {
			return errs.New(errs.Timeout, "%d pods are still on %s at the end of the time allowed: %s",
				left, d.spec.Node, shortList(d.unfinished())).WithHint("see what blocks them, then drain again; the node stays cordoned")
		}
		select {
		case <-tick.C():
		case <-ctx.Done():
			return d.stopped(ctx)
		}
	}
}

// stopped notes in a cancelled job that the node stays as it is.
func (d *drainer) stopped(ctx context.Context) error {
	if !jobs.WasCancelled(ctx) {
		return context.Cause(ctx)
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := d.run.Update(own, func(j *jobs.Job) { j.Message = "cancelled; the node stays cordoned" }, nil)
	return errors.Join(context.Cause(ctx), err)
}

// round looks at the node once and asks those to go that were not asked. It gives the
// number of pods that are still there and may go.
func (d *drainer) round(ctx context.Context, next map[drainPod]time.Time) (left int, err error) {
	present, err := d.pods(ctx)
	if err != nil {
		if transient(err) {
			return len(d.notes.Pods), d.run.Stage(ctx, stageEvict, jobs.Running, "the cluster does not answer, trying again: "+errorText(err))
		}
		return 0, err
	}
	there := make(map[drainPod]*corev1.Pod, len(present))
	for i := range present {
		there[drainPod{Namespace: present[i].Namespace, Name: present[i].Name, UID: present[i].UID}] = &present[i]
	}
	now := d.f.clock.Now()
	for _, p := range d.notes.Pods {
		item := d.item(p)
		if item == nil || item.Phase.Finished() {
			continue
		}
		pod := there[p]
		switch {
		case pod == nil:
			item.Phase, item.Message = jobs.Succeeded, "gone"
			continue
		case pod.DeletionTimestamp != nil:
			item.Phase, item.Message = jobs.Running, endingMessage(pod)
		case !now.Before(next[p]):
			next[p] = now.Add(drainRetry)
			d.ask(ctx, p, item)
		}
		if !item.Phase.Finished() {
			left++
		}
	}
	return left, nil
}

func endingMessage(pod *corev1.Pod) string {
	if len(pod.Finalizers) > 0 {
		return "ending; waits for the finalizers " + shortList(pod.Finalizers)
	}
	return "ending"
}

// ask requests the eviction of one pod.
func (d *drainer) ask(ctx context.Context, p drainPod, item *jobs.JobItem) {
	err := d.requestEviction(ctx, p, nil)
	switch {
	case err == nil:
		item.Phase, item.Message = jobs.Running, "asked to end"
	case isKind(err, errs.NotFound), isKind(err, errs.Conflict):
		item.Phase, item.Message = jobs.Running, "ending" // the next look tells
	case isKind(err, errs.TooMany):
		item.Phase, item.Message = jobs.Blocked, d.blockedBy(ctx, p, err)
	case transient(err):
		item.Phase, item.Message = jobs.Running, "trying again: "+errorText(err)
	default:
		item.Phase, item.Message = jobs.Failed, errorText(err)
	}
}

func (d *drainer) requestEviction(ctx context.Context, p drainPod, dry []string) error {
	err := d.clients.Typed.CoreV1().Pods(p.Namespace).EvictV1(ctx, &policyv1.Eviction{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name},
		DeleteOptions: &metav1.DeleteOptions{
			GracePeriodSeconds: d.spec.Request.GracePeriodSeconds, DryRun: dry, Preconditions: &metav1.Preconditions{UID: &p.UID},
		},
	})
	return kube.FromKube(err, kube.Ref{Cluster: d.spec.Node.Cluster, Resource: "pods", Namespace: p.Namespace, Name: p.Name})
}

// blockedBy says which PodDisruptionBudget holds a pod, and what it needs.
func (d *drainer) blockedBy(ctx context.Context, p drainPod, cause error) string {
	pod, err := d.clients.Typed.CoreV1().Pods(p.Namespace).Get(ctx, p.Name, metav1.GetOptions{})
	if err != nil {
		return errorText(cause)
	}
	budgets, err := d.clients.Typed.PolicyV1().PodDisruptionBudgets(p.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return errorText(cause)
	}
	for i := range budgets.Items {
		b := &budgets.Items[i]
		if coversPod(b, pod) && b.Status.DisruptionsAllowed <= 0 {
			return fmt.Sprintf("blocked by PodDisruptionBudget %s: needs %d healthy pods, has %d", b.Name, b.Status.DesiredHealthy, b.Status.CurrentHealthy)
		}
	}
	return errorText(cause)
}

// tryOut asks by dry-run which pods a budget would hold.
func (d *drainer) tryOut(ctx context.Context) {
	for _, p := range d.notes.Pods {
		item := d.item(p)
		if item == nil {
			continue
		}
		switch err := d.requestEviction(ctx, p, dryRun(true)); {
		case err == nil:
			item.Phase, item.Message = jobs.Succeeded, "would be evicted"
		case isKind(err, errs.TooMany):
			item.Phase, item.Message = jobs.Blocked, "would be "+d.blockedBy(ctx, p, err)
		default:
			item.Phase, item.Message = jobs.Failed, errorText(err)
		}
	}
}

func (d *drainer) item(p drainPod) *jobs.JobItem {
	for i := range d.items {
		if d.items[i].Ref.Namespace == p.Namespace && d.items[i].Ref.Name == p.Name {
			return &d.items[i]
		}
	}
	return nil
}

func (d *drainer) unfinished() []string {
	var out []string
	for _, i := range d.items {
		if !i.Phase.Finished() {
			out = append(out, i.Ref.Namespace+"/"+i.Ref.Name)
		}
	}
	return out
}

// summary ends the job: well when every pod went, else with what stayed.
func (d *drainer) summary(ctx context.Context) error {
	var failed []string
	gone := 0
	for _, i := range d.items {
		switch i.Phase {
		case jobs.Failed:
			failed = append(failed, i.Ref.Namespace+"/"+i.Ref.Name+": "+i.Message)
		case jobs.Succeeded:
			gone++
		}
	}
	if len(failed) > 0 {
		return errs.New(errs.Unprocessable, "%d pods could not be evicted: %s", len(failed), shortList(failed))
	}
	if err := d.run.Stage(ctx, stageEvict, jobs.Succeeded, fmt.Sprintf("%d pods are gone", gone)); err != nil {
		return err
	}
	return d.run.Update(ctx, func(j *jobs.Job) { j.Message = fmt.Sprintf("%s is empty and cordoned", d.spec.Node.Name) }, nil)
}

// transient says that the same call may go through later.
func transient(err error) bool {
	return isKind(err, errs.Unavailable) || isKind(err, errs.Timeout) || isKind(err, errs.BadUpstream) || isKind(err, errs.TooMany)
}

// coversPod says that a budget protects a pod.
func coversPod(b *policyv1.PodDisruptionBudget, pod *corev1.Pod) bool {
	selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
	return err == nil && selector.Matches(labels.Set(pod.Labels))
}
