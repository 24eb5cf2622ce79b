package addons

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// podProblem says why the first pod of a workload that isn't ready is not, as far
// as its status tells; "" where it tells nothing.
func (m *Manager) podProblem(ctx context.Context, workload *unstructured.Unstructured) string {
	selector, found, err := unstructured.NestedMap(workload.Object, "spec", "selector")
	if err != nil || !found {
		return ""
	}
	var labels metav1.LabelSelector
	if runtime.DefaultUnstructuredConverter.FromUnstructured(selector, &labels) != nil {
		return ""
	}
	pods, err := m.client.Resource(corev1.SchemeGroupVersion.WithResource("pods")).Namespace(workload.GetNamespace()).
		List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(&labels), Limit: 50})
	if err != nil {
		return ""
	}
	for _, item := range pods.Items {
		var pod corev1.Pod
		if runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, &pod) != nil {
			continue
		}
		if reason := waitingReason(&pod); reason != "" {
			return "pod " + pod.Name + ": " + reason
		}
	}
	return ""
}

func waitingReason(pod *corev1.Pod) string {
	for _, c := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		if w := c.State.Waiting; w != nil && w.Reason != "ContainerCreating" && w.Reason != "PodInitializing" {
			return joinReason(w.Reason, w.Message)
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return joinReason(c.Reason, c.Message)
		}
	}
	return ""
}

func joinReason(reason, message string) string {
	if message == "" {
		return reason
	}
	return reason + ": " + message
}
