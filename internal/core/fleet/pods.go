package fleet

import (
	corev1 "k8s.io/api/core/v1"
)

func podFields() []field {
	return []field{
		status(podStatus),
		of("ready", TypeFraction, "Ready", podReady),
		count("restarts", "Restarts", podRestarts),
		text("node", "Node", func(p *corev1.Pod) string { return p.Spec.NodeName }),
		text("ip", "IP", func(p *corev1.Pod) string { return p.Status.PodIP }, wide),
		derived("cpu", TypeCPU, "CPU"),
		derived("memory", TypeBytes, "Memory"),
		of("lastRestart", TypeTime, "Last restart", podLastRestart, wide),
		of("cpuRequest", TypeCPU, "CPU requested", func(p *corev1.Pod) value { return request(p, corev1.ResourceCPU) }, wide),
		of("memoryRequest", TypeBytes, "Memory requested", func(p *corev1.Pod) value { return request(p, corev1.ResourceMemory) }, wide),
		of("cpuLimit", TypeCPU, "CPU limit", func(p *corev1.Pod) value { return limit(p, corev1.ResourceCPU) }, wide),
		of("memoryLimit", TypeBytes, "Memory limit", func(p *corev1.Pod) value { return limit(p, corev1.ResourceMemory) }, wide),
		text("phase", "Phase", func(p *corev1.Pod) string { return string(p.Status.Phase) }, wide),
		text("qos", "QoS", func(p *corev1.Pod) string { return string(p.Status.QOSClass) }, wide),
		text("serviceAccount", "Service account", func(p *corev1.Pod) string { return p.Spec.ServiceAccountName }, wide),
		text("priorityClass", "Priority class", func(p *corev1.Pod) string { return p.Spec.PriorityClassName }, wide),
		list("containers", "Containers", podContainers, wide),
		list("images", "Images", podImages, wide),
		text("nominatedNode", "Nominated node", func(p *corev1.Pod) string { return p.Status.NominatedNodeName }, wide),
	}
}

// podReady counts ready containers, restartable init containers ("sidecars") included.
func podReady(p *corev1.Pod) value {
	ready, total := 0, len(p.Spec.Containers)
	for i := range p.Status.ContainerStatuses {
		if p.Status.ContainerStatuses[i].Ready {
			ready++
		}
	}
	for i := range p.Spec.InitContainers {
		if !restartable(&p.Spec.InitContainers[i]) {
			continue
		}
		total++
		if s := findStatus(p.Status.InitContainerStatuses, p.Spec.InitContainers[i].Name); s != nil && s.Ready {
			ready++
		}
	}
	return fractionValue(int32(ready), int32(total)) //nolint:gosec // a pod has few containers
}

func podRestarts(p *corev1.Pod) int64 {
	var n int64
	for i := range p.Status.ContainerStatuses {
		n += int64(p.Status.ContainerStatuses[i].RestartCount)
	}
	for i := range p.Status.InitContainerStatuses {
		n += int64(p.Status.InitContainerStatuses[i].RestartCount)
	}
	return n
}

func podLastRestart(p *corev1.Pod) value {
	latest := noValue()
	for i := range p.Status.ContainerStatuses {
		t := p.Status.ContainerStatuses[i].LastTerminationState.Terminated
		if t != nil && timeValue(t.FinishedAt).n > latest.n {
			latest = timeValue(t.FinishedAt)
		}
	}
	return latest
}

func podContainers(p *corev1.Pod) []string {
	names := make([]string, len(p.Spec.Containers))
	for i := range p.Spec.Containers {
		names[i] = p.Spec.Containers[i].Name
	}
	return names
}

func podImages(p *corev1.Pod) []string { return images(&p.Spec) }

func images(spec *corev1.PodSpec) []string {
	out := make([]string, len(spec.Containers))
	for i := range spec.Containers {
		out[i] = spec.Containers[i].Image
	}
	return out
}

func restartable(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

func findStatus(statuses []corev1.ContainerStatus, name string) *corev1.ContainerStatus {
	for i := range statuses {
		if statuses[i].Name == name {
			return &statuses[i]
		}
	}
	return nil
}
