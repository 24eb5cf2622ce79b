package fleet

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// request is what the scheduler reserves for a pod: the sum of its containers and sidecars,
// or the largest plain init container if that is more, plus the overhead. No request at all
// is no value. CPU in millicores, memory in bytes.
func request(p *corev1.Pod, name corev1.ResourceName) value {
	return demand(p, name, func(r *corev1.ResourceRequirements) corev1.ResourceList { return r.Requests })
}

// limit is the same for limits; a container without one leaves the pod unlimited: no value.
func limit(p *corev1.Pod, name corev1.ResourceName) value {
	for i := range p.Spec.Containers {
		if _, ok := p.Spec.Containers[i].Resources.Limits[name]; !ok {
			return noValue()
		}
	}
	return demand(p, name, func(r *corev1.ResourceRequirements) corev1.ResourceList { return r.Limits })
}

func demand(p *corev1.Pod, name corev1.ResourceName, of func(*corev1.ResourceRequirements) corev1.ResourceList) value {
	if p.Spec.Resources != nil {
		if q, ok := of(p.Spec.Resources)[name]; ok {
			return plainValue(amount(q, name))
		}
	}
	var sum, sidecars, largestInit int64
	for i := range p.Spec.Containers {
		sum += amount(of(&p.Spec.Containers[i].Resources)[name], name)
	}
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		n := amount(of(&c.Resources)[name], name)
		if restartable(c) {
			sidecars += n
			n = 0
		}
		largestInit = max(largestInit, sidecars+n)
	}
	total := max(sum+sidecars, largestInit)
	if total == 0 {
		return noValue()
	}
	return plainValue(total + amount(p.Spec.Overhead[name], name))
}

// amount gives millicores for CPU, else the plain number.
func amount(q resource.Quantity, name corev1.ResourceName) int64 {
	if name == corev1.ResourceCPU {
		return q.MilliValue()
	}
	return q.Value()
}
