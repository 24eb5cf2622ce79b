package fleet

import (
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const rolePrefix = "node-role.kubernetes.io/"

func nodeFields() []field {
	capacity := func(name corev1.ResourceName) func(n *corev1.Node) value {
		return func(n *corev1.Node) value { return plainValue(amount(n.Status.Allocatable[name], name)) }
	}
	return []field{
		status(nodeStatus),
		list("roles", "Roles", nodeRoles),
		text("version", "Version", func(n *corev1.Node) string { return n.Status.NodeInfo.KubeletVersion }, facet),
		derived("cpu", TypeCPU, "CPU used"),
		derived("memory", TypeBytes, "Memory used"),
		derived("cpuRequested", TypeCPU, "CPU requested", needs("pods")),
		derived("memoryRequested", TypeBytes, "Memory requested", needs("pods")),
		of("cpuAllocatable", TypeCPU, "CPU allocatable", capacity(corev1.ResourceCPU)),
		of("memoryAllocatable", TypeBytes, "Memory allocatable", capacity(corev1.ResourceMemory)),
		derived("pods", TypeNumber, "Pods", needs("pods")),
		of("podsAllocatable", TypeNumber, "Pods allocatable", func(n *corev1.Node) value {
			return intValue(n.Status.Allocatable.Pods().Value())
		}, wide),
		text("ip", "Internal IP", func(n *corev1.Node) string { return address(n, corev1.NodeInternalIP) }, wide),
		text("externalIP", "External IP", func(n *corev1.Node) string { return address(n, corev1.NodeExternalIP) }, wide),
		text("os", "OS image", func(n *corev1.Node) string { return n.Status.NodeInfo.OSImage }, wide),
		text("kernel", "Kernel", func(n *corev1.Node) string { return n.Status.NodeInfo.KernelVersion }, wide),
		text("runtime", "Container runtime", func(n *corev1.Node) string { return n.Status.NodeInfo.ContainerRuntimeVersion }, wide),
		text("architecture", "Architecture", func(n *corev1.Node) string { return n.Status.NodeInfo.Architecture }, wide),
		list("taints", "Taints", nodeTaints, wide),
		text("zone", "Zone", func(n *corev1.Node) string { return n.Labels[corev1.LabelTopologyZone] }, wide),
		text("simulated", "Simulated", simulated, wide),
	}
}

// simulated is "yes" for nodes that kwok plays.
func simulated(n *corev1.Node) string {
	if n.Annotations["kwok.x-k8s.io/node"] != "" {
		return "yes"
	}
	return ""
}

func nodeStatus(n *corev1.Node) (tone, text string) {
	words := []string{}
	tone = toneOK
	switch readiness(n) {
	case corev1.ConditionTrue:
		words = append(words, "Ready")
	case corev1.ConditionFalse:
		words, tone = append(words, "NotReady"), toneError
	default:
		words, tone = append(words, "Unknown"), toneError
	}
	for i := range n.Status.Conditions {
		c := &n.Status.Conditions[i]
		if strings.HasSuffix(string(c.Type), "Pressure") && c.Status == corev1.ConditionTrue {
			words = append(words, string(c.Type))
			if tone == toneOK {
				tone = toneWarning
			}
		}
	}
	if n.Spec.Unschedulable {
		words = append(words, "SchedulingDisabled")
		if tone == toneOK {
			tone = toneWarning
		}
	}
	return tone, strings.Join(words, ",")
}

func readiness(n *corev1.Node) corev1.ConditionStatus {
	for i := range n.Status.Conditions {
		if n.Status.Conditions[i].Type == corev1.NodeReady {
			return n.Status.Conditions[i].Status
		}
	}
	return corev1.ConditionUnknown
}

func nodeRoles(n *corev1.Node) []string {
	var roles []string
	for k, v := range n.Labels {
		if role, ok := strings.CutPrefix(k, rolePrefix); ok && role != "" {
			roles = append(roles, role)
		} else if k == "kubernetes.io/role" && v != "" {
			roles = append(roles, v)
		}
	}
	sort.Strings(roles)
	return roles
}

func nodeTaints(n *corev1.Node) []string {
	out := make([]string, len(n.Spec.Taints))
	for i := range n.Spec.Taints {
		out[i] = n.Spec.Taints[i].ToString()
	}
	return out
}

func address(n *corev1.Node, t corev1.NodeAddressType) string {
	for _, a := range n.Status.Addresses {
		if a.Type == t {
			return a.Address
		}
	}
	return ""
}

func namespaceFields() []field {
	return []field{
		status(func(n *corev1.Namespace) (tone, text string) {
			if n.Status.Phase == corev1.NamespaceTerminating {
				return toneProgress, "Terminating"
			}
			return toneOK, "Active"
		}),
		derived("pods", TypeNumber, "Pods", needs("pods")),
		derived("cpu", TypeCPU, "CPU used", needs("pods")),
		derived("memory", TypeBytes, "Memory used", needs("pods")),
		text("podSecurity", "Pod Security", func(n *corev1.Namespace) string {
			return n.Labels["pod-security.kubernetes.io/enforce"]
		}, wide),
	}
}
