package fleet

import (
	"sort"
	"strconv"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func configMapFields() []field {
	return []field{
		count("data", "Data", func(c *corev1.ConfigMap) int64 { return int64(len(c.Data) + len(c.BinaryData)) }),
		list("keys", "Keys", func(c *corev1.ConfigMap) []string {
			return append(sortedKeys(c.Data), sortedKeys(c.BinaryData)...)
		}, wide),
		text("immutable", "Immutable", func(c *corev1.ConfigMap) string { return yes(c.Immutable != nil && *c.Immutable) }, wide),
	}
}

// trimConfigMap leaves the metadata: values can be large, and are read when looked at.
func trimConfigMap(o metav1.Object) {
	if c, ok := o.(*corev1.ConfigMap); ok {
		c.Data, c.BinaryData = nil, nil
		delete(c.Annotations, corev1.LastAppliedConfigAnnotation)
	}
}

// secretFields are taken from the cells that the API server prints: Secrets come as a
// Table, so that no value ever reaches this process.
func secretFields() []field {
	return []field{
		of("type", TypeText, "Type", func(o *printed) value { return textValue(o.cell("Type")) }, facet),
		of("data", TypeNumber, "Data", func(o *printed) value { return intValue(number64(o.cell("Data"))) }),
	}
}

func serviceAccountFields() []field {
	return []field{
		count("secrets", "Secrets", func(s *corev1.ServiceAccount) int64 { return int64(len(s.Secrets)) }),
		list("imagePullSecrets", "Image pull secrets", func(s *corev1.ServiceAccount) []string {
			out := make([]string, len(s.ImagePullSecrets))
			for i, r := range s.ImagePullSecrets {
				out[i] = r.Name
			}
			return out
		}, wide),
	}
}

func resourceQuotaFields() []field {
	return []field{
		list("used", "Used / hard", func(q *corev1.ResourceQuota) []string {
			var out []string
			for name, hard := range q.Status.Hard {
				used := q.Status.Used[name]
				out = append(out, string(name)+": "+used.String()+"/"+hard.String())
			}
			sort.Strings(out)
			return out
		}),
		of("fullest", TypeNumber, "Fullest (%)", quotaFullest),
	}
}

// quotaFullest is the share in percent of the resource that is nearest to its limit.
func quotaFullest(q *corev1.ResourceQuota) value {
	most := -1.0
	for name, hard := range q.Status.Hard {
		used := q.Status.Used[name]
		most = max(most, share(used, hard))
	}
	if most < 0 {
		return noValue()
	}
	return intValue(int64(most * 100))
}

func share(used, hard resource.Quantity) float64 {
	if hard.IsZero() {
		if used.IsZero() {
			return 0
		}
		return 1
	}
	return used.AsApproximateFloat64() / hard.AsApproximateFloat64()
}

func limitRangeFields() []field {
	return []field{list("types", "Types", func(l *corev1.LimitRange) []string {
		out := make([]string, len(l.Spec.Limits))
		for i := range l.Spec.Limits {
			out[i] = string(l.Spec.Limits[i].Type)
		}
		return out
	})}
}

func disruptionBudgetFields() []field {
	return []field{
		status(func(b *policyv1.PodDisruptionBudget) (tone, text string) {
			switch {
			case b.Status.ExpectedPods == 0:
				return toneNeutral, "No pods"
			case b.Status.CurrentHealthy < b.Status.DesiredHealthy:
				return toneError, "Too few healthy"
			case b.Status.DisruptionsAllowed == 0:
				return toneWarning, "Blocking"
			}
			return toneOK, "Allowing"
		}),
		text("minAvailable", "Min available", func(b *policyv1.PodDisruptionBudget) string {
			if b.Spec.MinAvailable == nil {
				return ""
			}
			return b.Spec.MinAvailable.String()
		}),
		text("maxUnavailable", "Max unavailable", func(b *policyv1.PodDisruptionBudget) string {
			if b.Spec.MaxUnavailable == nil {
				return ""
			}
			return b.Spec.MaxUnavailable.String()
		}),
		count("allowed", "Disruptions allowed", func(b *policyv1.PodDisruptionBudget) int64 {
			return int64(b.Status.DisruptionsAllowed)
		}),
		of("healthy", TypeFraction, "Healthy", func(b *policyv1.PodDisruptionBudget) value {
			return fractionValue(b.Status.CurrentHealthy, b.Status.ExpectedPods)
		}),
	}
}

func autoscalerFields() []field {
	return []field{
		status(autoscalerStatus),
		text("reference", "Reference", func(h *autoscalingv2.HorizontalPodAutoscaler) string {
			return h.Spec.ScaleTargetRef.Kind + "/" + h.Spec.ScaleTargetRef.Name
		}),
		list("targets", "Targets", autoscalerTargets),
		count("min", "Min", func(h *autoscalingv2.HorizontalPodAutoscaler) int64 { return int64(wanted(h.Spec.MinReplicas)) }),
		count("max", "Max", func(h *autoscalingv2.HorizontalPodAutoscaler) int64 { return int64(h.Spec.MaxReplicas) }),
		count("replicas", "Replicas", func(h *autoscalingv2.HorizontalPodAutoscaler) int64 { return int64(h.Status.CurrentReplicas) }),
	}
}

func autoscalerStatus(h *autoscalingv2.HorizontalPodAutoscaler) (tone, text string) {
	limited := false
	for _, c := range h.Status.Conditions {
		switch {
		case c.Type == autoscalingv2.AbleToScale && c.Status == corev1.ConditionFalse,
			c.Type == autoscalingv2.ScalingActive && c.Status == corev1.ConditionFalse:
			return toneWarning, c.Reason
		case c.Type == autoscalingv2.ScalingLimited && c.Status == corev1.ConditionTrue:
			limited = true
		}
	}
	switch {
	case h.Status.CurrentReplicas != h.Status.DesiredReplicas:
		return toneProgress, "Scaling"
	case limited && h.Status.DesiredReplicas == h.Spec.MaxReplicas:
		return toneWarning, "At maximum"
	}
	return toneOK, "Active"
}

// autoscalerTargets prints "cpu: 40%/80%" per resource metric, the name for the others.
func autoscalerTargets(h *autoscalingv2.HorizontalPodAutoscaler) []string {
	now := map[string]string{}
	for _, m := range h.Status.CurrentMetrics {
		if m.Resource != nil && m.Resource.Current.AverageUtilization != nil {
			now[string(m.Resource.Name)] = strconv.Itoa(int(*m.Resource.Current.AverageUtilization)) + "%"
		}
	}
	var out []string
	for _, m := range h.Spec.Metrics {
		if m.Resource == nil || m.Resource.Target.AverageUtilization == nil {
			out = append(out, strings.ToLower(string(m.Type)))
			continue
		}
		current := now[string(m.Resource.Name)]
		if current == "" {
			current = "?"
		}
		out = append(out, string(m.Resource.Name)+": "+current+"/"+strconv.Itoa(int(*m.Resource.Target.AverageUtilization))+"%")
	}
	return out
}

func leaseFields() []field {
	return []field{text("holder", "Holder", func(l *coordinationv1.Lease) string {
		if l.Spec.HolderIdentity == nil {
			return ""
		}
		return *l.Spec.HolderIdentity
	})}
}

func priorityClassFields() []field {
	return []field{
		count("value", "Value", func(p *schedulingv1.PriorityClass) int64 { return int64(p.Value) }),
		text("default", "Default", func(p *schedulingv1.PriorityClass) string { return yes(p.GlobalDefault) }),
	}
}
