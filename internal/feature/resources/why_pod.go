package resources

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/kube"
)

// podCase is one pod under examination, alone or as a part of a workload.
type podCase struct {
	*diagnosis
	pod *corev1.Pod
	obj *unstructured.Unstructured
	ref *kube.Ref
}

// pod examines the pod that was asked about.
func (d *diagnosis) pod(pod *corev1.Pod) { d.podCase(d.obj, pod).examine() }

func (d *diagnosis) podCase(obj *unstructured.Unstructured, pod *corev1.Pod) *podCase {
	ref := d.r.ref(obj)
	return &podCase{diagnosis: d, pod: pod, obj: obj, ref: &ref}
}

// examine goes the way that a pod goes: scheduled, node, volumes, init containers,
// containers, readiness. The first stop is the answer.
func (p *podCase) examine() {
	before := len(p.causes)
	stops := []func(){p.ending, p.finished, p.scheduling, p.onNode, p.inputs, p.sandbox, p.initContainers, p.containers, p.gates}
	for _, stop := range stops {
		if stop(); len(p.causes) > before {
			return
		}
	}
	if servesTraffic(p.pod) {
		p.healthy("Pod %s is running and ready", p.pod.Name)
		return
	}
	p.add("starting", toneProgress, orderNote, "Pod %s is starting", p.pod.Name).about(p.ref).
		with("pod", p.pod.Name).detail("Its containers are being created on node %s; nothing has gone wrong so far.", p.pod.Spec.NodeName).
		evidence("status", p.ref, "phase "+string(p.pod.Status.Phase), time.Time{})
}

// ending: the pod was deleted but is still there.
func (p *podCase) ending() {
	if p.pod.DeletionTimestamp == nil {
		return
	}
	at := p.pod.DeletionTimestamp.Time
	late := p.r.now.Sub(at) > 30*time.Second
	switch node, _ := findAs[corev1.Node](p.r, "nodes", "", p.pod.Spec.NodeName); {
	case late && len(p.pod.Finalizers) > 0:
		p.add("terminating-finalizers", toneWarning, orderCause, "Pod %s can't be removed: it waits for finalizers", p.pod.Name).about(p.ref).
			with("pod", p.pod.Name, "finalizers", shortList(p.pod.Finalizers)).
			detail("It was deleted, but %s must be taken off first, by the controllers that put it there.", shortList(p.pod.Finalizers)).
			evidence("status", p.ref, "deletionTimestamp is over", at).
			remedy("Look at the controller that owns the finalizer.", "Only if that controller is gone for good, remove the finalizer from the YAML.")
	case late && node != nil && !nodeReady(node):
		p.nodeCause(node)
	case late:
		p.add("terminating", toneWarning, orderCause, "Pod %s takes longer to end than it was given", p.pod.Name).about(p.ref).
			with("pod", p.pod.Name).detail("Its grace period is over, but the kubelet of node %s has not reported its end.", p.pod.Spec.NodeName).
			evidence("status", p.ref, "deletionTimestamp is over", at).
			event(p.r.lastEvent(p.obj, "FailedKillPod", "ExceededGracePeriod")).
			remedy("See whether node "+p.pod.Spec.NodeName+" is healthy.", "A volume that can't be unmounted holds a pod, too; its events tell.")
	default:
		p.add("terminating", toneProgress, orderCause, "Pod %s is ending", p.pod.Name).about(p.ref).with("pod", p.pod.Name).
			detail("It was deleted and has until %s to end by itself.", at.UTC().Format(time.RFC3339))
	}
}

// finished: the pod ran to its end, or was ended by its node.
func (p *podCase) finished() {
	switch p.pod.Status.Phase {
	case corev1.PodSucceeded:
		p.add("completed", toneNeutral, orderNote, "Pod %s ran to its end", p.pod.Name).about(p.ref).with("pod", p.pod.Name).
			detail("All its containers ended with exit code 0.")
	case corev1.PodFailed:
		p.failed()
	}
}

func (p *podCase) failed() {
	reason, message := p.pod.Status.Reason, p.pod.Status.Message
	switch reason {
	case "Evicted":
		p.evicted(message)
	case "Preempting", "Preempted":
		p.add("evicted", toneError, orderCause, "Pod %s had to make room for a pod of higher priority", p.pod.Name).about(p.ref).
			with("pod", p.pod.Name, "reason", "preempted").detail("%s", message).evidence("status", p.ref, reason+": "+message, time.Time{}).
			remedy("Give it a PriorityClass if it matters as much.", "Add room to the cluster.")
	case "NodeShutdown", "Shutdown", "Terminated", "NodeLost":
		p.add("evicted", toneWarning, orderCause, "Pod %s ended because its node %s shut down", p.pod.Name, p.pod.Spec.NodeName).about(p.ref).
			with("pod", p.pod.Name, "reason", "node-shutdown", "node", p.pod.Spec.NodeName).detail("%s", message).
			evidence("status", p.ref, reason+": "+message, time.Time{}).remedy("Delete it; its controller has made a new one elsewhere.")
	case "DeadlineExceeded":
		p.add("deadline", toneError, orderCause, "Pod %s ran longer than its activeDeadlineSeconds allow", p.pod.Name).about(p.ref).
			with("pod", p.pod.Name).detail("%s", message).evidence("status", p.ref, reason+": "+message, time.Time{}).
			remedy("Raise activeDeadlineSeconds, or find out what takes so long.")
	case "":
		p.containers()
	default: // OutOfcpu, NodeAffinity, UnexpectedAdmissionError, …
		p.add("node-refused", toneError, orderCause, "Node %s refused pod %s: %s", p.pod.Spec.NodeName, p.pod.Name, reason).about(p.ref).
			with("pod", p.pod.Name, "node", p.pod.Spec.NodeName, "reason", reason).detail("%s", message).
			evidence("status", p.ref, reason+": "+message, time.Time{}).remedy("Delete the pod: a new one is scheduled anew.")
	}
}

// gates: everything runs, but somebody else's condition is missing.
func (p *podCase) gates() {
	for _, gate := range p.pod.Spec.ReadinessGates {
		if condition := podCondition(p.pod, gate.ConditionType); condition != nil && condition.Status == corev1.ConditionTrue {
			continue
		}
		p.add("dependency-gate", toneWarning, orderCause, "Pod %s waits for the readiness gate %s", p.pod.Name, gate.ConditionType).about(p.ref).
			with("pod", p.pod.Name, "gate", string(gate.ConditionType)).
			detail("Its containers are ready, but the condition %s is not True; another controller sets it.", gate.ConditionType).
			remedy("Look at the controller that sets this condition, for instance the one of the load balancer.")
	}
}

func podCondition(pod *corev1.Pod, kind corev1.PodConditionType) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == kind {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}
