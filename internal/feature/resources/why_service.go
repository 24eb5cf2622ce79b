package resources

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"kubemate.io/kubemate/internal/core/kube"
)

func (d *diagnosis) service(s *corev1.Service) {
	switch {
	case s.Spec.Type == corev1.ServiceTypeExternalName:
		d.healthy("Service %s is another name for %s", s.Name, s.Spec.ExternalName)
		return
	case len(s.Spec.Selector) == 0:
		d.serviceWithoutSelector(s)
		return
	}
	d.serviceBackends(s)
	if s.Spec.Type == corev1.ServiceTypeLoadBalancer && len(s.Status.LoadBalancer.Ingress) == 0 {
		d.add("dependency-load-balancer", toneWarning, orderCause, "Service %s has no outside address yet", s.Name).
			detail("A load balancer controller must give it one; without such a controller it waits for ever.").
			event(d.r.lastEvent(d.obj, "SyncLoadBalancerFailed", "EnsuringLoadBalancer", "AllocationFailed")).
			remedy("See whether the cluster has a load balancer controller, or use a NodePort or an Ingress.")
	}
}

func (d *diagnosis) serviceWithoutSelector(s *corev1.Service) {
	ready := 0
	for _, o := range d.r.list("endpointslices.discovery.k8s.io", s.Namespace, labels.SelectorFromSet(labels.Set{"kubernetes.io/service-name": s.Name})) {
		list, _, _ := unstructured.NestedSlice(o.Object, "endpoints")
		ready += len(list)
	}
	if ready > 0 {
		d.healthy("Service %s leads to %d addresses that were entered by hand", s.Name, ready)
		return
	}
	d.add("service-no-pods", toneError, orderCause, "Service %s has no selector and no endpoints", s.Name).
		detail("Without a selector somebody must enter its EndpointSlices by hand, and nobody has.").
		remedy("Add a selector, or make an EndpointSlice with the label kubernetes.io/service-name=" + s.Name + ".")
}

// serviceBackends explains a Service by the pods that it selects.
func (d *diagnosis) serviceBackends(s *corev1.Service) {
	all := d.r.list("pods", s.Namespace, nil)
	selector := labels.SelectorFromSet(s.Spec.Selector)
	var chosen []*unstructured.Unstructured
	for _, o := range all {
		if phase, _, _ := unstructured.NestedString(o.Object, "status", "phase"); phase != "Succeeded" && phase != "Failed" && selector.Matches(labels.Set(o.GetLabels())) {
			chosen = append(chosen, o)
		}
	}
	if len(chosen) == 0 {
		d.noPods(s, all)
		return
	}
	ready := 0
	for _, o := range chosen {
		if pod, err := as[corev1.Pod](o); err == nil && servesTraffic(pod) {
			ready++
			d.targetPorts(s, pod)
		}
	}
	switch {
	case ready == 0:
		d.pods(chosen)
		d.add("service-not-ready", toneError, orderSymptom, "None of the %d pods of service %s is ready", len(chosen), s.Name).
			with("pods", strconv.Itoa(len(chosen))).detail("A Service sends traffic only to pods that are ready, so calls to it fail.").
			evidence("endpoints", nil, fmt.Sprintf("0 of %d endpoints are ready", len(chosen)), d.r.now)
		d.headline = fmt.Sprintf("Service %s has no ready pods: %s", s.Name, d.causes[0].Title)
	case ready < len(chosen):
		d.pods(chosen)
		d.headline = fmt.Sprintf("Service %s works, with %d of %d pods", s.Name, ready, len(chosen))
		for _, c := range d.causes {
			if c.Tone == toneError && c.Code != "service-port" {
				c.Tone = toneWarning
			}
		}
	case len(d.causes) == 0:
		d.healthy("Service %s leads to %d ready pods", s.Name, ready)
	}
}

// noPods: the selector matches nothing; near misses are shown.
func (d *diagnosis) noPods(s *corev1.Service, all []*unstructured.Unstructured) {
	var pairs []string
	for _, k := range sortedKeys(s.Spec.Selector) {
		pairs = append(pairs, k+"="+s.Spec.Selector[k])
	}
	c := d.add("service-no-pods", toneError, orderCause, "Service %s selects no pods", s.Name).
		with("selector", strings.Join(pairs, ",")).detail("No pod of namespace %s has the labels %s.", s.Namespace, strings.Join(pairs, ", ")).
		evidence("spec", nil, "selector "+strings.Join(pairs, ", "), time.Time{}).
		remedy("See whether the workload behind it is scaled to zero or was removed.", "Compare the selector with the labels of the pods.")
	for _, near := range nearPods(s.Spec.Selector, all) {
		c.evidence("spec", near.ref(d.r), near.text, time.Time{})
	}
}

type nearPod struct {
	obj  *unstructured.Unstructured
	text string
}

func (n nearPod) ref(r *reader) *kube.Ref {
	ref := r.ref(n.obj)
	return &ref
}

// nearPods finds pods that have some of the labels, or the keys with other values.
func nearPods(selector map[string]string, all []*unstructured.Unstructured) []nearPod {
	const most = 3
	var out []nearPod
	for _, o := range all {
		have := o.GetLabels()
		for _, k := range sortedKeys(selector) {
			if v, ok := have[k]; ok && v != selector[k] && len(out) < most {
				out = append(out, nearPod{o, fmt.Sprintf("pod %s has %s=%s, not %s", o.GetName(), k, v, selector[k])})
				break
			}
		}
	}
	return out
}

// targetPorts finds ports of the Service that a pod does not offer under the name given.
func (d *diagnosis) targetPorts(s *corev1.Service, pod *corev1.Pod) {
	for _, port := range s.Spec.Ports {
		if port.TargetPort.Type != intstr.String || hasPort(pod, port.TargetPort.StrVal) {
			continue
		}
		name := port.TargetPort.StrVal
		for _, c := range d.causes {
			if c.Code == "service-port" && c.Params["port"] == name {
				return
			}
		}
		d.add("service-port", toneError, orderCause, "Service %s sends to a port named %s, which its pods do not have", s.Name, name).
			with("port", name, "pod", pod.Name).
			detail("No container of pod %s has a port of that name, so this port of the Service leads nowhere.", pod.Name).
			evidence("spec", nil, fmt.Sprintf("port %d, targetPort %s", port.Port, name), time.Time{}).
			remedy("Name the container's port " + name + ", or write its number as targetPort.")
	}
}

func hasPort(pod *corev1.Pod, name string) bool {
	for _, c := range append(append([]corev1.Container{}, pod.Spec.Containers...), pod.Spec.InitContainers...) {
		for _, p := range c.Ports {
			if p.Name == name {
				return true
			}
		}
	}
	return false
}
