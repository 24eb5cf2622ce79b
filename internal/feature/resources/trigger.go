package resources

import (
	"context"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/rand"

	"kubemate.io/kubemate/internal/core/kube"
)

// manualAnnotation marks a Job that was started by hand, as kubectl does.
const manualAnnotation = "cronjob.kubernetes.io/instantiate"

// trigger starts a job of a cron job now, whatever its schedule.
func (f *Feature) trigger(ctx context.Context, who caller, ref kube.Ref) (*ActionResult, error) {
	t, obj, err := f.act(ctx, who, ref, "trigger")
	if err != nil {
		return nil, err
	}
	cron, err := as[batchv1.CronJob](obj)
	if err != nil {
		return nil, err
	}
	job := manualJob(cron, rand.String(5))
	made, err := t.clients.Typed.BatchV1().Jobs(cron.Namespace).Create(ctx, job, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return nil, kube.FromKube(err, t.ref)
	}
	out := t.done(true, "job "+made.Name+" was started")
	out.Created = &kube.Ref{Cluster: t.ref.Cluster, Resource: "jobs.batch", Namespace: made.Namespace, Name: made.Name}
	return out, nil
}

// manualJob makes the Job that the controller would make, under a name of its own.
func manualJob(cron *batchv1.CronJob, suffix string) *batchv1.Job {
	const room = 63 - len("-manual-") - 5 // a Job's name becomes a label value
	base := cron.Name
	if len(base) > room {
		base = base[:room]
	}
	notes := map[string]string{manualAnnotation: "manual"}
	for k, v := range cron.Spec.JobTemplate.Annotations {
		notes[k] = v
	}
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			Name: base + "-manual-" + suffix, Namespace: cron.Namespace, Annotations: notes, Labels: cron.Spec.JobTemplate.Labels,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(cron, batchv1.SchemeGroupVersion.WithKind("CronJob"))},
		},
		Spec: cron.Spec.JobTemplate.Spec,
	}
}
