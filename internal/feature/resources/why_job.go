package resources

import (
	"strconv"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
)

func (d *diagnosis) job(job *batchv1.Job) {
	for _, c := range job.Status.Conditions {
		if c.Status != corev1.ConditionTrue {
			continue
		}
		switch c.Type {
		case batchv1.JobComplete:
			d.add("completed", toneOK, orderNote, "Job %s is done", job.Name).
				detail("%d pods succeeded.", job.Status.Succeeded).evidence("condition", nil, "Complete", c.LastTransitionTime.Time)
			return
		case batchv1.JobFailed:
			d.jobFailed(job, c)
			return
		}
	}
	if ptr.Deref(job.Spec.Suspend, false) {
		d.add("paused", toneNeutral, orderCause, "Job %s is suspended", job.Name).
			detail("It makes no pods until it is resumed; something such as a queue may do that.").remedy("Resume it.")
		return
	}
	if job.Status.Active == 0 {
		d.failedCreate()
	}
	d.pods(d.ownedPods())
	switch {
	case d.bad():
	case job.Status.Active > 0:
		d.add("running", toneProgress, orderNote, "Job %s is running", job.Name).
			with("active", strconv.Itoa(int(job.Status.Active))).
			detail("%d pods run, %d succeeded, %d failed.", job.Status.Active, job.Status.Succeeded, job.Status.Failed)
	default:
		d.add("starting", toneProgress, orderNote, "Job %s has no pods yet", job.Name).
			detail("If this lasts, the controller-manager of the cluster does not run.")
	}
}

// jobFailed explains a job that was given up, by the rule and by its last pods.
func (d *diagnosis) jobFailed(job *batchv1.Job, c batchv1.JobCondition) {
	title, detail, remedy := "Job "+job.Name+" failed", c.Message, "Remove the cause, delete the job and create it again."
	switch c.Reason {
	case batchv1.JobReasonBackoffLimitExceeded, "BackoffLimitPerIndexExceeded", "MaxFailedIndexesExceeded":
		title = "Job " + job.Name + " was given up: its pods failed too often"
		detail = "The limit is " + strconv.Itoa(int(ptr.Deref(job.Spec.BackoffLimit, 6))) + " retries (backoffLimit)."
	case batchv1.JobReasonDeadlineExceeded:
		title = "Job " + job.Name + " ran longer than it was allowed to"
		detail = "The limit is " + strconv.FormatInt(ptr.Deref(job.Spec.ActiveDeadlineSeconds, 0), 10) + " s (activeDeadlineSeconds)."
		remedy = "Raise activeDeadlineSeconds, or find out what takes so long."
	case batchv1.JobReasonPodFailurePolicy:
		title = "Job " + job.Name + " was given up by its pod failure policy"
	}
	d.pods(d.failedPods())
	d.add("job-failed", toneError, orderSymptom, "%s", title).with("job", job.Name, "reason", c.Reason, "failed", strconv.Itoa(int(job.Status.Failed))).
		detail("%s", detail).evidence("condition", nil, c.Reason+": "+c.Message, c.LastTransitionTime.Time).remedy(remedy)
	d.headline = title
	if len(d.causes) > 1 {
		d.headline = title + "; " + d.causes[0].Title
	}
}

func (d *diagnosis) ownedPods() []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, o := range d.r.owned(d.obj, 1) {
		if o.GetKind() == "Pod" {
			out = append(out, o)
		}
	}
	return out
}

func (d *diagnosis) failedPods() []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, o := range d.ownedPods() {
		if phase, _, _ := unstructured.NestedString(o.Object, "status", "phase"); phase == string(corev1.PodFailed) {
			out = append(out, o)
		}
	}
	return out
}

func (d *diagnosis) cronJob(cron *batchv1.CronJob) {
	if e := d.r.lastEvent(d.obj, "UnparseableSchedule", "InvalidSchedule", "UnknownTimeZone", "TooManyMissedTimes", "FailedNeedsStart", "FailedCreate"); e != nil {
		if e.Reason == "FailedCreate" {
			d.createFailure(e.Message, "event", &e.Object, e.Last)
		} else {
			d.add("schedule", toneError, orderCause, "The schedule %q can't be kept", cron.Spec.Schedule).
				with("schedule", cron.Spec.Schedule).detail("%s", e.Message).event(e).remedy("Correct spec.schedule or spec.timeZone.")
		}
	}
	if ptr.Deref(cron.Spec.Suspend, false) {
		d.add("paused", toneNeutral, orderCause, "CronJob %s is suspended", cron.Name).
			detail("It starts no jobs until it is resumed.").remedy("Resume it.")
		return
	}
	newest := d.newestJob()
	if newest == nil {
		if !d.bad() {
			d.add("waiting", toneOK, orderNote, "CronJob %s has not run yet", cron.Name).
				with("schedule", cron.Spec.Schedule).detail("Its schedule is %q.", cron.Spec.Schedule)
		}
		return
	}
	of := &diagnosis{r: d.r, obj: newest}
	job, err := as[batchv1.Job](newest)
	if err != nil {
		return
	}
	of.job(job)
	d.adopt(of, job.Name)
	if cron.Spec.ConcurrencyPolicy == batchv1.ForbidConcurrent && len(cron.Status.Active) > 0 && cron.Status.LastScheduleTime != nil {
		d.add("waiting", toneNeutral, orderNote, "The next job waits until %s has ended", cron.Status.Active[0].Name).
			detail("concurrencyPolicy is Forbid.").
			evidence("status", nil, "last started", cron.Status.LastScheduleTime.Time)
	}
}

// adopt takes over what was found about the newest job.
func (d *diagnosis) adopt(of *diagnosis, name string) {
	ref := d.r.refTo("jobs.batch", d.obj.GetNamespace(), name)
	for _, c := range of.causes {
		if c.Ref == nil {
			c.Ref = ref
		}
		d.causes = append(d.causes, c)
	}
	d.headline = of.headline
}

func (d *diagnosis) newestJob() *unstructured.Unstructured {
	var newest *unstructured.Unstructured
	var at time.Time
	for _, o := range d.r.owned(d.obj, 1) {
		if made := o.GetCreationTimestamp().Time; o.GetKind() == "Job" && (newest == nil || made.After(at)) {
			newest, at = o, made
		}
	}
	return newest
}
