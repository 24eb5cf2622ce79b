package resources

import (
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"kubemate.io/kubemate/internal/core/kube"
)

var (
	quotaExceeded = regexp.MustCompile(`exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+)$`)
	quotaDemands  = regexp.MustCompile(`failed quota: ([^:]+): must specify (.+)$`)
	limitRange    = regexp.MustCompile(`(maximum|minimum) (\S+) (?:usage|limit|request)?.*?per (Container|Pod) is ([^,\]]+)|max limit to request ratio`)
	webhookSaid   = regexp.MustCompile(`admission webhook "([^"]+)" denied the request: ?(.*)`)
	webhookFailed = regexp.MustCompile(`failed calling webhook "([^"]+)"`)
	noAccount     = regexp.MustCompile(`serviceaccount "([^"]+)" not found`)
	policySaid    = regexp.MustCompile(`ValidatingAdmissionPolicy '([^']+)'.*denied request: (.*)`)
)

// createFailure explains why a controller's pods are refused by the API server.
func (d *diagnosis) createFailure(message, source string, ref *kube.Ref, at time.Time) {
	var c *cause
	namespace := d.obj.GetNamespace()
	title := func(code, format string, args ...any) *cause {
		return d.add(code, toneError, orderRoot, format, args...)
	}
	if m := quotaExceeded.FindStringSubmatch(message); m != nil {
		c = title("quota", "No more pods: the quota %s of namespace %s is used up", m[1], namespace).
			about(d.r.refTo("resourcequotas", namespace, m[1])).
			with("quota", m[1], "requested", m[2], "used", m[3], "limited", m[4]).
			detail("A new pod asks for %s; %s is used of %s.", m[2], m[3], m[4]).
			remedy("Ask for less, or remove something in the namespace.", "Have the ResourceQuota "+m[1]+" raised.")
		d.quotaEvidence(c, m[1])
	} else if m := quotaDemands.FindStringSubmatch(message); m != nil {
		c = title("quota", "The quota %s of namespace %s demands that pods state their needs", m[1], namespace).
			about(d.r.refTo("resourcequotas", namespace, m[1])).with("quota", m[1], "missing", m[2]).
			detail("Every container must specify %s.", m[2]).
			remedy("Set these in resources of every container, or have a LimitRange with defaults made.")
	} else if m := limitRange.FindStringSubmatch(message); m != nil {
		c = title("limit-range", "The pods ask for amounts that a LimitRange of namespace %s does not allow", namespace).
			with("message", tail(message)).detail("%s", tail(message)).remedy("Set resources within the limits of the LimitRange.")
	} else if strings.Contains(message, "violates PodSecurity") {
		_, rest, _ := strings.Cut(message, "violates PodSecurity ")
		c = title("admission", "The pods violate the Pod Security level of namespace %s", namespace).
			about(d.r.refTo("namespaces", "", namespace)).with("policy", "PodSecurity").
			detail("%s", rest).remedy("Change the security context as the message says.", "Or have the level of the namespace changed.")
	} else if m := webhookSaid.FindStringSubmatch(message); m != nil {
		c = title("admission", "An admission rule refuses the pods: %s", orDefault(m[2], m[1])).with("policy", m[1]).
			detail("The admission webhook %s said no.", m[1]).remedy("Change the pod template as the rule asks.")
	} else if m := policySaid.FindStringSubmatch(message); m != nil {
		c = title("admission", "An admission rule refuses the pods: %s", m[2]).with("policy", m[1]).
			detail("The ValidatingAdmissionPolicy %s said no.", m[1]).remedy("Change the pod template as the rule asks.")
	} else if m := webhookFailed.FindStringSubmatch(message); m != nil {
		c = title("dependency-webhook", "The admission webhook %s does not answer, so no pods can be made", m[1]).with("webhook", m[1]).
			detail("%s", tail(message)).remedy("Look at the pods and the Service behind this webhook.")
	} else if m := noAccount.FindStringSubmatch(message); m != nil {
		c = title("dependency-serviceaccount", "The service account %s does not exist in namespace %s", m[1], namespace).
			about(d.r.refTo("serviceaccounts", namespace, m[1])).with("serviceaccount", m[1], "namespace", namespace).
			detail("The pods are to run under it.").remedy("Create the service account, or correct serviceAccountName.")
	} else {
		c = title("create-failed", "The API server refuses the pods").with("message", tail(message)).
			detail("%s", tail(message)).remedy("Correct the pod template as the message says.")
	}
	c.evidence(source, ref, message, at)
}

// tail takes what stands before the last reason off a message of a controller.
func tail(message string) string {
	if _, rest, ok := strings.Cut(message, " is forbidden: "); ok {
		return rest
	}
	if _, rest, ok := strings.Cut(message, "Error creating: "); ok {
		return rest
	}
	return message
}

// quotaEvidence shows how full a quota is now.
func (d *diagnosis) quotaEvidence(c *cause, name string) {
	quota, _ := findAs[corev1.ResourceQuota](d.r, "resourcequotas", d.obj.GetNamespace(), name)
	if quota == nil {
		return
	}
	for _, k := range sortedKeys(quota.Status.Hard) {
		hard, used := quota.Status.Hard[k], quota.Status.Used[k]
		if used.Cmp(hard) >= 0 {
			c.evidence("quota", d.r.refTo("resourcequotas", d.obj.GetNamespace(), name),
				string(k)+": "+used.String()+" of "+hard.String()+" used", d.r.now)
		}
	}
}
