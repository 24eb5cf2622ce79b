package resources

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// onNode: the node that runs the pod is not well.
func (p *podCase) onNode() {
	node, seen := findAs[corev1.Node](p.r, "nodes", "", p.pod.Spec.NodeName)
	switch {
	case node != nil && !nodeReady(node):
		p.nodeCause(node)
	case node == nil && seen:
		p.add("node-not-ready", toneError, orderRoot, "Node %s, where pod %s stands, does not exist any more", p.pod.Spec.NodeName, p.pod.Name).about(p.ref).
			with("node", p.pod.Spec.NodeName, "pod", p.pod.Name, "reason", "gone").
			detail("The pod is removed by the cluster after some minutes.").remedy("Delete the pod to have it made anew elsewhere at once.")
	}
}

// nodeReady says whether a node reports that it is well.
func nodeReady(node *corev1.Node) bool {
	c := nodeCondition(node, corev1.NodeReady)
	return c != nil && c.Status == corev1.ConditionTrue
}

func nodeCondition(node *corev1.Node, kind corev1.NodeConditionType) *corev1.NodeCondition {
	for i := range node.Status.Conditions {
		if node.Status.Conditions[i].Type == kind {
			return &node.Status.Conditions[i]
		}
	}
	return nil
}

// nodeCause explains why a node is not ready.
func (d *diagnosis) nodeCause(node *corev1.Node) {
	ref := d.r.refTo("nodes", "", node.Name)
	condition := nodeCondition(node, corev1.NodeReady)
	if condition == nil {
		d.add("node-not-ready", toneError, orderRoot, "Node %s has never reported that it is ready", node.Name).about(ref).
			with("node", node.Name, "reason", "never").detail("It is registered, but its kubelet has not sent a status.").
			remedy("Look at the kubelet on the node.")
		return
	}
	title, detail, remedy := "is not ready", condition.Message, "Look at the kubelet on the node."
	switch {
	case condition.Status == corev1.ConditionUnknown:
		title = "does not report any more"
		detail = fmt.Sprintf("Its kubelet was last heard of at %s. The machine is off, cut off, or its kubelet stands still.", condition.LastHeartbeatTime.UTC().Format(time.RFC3339))
		remedy = "See whether the machine runs and reaches the API server; then look at its kubelet."
	case strings.Contains(condition.Message, "cni"), strings.Contains(condition.Message, "NetworkPluginNotReady"), strings.Contains(condition.Message, "NetworkReady=false"):
		title = "is not ready: its network plugin is not"
		remedy = "Look at the network plugin: its configuration on the node and its pods."
	case strings.Contains(condition.Message, "container runtime"), strings.Contains(condition.Message, "PLEG"):
		title = "is not ready: its container runtime does not answer"
		remedy = "Look at the container runtime on the node."
	}
	d.add("node-not-ready", toneError, orderRoot, "Node %s %s", node.Name, title).about(ref).
		with("node", node.Name, "reason", condition.Reason).detail("%s", detail).
		evidence("condition", ref, "Ready is "+string(condition.Status)+": "+condition.Message, condition.LastTransitionTime.Time).
		remedy(remedy, "Drain it if it does not come back, so that its pods start elsewhere.")
}

// node examines the node that was asked about.
func (d *diagnosis) node(node *corev1.Node) {
	if !nodeReady(node) {
		d.nodeCause(node)
	}
	for _, pressure := range []struct {
		kind       corev1.NodeConditionType
		code, what string
		remedy     string
	}{
		{corev1.NodeMemoryPressure, "node-pressure-memory", "memory", "Move or shrink what uses most memory; pods beyond their requests are evicted first."},
		{corev1.NodeDiskPressure, "node-pressure-disk", "disk space", "Remove unused images and logs, or make the disk larger."},
		{corev1.NodePIDPressure, "node-pressure-pid", "process ids", "Find what starts so many processes."},
		{corev1.NodeNetworkUnavailable, "node-network", "network", "Look at the network plugin or the cloud's routes."},
	} {
		c := nodeCondition(node, pressure.kind)
		if c == nil || c.Status != corev1.ConditionTrue {
			continue
		}
		d.add(pressure.code, toneError, orderCause, "Node %s is short of %s", node.Name, pressure.what).about(d.r.refTo("nodes", "", node.Name)).
			with("node", node.Name).detail("%s", c.Message).
			evidence("condition", nil, c.Reason+": "+c.Message, c.LastTransitionTime.Time).remedy(pressure.remedy)
	}
	if node.Spec.Unschedulable {
		d.add("node-cordoned", toneWarning, orderNote, "Node %s is cordoned: no new pods come to it", node.Name).about(d.r.refTo("nodes", "", node.Name)).
			with("node", node.Name).detail("It was marked unschedulable, by cordon or drain.").remedy("Uncordon it when its maintenance is over.")
	}
	if len(d.causes) == 0 {
		d.healthy("Node %s is ready", node.Name)
	}
}

// evicted: the kubelet removed the pod to save its node.
func (p *podCase) evicted(message string) {
	resource, remedy := "a resource", "Read the message."
	switch lower := strings.ToLower(message); {
	case strings.Contains(lower, "ephemeral") || strings.Contains(lower, "disk") || strings.Contains(lower, "emptydir"):
		resource, remedy = "disk space", "Write less to the container's file system or emptyDir, or raise limits.ephemeral-storage."
	case strings.Contains(lower, "memory"):
		resource, remedy = "memory", "Raise resources.requests.memory to what it really uses: pods above their request go first."
	case strings.Contains(lower, "pid"):
		resource, remedy = "process ids", "Find what starts so many processes."
	}
	p.add("evicted", toneError, orderCause, "Pod %s was evicted from node %s, which was short of %s", p.pod.Name, p.pod.Spec.NodeName, resource).about(p.ref).
		with("pod", p.pod.Name, "node", p.pod.Spec.NodeName, "resource", resource).detail("%s", message).
		evidence("status", p.ref, "Evicted: "+message, time.Time{}).event(p.r.lastEvent(p.obj, "Evicted")).
		remedy(remedy, "The pod stays only as a record: its controller has made a new one.")
}
