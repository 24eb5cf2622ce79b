package resources

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
)

// Phases of a RolloutStatus.
const (
	rolloutComplete    = "complete"
	rolloutProgressing = "progressing"
	rolloutFailed      = "failed"
	rolloutPaused      = "paused"
)

// rolloutStatus judges the roll-out of a deployment, stateful set or daemon set.
func rolloutStatus(obj *unstructured.Unstructured) (RolloutStatus, error) {
	switch obj.GetKind() {
	case "Deployment":
		d, err := as[appsv1.Deployment](obj)
		if err != nil {
			return RolloutStatus{}, err
		}
		return deploymentRollout(d), nil
	case "StatefulSet":
		s, err := as[appsv1.StatefulSet](obj)
		if err != nil {
			return RolloutStatus{}, err
		}
		return statefulSetRollout(s), nil
	default:
		d, err := as[appsv1.DaemonSet](obj)
		if err != nil {
			return RolloutStatus{}, err
		}
		return daemonSetRollout(d), nil
	}
}

func deploymentRollout(d *appsv1.Deployment) RolloutStatus {
	s := RolloutStatus{
		Desired: ptr.Deref(d.Spec.Replicas, 1), Updated: d.Status.UpdatedReplicas,
		Ready: d.Status.ReadyReplicas, Available: d.Status.AvailableReplicas,
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing && c.Reason == "ProgressDeadlineExceeded" {
			return s.in(rolloutFailed, "it made no progress for %d s: %s", ptr.Deref(d.Spec.ProgressDeadlineSeconds, 600), c.Message)
		}
		if c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue {
			return s.in(rolloutFailed, "its pods can't be created: %s", c.Message)
		}
	}
	switch {
	case d.Spec.Paused:
		return s.in(rolloutPaused, "paused: %d of %d pods are of the new revision", s.Updated, s.Desired)
	case d.Generation > d.Status.ObservedGeneration:
		return s.in(rolloutProgressing, "the change was not seen by the controller yet")
	case s.Updated < s.Desired:
		return s.in(rolloutProgressing, "%d of %d pods are of the new revision", s.Updated, s.Desired)
	case d.Status.Replicas > s.Updated:
		return s.in(rolloutProgressing, "%d old pods are still ending", d.Status.Replicas-s.Updated)
	case s.Available < s.Updated:
		return s.in(rolloutProgressing, "%d of %d new pods are available", s.Available, s.Updated)
	}
	return s.in(rolloutComplete, "all %d pods are of the present revision and available", s.Desired)
}

func statefulSetRollout(set *appsv1.StatefulSet) RolloutStatus {
	s := RolloutStatus{
		Desired: ptr.Deref(set.Spec.Replicas, 1), Updated: set.Status.UpdatedReplicas,
		Ready: set.Status.ReadyReplicas, Available: set.Status.AvailableReplicas,
	}
	if set.Status.UpdateRevision == set.Status.CurrentRevision && s.Updated == 0 {
		s.Updated = set.Status.CurrentReplicas
	}
	aim := s.Desired
	if r := set.Spec.UpdateStrategy.RollingUpdate; r != nil && r.Partition != nil {
		aim = max(0, s.Desired-*r.Partition)
	}
	switch {
	case set.Generation > set.Status.ObservedGeneration:
		return s.in(rolloutProgressing, "the change was not seen by the controller yet")
	case s.Ready < s.Desired:
		return s.in(rolloutProgressing, "%d of %d pods are ready", s.Ready, s.Desired)
	case set.Status.UpdateRevision == set.Status.CurrentRevision:
		return s.in(rolloutComplete, "all %d pods are of the present revision and ready", s.Desired)
	case set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType:
		return s.in(rolloutPaused, "strategy OnDelete: %d of %d pods are of the new revision; the others change when they are deleted", s.Updated, s.Desired)
	case s.Updated < aim:
		return s.in(rolloutProgressing, "%d of %d pods are of the new revision", s.Updated, aim)
	case aim < s.Desired:
		return s.in(rolloutPaused, "the partition is reached: %d of %d pods are of the new revision", s.Updated, s.Desired)
	}
	return s.in(rolloutComplete, "all %d pods are of the present revision and ready", s.Desired)
}

func daemonSetRollout(d *appsv1.DaemonSet) RolloutStatus {
	s := RolloutStatus{
		Desired: d.Status.DesiredNumberScheduled, Updated: d.Status.UpdatedNumberScheduled,
		Ready: d.Status.NumberReady, Available: d.Status.NumberAvailable,
	}
	switch {
	case d.Generation > d.Status.ObservedGeneration:
		return s.in(rolloutProgressing, "the change was not seen by the controller yet")
	case s.Updated < s.Desired && d.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType:
		return s.in(rolloutPaused, "strategy OnDelete: %d of %d pods are of the new revision; the others change when they are deleted", s.Updated, s.Desired)
	case s.Updated < s.Desired:
		return s.in(rolloutProgressing, "%d of %d pods are of the new revision", s.Updated, s.Desired)
	case s.Available < s.Desired:
		return s.in(rolloutProgressing, "%d of %d pods are available", s.Available, s.Desired)
	}
	return s.in(rolloutComplete, "all %d pods are of the present revision and available", s.Desired)
}

func (s RolloutStatus) in(phase, format string, args ...any) RolloutStatus {
	s.Phase, s.Message = phase, fmt.Sprintf(format, args...)
	return s
}
