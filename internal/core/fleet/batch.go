package fleet

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

func jobFields() []field {
	return []field{
		status(jobStatus),
		of("completions", TypeFraction, "Completions", func(j *batchv1.Job) value {
			want := int32(1)
			switch {
			case j.Spec.Completions != nil:
				want = *j.Spec.Completions
			case j.Spec.Parallelism != nil:
				want = *j.Spec.Parallelism
			}
			return fractionValue(j.Status.Succeeded, want)
		}),
		of("started", TypeTime, "Started", func(j *batchv1.Job) value {
			if j.Status.StartTime == nil {
				return noValue()
			}
			return timeValue(*j.Status.StartTime)
		}),
		of("duration", TypeNumber, "Duration (s)", jobDuration),
		count("active", "Active", func(j *batchv1.Job) int64 { return int64(j.Status.Active) }, wide),
		count("failed", "Failed", func(j *batchv1.Job) int64 { return int64(j.Status.Failed) }, wide),
		list("images", "Images", func(j *batchv1.Job) []string { return images(&j.Spec.Template.Spec) }, wide),
	}
}

func jobStatus(j *batchv1.Job) (tone, text string) {
	if j.DeletionTimestamp != nil {
		return toneProgress, "Terminating"
	}
	for i := range j.Status.Conditions {
		c := &j.Status.Conditions[i]
		if c.Status != corev1.ConditionTrue {
			continue
		}
		switch c.Type {
		case batchv1.JobComplete:
			return toneOK, "Complete"
		case batchv1.JobFailed:
			return toneError, "Failed"
		case batchv1.JobSuspended:
			return toneNeutral, "Suspended"
		case batchv1.JobFailureTarget:
			return toneError, "Failing"
		}
	}
	switch {
	case j.Status.Active > 0 && j.Status.Failed > 0:
		return toneWarning, "Retrying"
	case j.Status.Active > 0:
		return toneProgress, "Running"
	}
	return toneProgress, "Pending"
}

// jobDuration is in seconds, of finished jobs only: a running one's grows all the time.
func jobDuration(j *batchv1.Job) value {
	if j.Status.StartTime == nil || j.Status.CompletionTime == nil {
		return noValue()
	}
	return intValue(int64(j.Status.CompletionTime.Sub(j.Status.StartTime.Time).Seconds()))
}

func cronJobFields() []field {
	return []field{
		status(func(c *batchv1.CronJob) (tone, text string) {
			switch {
			case c.DeletionTimestamp != nil:
				return toneProgress, "Terminating"
			case c.Spec.Suspend != nil && *c.Spec.Suspend:
				return toneNeutral, "Suspended"
			case len(c.Status.Active) > 0:
				return toneProgress, "Running"
			}
			return toneOK, "Scheduled"
		}),
		text("schedule", "Schedule", func(c *batchv1.CronJob) string { return c.Spec.Schedule }),
		text("timeZone", "Time zone", func(c *batchv1.CronJob) string {
			if c.Spec.TimeZone == nil {
				return ""
			}
			return *c.Spec.TimeZone
		}, wide),
		count("active", "Active", func(c *batchv1.CronJob) int64 { return int64(len(c.Status.Active)) }),
		of("lastSchedule", TypeTime, "Last schedule", func(c *batchv1.CronJob) value {
			if c.Status.LastScheduleTime == nil {
				return noValue()
			}
			return timeValue(*c.Status.LastScheduleTime)
		}),
		of("lastSuccess", TypeTime, "Last success", func(c *batchv1.CronJob) value {
			if c.Status.LastSuccessfulTime == nil {
				return noValue()
			}
			return timeValue(*c.Status.LastSuccessfulTime)
		}, wide),
		list("images", "Images", func(c *batchv1.CronJob) []string { return images(&c.Spec.JobTemplate.Spec.Template.Spec) }, wide),
	}
}
