package fleet

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func serviceFields() []field {
	return []field{
		text("type", "Type", func(s *corev1.Service) string { return string(s.Spec.Type) }, facet),
		text("clusterIP", "Cluster IP", func(s *corev1.Service) string { return s.Spec.ClusterIP }),
		list("externalIPs", "External IPs", serviceExternals),
		list("ports", "Ports", servicePorts),
		derived("endpoints", TypeFraction, "Endpoints", needs("endpointslices.discovery.k8s.io")),
		of("selector", TypeLabels, "Selector", func(s *corev1.Service) value { return labelsValue(s.Spec.Selector) }, wide),
		text("sessionAffinity", "Session affinity", func(s *corev1.Service) string { return string(s.Spec.SessionAffinity) }, wide),
	}
}

func serviceExternals(s *corev1.Service) []string {
	out := append([]string(nil), s.Spec.ExternalIPs...)
	for _, in := range s.Status.LoadBalancer.Ingress {
		if in.IP != "" {
			out = append(out, in.IP)
		} else if in.Hostname != "" {
			out = append(out, in.Hostname)
		}
	}
	if s.Spec.ExternalName != "" {
		out = append(out, s.Spec.ExternalName)
	}
	return out
}

// servicePorts prints "80:30080/TCP" as kubectl does.
func servicePorts(s *corev1.Service) []string {
	out := make([]string, len(s.Spec.Ports))
	for i, p := range s.Spec.Ports {
		port := strconv.Itoa(int(p.Port))
		if p.NodePort > 0 {
			port += ":" + strconv.Itoa(int(p.NodePort))
		}
		out[i] = port + "/" + string(p.Protocol)
	}
	return out
}

func endpointsFields() []field {
	//nolint:staticcheck // old clusters and tools still use Endpoints
	return []field{list("addresses", "Addresses", func(e *corev1.Endpoints) []string {
		var out []string
		for _, s := range e.Subsets {
			for _, a := range s.Addresses {
				out = append(out, a.IP)
			}
		}
		return out
	})}
}

func endpointSliceFields() []field {
	return []field{
		text("service", "Service", func(e *discoveryv1.EndpointSlice) string { return e.Labels[discoveryv1.LabelServiceName] }),
		text("addressType", "Address type", func(e *discoveryv1.EndpointSlice) string { return string(e.AddressType) }),
		of("ready", TypeFraction, "Ready", sliceReady),
		list("ports", "Ports", slicePorts),
		list("addresses", "Addresses", func(e *discoveryv1.EndpointSlice) []string {
			var out []string
			for i := range e.Endpoints {
				out = append(out, e.Endpoints[i].Addresses...)
			}
			return out
		}, wide),
	}
}

// sliceReady counts endpoints; an unset condition means ready.
func sliceReady(e *discoveryv1.EndpointSlice) value {
	var ready int32
	for i := range e.Endpoints {
		if r := e.Endpoints[i].Conditions.Ready; r == nil || *r {
			ready++
		}
	}
	return fractionValue(ready, int32(len(e.Endpoints))) //nolint:gosec // at most 1,000
}

func slicePorts(e *discoveryv1.EndpointSlice) []string {
	var out []string
	for _, p := range e.Ports {
		if p.Port != nil {
			out = append(out, strconv.Itoa(int(*p.Port)))
		}
	}
	return out
}

func ingressFields() []field {
	return []field{
		text("class", "Class", ingressClassOf),
		list("hosts", "Hosts", ingressHosts),
		list("addresses", "Addresses", func(i *networkingv1.Ingress) []string {
			var out []string
			for _, in := range i.Status.LoadBalancer.Ingress {
				out = append(out, in.IP+in.Hostname)
			}
			return out
		}),
		text("ports", "Ports", func(i *networkingv1.Ingress) string {
			if len(i.Spec.TLS) > 0 {
				return "80, 443"
			}
			return "80"
		}),
		list("backends", "Backends", ingressBackends, wide),
	}
}

func ingressClassOf(i *networkingv1.Ingress) string {
	if i.Spec.IngressClassName != nil {
		return *i.Spec.IngressClassName
	}
	return i.Annotations["kubernetes.io/ingress.class"]
}

func ingressHosts(i *networkingv1.Ingress) []string {
	out := make([]string, 0, len(i.Spec.Rules))
	for _, r := range i.Spec.Rules {
		host := r.Host
		if host == "" {
			host = "*"
		}
		out = append(out, host)
	}
	return out
}

func ingressBackends(i *networkingv1.Ingress) []string {
	var out []string
	add := func(b *networkingv1.IngressBackend) {
		if b == nil || b.Service == nil {
			return
		}
		port := b.Service.Port.Name
		if b.Service.Port.Number != 0 {
			port = strconv.Itoa(int(b.Service.Port.Number))
		}
		out = append(out, b.Service.Name+":"+port)
	}
	add(i.Spec.DefaultBackend)
	for _, r := range i.Spec.Rules {
		if r.HTTP == nil {
			continue
		}
		for p := range r.HTTP.Paths {
			add(&r.HTTP.Paths[p].Backend)
		}
	}
	return out
}

func ingressClassFields() []field {
	return []field{
		text("controller", "Controller", func(c *networkingv1.IngressClass) string { return c.Spec.Controller }),
		text("default", "Default", func(c *networkingv1.IngressClass) string {
			return yes(c.Annotations[networkingv1.AnnotationIsDefaultIngressClass] == "true")
		}),
	}
}

func networkPolicyFields() []field {
	return []field{
		text("podSelector", "Pod selector", func(p *networkingv1.NetworkPolicy) string {
			return metav1.FormatLabelSelector(&p.Spec.PodSelector)
		}),
		list("policyTypes", "Policy types", func(p *networkingv1.NetworkPolicy) []string {
			out := make([]string, len(p.Spec.PolicyTypes))
			for i, t := range p.Spec.PolicyTypes {
				out[i] = string(t)
			}
			return out
		}),
		text("rules", "Rules", func(p *networkingv1.NetworkPolicy) string {
			return strings.TrimSpace(fmt.Sprintf("%d in, %d out", len(p.Spec.Ingress), len(p.Spec.Egress)))
		}, wide),
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
