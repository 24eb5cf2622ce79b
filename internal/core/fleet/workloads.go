package fleet

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const revisionAnnotation = "deployment.kubernetes.io/revision"

func deploymentFields() []field {
	return []field{
		status(deploymentStatus),
		of("ready", TypeFraction, "Ready", func(d *appsv1.Deployment) value {
			return fractionValue(d.Status.ReadyReplicas, wanted(d.Spec.Replicas))
		}),
		count("upToDate", "Up to date", func(d *appsv1.Deployment) int64 { return int64(d.Status.UpdatedReplicas) }),
		count("available", "Available", func(d *appsv1.Deployment) int64 { return int64(d.Status.AvailableReplicas) }),
		list("images", "Images", func(d *appsv1.Deployment) []string { return images(&d.Spec.Template.Spec) }),
		text("strategy", "Strategy", func(d *appsv1.Deployment) string { return string(d.Spec.Strategy.Type) }, wide),
		count("revision", "Revision", func(d *appsv1.Deployment) int64 { return number64(d.Annotations[revisionAnnotation]) }, wide),
		text("selector", "Selector", func(d *appsv1.Deployment) string { return metav1.FormatLabelSelector(d.Spec.Selector) }, wide),
	}
}

// deploymentStatus follows `kubectl rollout status`, with a pause and a missed deadline told.
func deploymentStatus(d *appsv1.Deployment) (tone, text string) {
	want := wanted(d.Spec.Replicas)
	switch {
	case d.DeletionTimestamp != nil:
		return toneProgress, "Terminating"
	case missedDeadline(d):
		return toneError, "Failed"
	case condition(d, appsv1.DeploymentReplicaFailure):
		return toneError, "ReplicaFailure"
	case d.Spec.Paused:
		return toneWarning, "Paused"
	}
	return rolloutStatus(rollout{
		want: want, observed: d.Status.ObservedGeneration >= d.Generation,
		updated: d.Status.UpdatedReplicas, total: d.Status.Replicas, available: d.Status.AvailableReplicas,
		moving: moving(d),
	})
}

// moving says that the newest ReplicaSet has not become available once yet.
func moving(d *appsv1.Deployment) bool {
	for i := range d.Status.Conditions {
		c := &d.Status.Conditions[i]
		if c.Type == appsv1.DeploymentProgressing {
			return c.Status == corev1.ConditionTrue && c.Reason != "NewReplicaSetAvailable"
		}
	}
	return false
}

func missedDeadline(d *appsv1.Deployment) bool {
	for i := range d.Status.Conditions {
		c := &d.Status.Conditions[i]
		if c.Type == appsv1.DeploymentProgressing {
			return c.Reason == "ProgressDeadlineExceeded"
		}
	}
	return false
}

func condition(d *appsv1.Deployment, t appsv1.DeploymentConditionType) bool {
	for i := range d.Status.Conditions {
		if d.Status.Conditions[i].Type == t {
			return d.Status.Conditions[i].Status == corev1.ConditionTrue
		}
	}
	return false
}

// rollout is what the workloads have in common.
type rollout struct {
	want, updated, total, available int32
	observed                        bool // the controller has seen the latest spec
	moving                          bool // the controller says that it is not done
}

func rolloutStatus(r rollout) (tone, text string) {
	switch {
	case !r.observed, r.updated < r.want, r.total > r.want:
		return toneProgress, "Progressing"
	case r.want == 0:
		return toneNeutral, "Scaled to 0"
	case r.moving && r.available < r.want:
		return toneProgress, "Progressing"
	case r.available == 0:
		return toneError, "Unavailable"
	case r.available < r.want:
		return toneWarning, "Degraded"
	}
	return toneOK, "Available"
}

func replicaSetFields() []field {
	return []field{
		status(func(r *appsv1.ReplicaSet) (tone, text string) {
			return replicaStatus(r.DeletionTimestamp, wanted(r.Spec.Replicas), r.Status.ReadyReplicas, r.Status.Conditions)
		}),
		of("ready", TypeFraction, "Ready", func(r *appsv1.ReplicaSet) value {
			return fractionValue(r.Status.ReadyReplicas, wanted(r.Spec.Replicas))
		}),
		count("current", "Current", func(r *appsv1.ReplicaSet) int64 { return int64(r.Status.Replicas) }),
		list("images", "Images", func(r *appsv1.ReplicaSet) []string { return images(&r.Spec.Template.Spec) }),
		count("revision", "Revision", func(r *appsv1.ReplicaSet) int64 { return number64(r.Annotations[revisionAnnotation]) }, wide),
		text("selector", "Selector", func(r *appsv1.ReplicaSet) string { return metav1.FormatLabelSelector(r.Spec.Selector) }, wide),
	}
}

func replicaStatus(deleted *metav1.Time, want, ready int32, conditions []appsv1.ReplicaSetCondition) (tone, text string) {
	for i := range conditions {
		if conditions[i].Type == appsv1.ReplicaSetReplicaFailure && conditions[i].Status == corev1.ConditionTrue {
			return toneError, "ReplicaFailure"
		}
	}
	switch {
	case deleted != nil:
		return toneProgress, "Terminating"
	case want == 0:
		return toneNeutral, "Scaled to 0"
	case ready == 0:
		return toneError, "Unavailable"
	case ready < want:
		return toneWarning, "Degraded"
	}
	return toneOK, "Available"
}

func replicationControllerFields() []field {
	return []field{
		status(func(r *corev1.ReplicationController) (tone, text string) {
			return replicaStatus(r.DeletionTimestamp, wanted(r.Spec.Replicas), r.Status.ReadyReplicas, nil)
		}),
		of("ready", TypeFraction, "Ready", func(r *corev1.ReplicationController) value {
			return fractionValue(r.Status.ReadyReplicas, wanted(r.Spec.Replicas))
		}),
	}
}

func statefulSetFields() []field {
	return []field{
		status(func(s *appsv1.StatefulSet) (tone, text string) {
			if s.DeletionTimestamp != nil {
				return toneProgress, "Terminating"
			}
			return rolloutStatus(rollout{
				want: wanted(s.Spec.Replicas), observed: s.Status.ObservedGeneration >= s.Generation,
				updated: statefulUpdated(s), total: s.Status.Replicas, available: s.Status.AvailableReplicas,
			})
		}),
		of("ready", TypeFraction, "Ready", func(s *appsv1.StatefulSet) value {
			return fractionValue(s.Status.ReadyReplicas, wanted(s.Spec.Replicas))
		}),
		list("images", "Images", func(s *appsv1.StatefulSet) []string { return images(&s.Spec.Template.Spec) }),
		text("service", "Service", func(s *appsv1.StatefulSet) string { return s.Spec.ServiceName }, wide),
		text("strategy", "Strategy", func(s *appsv1.StatefulSet) string { return string(s.Spec.UpdateStrategy.Type) }, wide),
		text("selector", "Selector", func(s *appsv1.StatefulSet) string { return metav1.FormatLabelSelector(s.Spec.Selector) }, wide),
	}
}

// statefulUpdated counts a partitioned or manual rollout as complete: it is meant to stop.
func statefulUpdated(s *appsv1.StatefulSet) int32 {
	update := s.Spec.UpdateStrategy
	partitioned := update.RollingUpdate != nil && update.RollingUpdate.Partition != nil && *update.RollingUpdate.Partition > 0
	if update.Type == appsv1.OnDeleteStatefulSetStrategyType || partitioned || s.Status.UpdateRevision == s.Status.CurrentRevision {
		return s.Status.Replicas
	}
	return s.Status.UpdatedReplicas
}

func daemonSetFields() []field {
	return []field{
		status(func(d *appsv1.DaemonSet) (tone, text string) {
			if d.DeletionTimestamp != nil {
				return toneProgress, "Terminating"
			}
			updated := d.Status.UpdatedNumberScheduled
			if d.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
				updated = d.Status.CurrentNumberScheduled
			}
			return rolloutStatus(rollout{
				want: d.Status.DesiredNumberScheduled, observed: d.Status.ObservedGeneration >= d.Generation,
				updated: updated, total: d.Status.CurrentNumberScheduled, available: d.Status.NumberAvailable,
			})
		}),
		of("ready", TypeFraction, "Ready", func(d *appsv1.DaemonSet) value {
			return fractionValue(d.Status.NumberReady, d.Status.DesiredNumberScheduled)
		}),
		count("upToDate", "Up to date", func(d *appsv1.DaemonSet) int64 { return int64(d.Status.UpdatedNumberScheduled) }),
		count("available", "Available", func(d *appsv1.DaemonSet) int64 { return int64(d.Status.NumberAvailable) }),
		list("images", "Images", func(d *appsv1.DaemonSet) []string { return images(&d.Spec.Template.Spec) }),
		of("nodeSelector", TypeLabels, "Node selector", func(d *appsv1.DaemonSet) value {
			return labelsValue(d.Spec.Template.Spec.NodeSelector)
		}, wide),
		text("selector", "Selector", func(d *appsv1.DaemonSet) string { return metav1.FormatLabelSelector(d.Spec.Selector) }, wide),
	}
}

func controllerRevisionFields() []field {
	return []field{
		count("revision", "Revision", func(r *appsv1.ControllerRevision) int64 { return r.Revision }),
		text("controller", "Controller", func(r *appsv1.ControllerRevision) string {
			if ref := owner(r); ref != nil {
				return ref.Kind + "/" + ref.Name
			}
			return ""
		}),
	}
}

// wanted is the number of replicas of a spec; the API server's default is one.
func wanted(replicas *int32) int32 {
	if replicas == nil {
		return 1
	}
	return *replicas
}

func number64(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
