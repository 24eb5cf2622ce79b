package resources

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
)

func (d *diagnosis) deployment(o *appsv1.Deployment) {
	desired := ptr.Deref(o.Spec.Replicas, 1)
	for _, c := range o.Status.Conditions {
		switch {
		case c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue:
			d.createFailure(c.Message, "condition", nil, c.LastUpdateTime.Time)
		case c.Type == appsv1.DeploymentProgressing && c.Reason == "ProgressDeadlineExceeded":
			seconds := ptr.Deref(o.Spec.ProgressDeadlineSeconds, 600)
			d.add("progress-deadline", toneError, orderSymptom, "The roll-out made no progress for %d s", seconds).
				with("seconds", strconv.Itoa(int(seconds))).detail("The new pods did not become ready in the time allowed (progressDeadlineSeconds).").
				evidence("condition", nil, c.Reason+": "+c.Message, c.LastUpdateTime.Time).
				remedy("Remove the cause named above; the roll-out goes on by itself.", "Or go back to an earlier revision.")
		}
	}
	if o.Spec.Paused {
		c := d.add("paused", toneNeutral, orderNote, "Deployment %s is paused: changes are not rolled out", o.Name).
			detail("%d of %d pods are of the newest revision.", o.Status.UpdatedReplicas, desired).remedy("Resume it.")
		if o.Status.UpdatedReplicas < desired {
			c.Tone, c.order = toneWarning, orderCause
		}
	}
	d.workload(desired, o.Status.ReadyReplicas, o.Generation, o.Status.ObservedGeneration)
}

func (d *diagnosis) replicaSet(o *appsv1.ReplicaSet) {
	for _, c := range o.Status.Conditions {
		if c.Type == appsv1.ReplicaSetReplicaFailure && c.Status == corev1.ConditionTrue {
			d.createFailure(c.Message, "condition", nil, c.LastTransitionTime.Time)
		}
	}
	d.workload(ptr.Deref(o.Spec.Replicas, 1), o.Status.ReadyReplicas, o.Generation, o.Status.ObservedGeneration)
}

func (d *diagnosis) statefulSet(o *appsv1.StatefulSet) {
	desired := ptr.Deref(o.Spec.Replicas, 1)
	if o.Status.Replicas < desired {
		d.failedCreate()
	}
	d.workload(desired, o.Status.ReadyReplicas, o.Generation, o.Status.ObservedGeneration)
	if o.Spec.PodManagementPolicy != appsv1.ParallelPodManagement && o.Status.Replicas < desired && d.bad() && o.Status.Replicas > 0 {
		d.add("ordered", toneNeutral, orderNote, "The remaining %d pods are made one after the other", desired-o.Status.Replicas).
			with("remaining", strconv.Itoa(int(desired-o.Status.Replicas))).
			detail("A StatefulSet makes the next pod only when the one before is ready (podManagementPolicy OrderedReady).")
	}
}

func (d *diagnosis) daemonSet(o *appsv1.DaemonSet) {
	desired := o.Status.DesiredNumberScheduled
	if o.Status.CurrentNumberScheduled < desired {
		d.failedCreate()
	}
	if desired == 0 && o.Generation == o.Status.ObservedGeneration {
		d.add("unschedulable-affinity", toneWarning, orderCause, "No node fits DaemonSet %s, so it runs nowhere", o.Name).
			with("rule", "node-affinity").detail("Its nodeSelector, affinity and tolerations leave no node.").
			remedy("Compare its nodeSelector and tolerations with labels and taints of the nodes.")
		return
	}
	d.workload(desired, o.Status.NumberReady, o.Generation, o.Status.ObservedGeneration)
}

// failedCreate explains the newest refusal that a controller noted as an event.
func (d *diagnosis) failedCreate() {
	if e := d.r.lastEvent(d.obj, "FailedCreate"); e != nil {
		d.createFailure(e.Message, "event", &e.Object, e.Last)
	}
}

// workload explains pods that are not ready, and sums up.
func (d *diagnosis) workload(desired, ready int32, generation, observed int64) {
	if desired == 0 {
		d.add("scaled-to-zero", toneNeutral, orderNote, "%s %s is scaled to zero", d.obj.GetKind(), d.obj.GetName()).
			detail("It is meant to run no pods.").remedy("Scale it up.")
		return
	}
	var pods []*unstructured.Unstructured
	for _, o := range d.r.owned(d.obj, 2) {
		if o.GetKind() == "Pod" {
			pods = append(pods, o)
		}
	}
	d.pods(pods)
	missing := desired - ready
	switch {
	case missing > 0 && !d.bad() && generation > observed:
		d.add("starting", toneProgress, orderNote, "The controller has not seen the last change yet").
			detail("If this lasts, the controller-manager of the cluster does not run.")
	case missing > 0 && !d.bad():
		d.add("starting", toneProgress, orderNote, "%d of %d pods are not ready yet", missing, desired).
			detail("Nothing has gone wrong so far.")
	case !d.bad() && len(d.causes) == 0:
		d.healthy("All %d pods of %s are ready", desired, d.obj.GetName())
	}
	if missing > 0 {
		d.headlineOf(missing, desired)
	}
}

// headlineOf puts the number of pods before the first cause.
func (d *diagnosis) headlineOf(missing, desired int32) {
	slices.SortStableFunc(d.causes, func(a, b *cause) int { return a.order - b.order })
	first := d.causes[0]
	if first.Code == "starting" && len(d.causes) == 1 {
		return
	}
	d.headline = fmt.Sprintf("%d of %d pods are not ready: %s", missing, desired, first.Title)
}

// podsExamined bounds the pods of a workload that are looked at one by one.
const podsExamined = 20

// pods examines the pods of a workload and merges what they have in common.
func (d *diagnosis) pods(pods []*unstructured.Unstructured) {
	slices.SortStableFunc(pods, newestFirst)
	merged := map[string]*cause{}
	examined := 0
	for _, o := range pods {
		pod, err := as[corev1.Pod](o)
		if err != nil || settled(pod, d.r.now) || examined == podsExamined {
			continue
		}
		examined++
		one := &diagnosis{r: d.r, obj: o}
		one.pod(pod)
		for _, c := range one.causes {
			d.merge(merged, c, pod)
		}
	}
}

// settled says that a pod needs no look: it is ready and has been for long, or it is a
// record of the past.
func settled(pod *corev1.Pod, now time.Time) bool {
	if pod.Status.Phase == corev1.PodSucceeded || (pod.Status.Phase == corev1.PodFailed && pod.Status.Reason == "Evicted" && now.Sub(pod.CreationTimestamp.Time) > 24*time.Hour) {
		return true
	}
	if !servesTraffic(pod) || pod.DeletionTimestamp != nil {
		return false
	}
	for _, s := range pod.Status.ContainerStatuses {
		if last := s.LastTerminationState.Terminated; last != nil && now.Sub(last.FinishedAt.Time) < recently {
			return false
		}
	}
	return true
}

func (d *diagnosis) merge(merged map[string]*cause, c *cause, pod *corev1.Pod) {
	if c.Code == "healthy" || c.Code == "completed" || (c.Code == "terminating" && c.Tone == toneProgress) {
		return
	}
	key := c.Code + " " + replaceName(c.Title, pod.Name)
	if first := merged[key]; first != nil {
		count, _ := strconv.Atoi(first.Params["count"]) // set below
		first.Params["count"] = strconv.Itoa(count + 1)
		if len(first.Evidence) < 6 && len(c.Evidence) > 0 {
			first.Evidence = append(first.Evidence, c.Evidence[0])
		}
		return
	}
	c.with("count", "1")
	merged[key] = c
	d.causes = append(d.causes, c)
}
