package resources

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// tooBig compares what the pod asks for with what the nodes have.
func (p *podCase) tooBig(say func(code, what string) *cause, name, nodes string) *cause {
	kind := corev1.ResourceName(name)
	asked := podRequest(&p.pod.Spec, kind)
	c := say("unschedulable-resources", fmt.Sprintf("not enough %s on %s", name, nodes)).
		with("resource", name, "requested", asked.String()).
		detail("It asks for %s %s, and no node has that much left.", asked.String(), name).
		remedy("Ask for less in resources.requests, or add a node.", "Remove or shrink what holds the room now.")
	if asked.IsZero() {
		c.Detail = fmt.Sprintf("No node has %s left.", name)
	}
	biggest, free := p.r.room(kind)
	if biggest == nil {
		return c
	}
	c.with("largest", biggest.String()).evidence("node", nil, fmt.Sprintf("the largest node offers %s %s", biggest.String(), name), p.r.now)
	if asked.Cmp(*biggest) > 0 {
		c.detail("It asks for %s %s, but even the largest node offers only %s to pods.", asked.String(), name, biggest.String())
		c.Remedy = []string{"Ask for less in resources.requests, or add a larger node."}
	} else if free != nil {
		c.with("free", free.String()).
			detail("It asks for %s %s; the node with the most room has %s left.", asked.String(), name, free.String())
	}
	return c
}

// room gives the largest node's allocatable amount and the most that is free on one node;
// nil for what can't be seen.
func (r *reader) room(kind corev1.ResourceName) (biggest, free *resource.Quantity) {
	nodes := listAs[corev1.Node](r, "nodes", "", nil)
	used := map[string]*resource.Quantity{}
	pods := r.list("pods", "", nil)
	_, blind := r.unseen["pods"]
	for _, o := range pods {
		pod, err := as[corev1.Pod](o)
		if err != nil || pod.Spec.NodeName == "" || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			continue
		}
		if used[pod.Spec.NodeName] == nil {
			used[pod.Spec.NodeName] = &resource.Quantity{}
		}
		used[pod.Spec.NodeName].Add(podRequest(&pod.Spec, kind))
	}
	for _, n := range nodes {
		if n.Spec.Unschedulable || !nodeReady(n) {
			continue
		}
		has := n.Status.Allocatable[kind]
		if biggest == nil || has.Cmp(*biggest) > 0 {
			biggest = &has
		}
		left := has.DeepCopy()
		if u := used[n.Name]; u != nil {
			left.Sub(*u)
		}
		if free == nil || left.Cmp(*free) > 0 {
			free = &left
		}
	}
	if blind {
		free = nil
	}
	return biggest, free
}

// podRequest is what the scheduler counts for a pod: the larger of all containers together
// (sidecars included) and of the greediest init container, plus overhead.
func podRequest(spec *corev1.PodSpec, kind corev1.ResourceName) resource.Quantity {
	sum, initial, sidecars := resource.Quantity{}, resource.Quantity{}, resource.Quantity{}
	for _, c := range spec.Containers {
		sum.Add(c.Resources.Requests[kind])
	}
	for _, c := range spec.InitContainers {
		need := c.Resources.Requests[kind]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars.Add(need)
			sum.Add(need)
			continue
		}
		need = need.DeepCopy()
		need.Add(sidecars)
		if need.Cmp(initial) > 0 {
			initial = need
		}
	}
	if initial.Cmp(sum) > 0 {
		sum = initial
	}
	sum.Add(spec.Overhead[kind])
	return sum
}
