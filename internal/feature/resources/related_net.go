package resources

import (
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// ofService relates a Service to its pods, endpoints and ingresses.
func (g *relations) ofService(obj *unstructured.Unstructured) {
	selector, _, _ := unstructured.NestedStringMap(obj.Object, "spec", "selector")
	if len(selector) > 0 {
		match := labels.SelectorFromSet(selector)
		g.matching("pods", "pods", obj.GetNamespace(), func(o *unstructured.Unstructured) bool {
			return match.Matches(labels.Set(o.GetLabels()))
		})
	}
	g.matching("endpoints", "endpointslices.discovery.k8s.io", obj.GetNamespace(), func(o *unstructured.Unstructured) bool {
		return o.GetLabels()["kubernetes.io/service-name"] == obj.GetName()
	})
	g.ingressesOf(obj)
}

// ingressesOf adds the ingresses that lead to a Service.
func (g *relations) ingressesOf(service *unstructured.Unstructured) {
	g.matching("ingresses", "ingresses.networking.k8s.io", service.GetNamespace(), func(o *unstructured.Unstructured) bool {
		ingress, err := as[networkingv1.Ingress](o)
		if err != nil {
			return false
		}
		for _, b := range backendsOf(ingress) {
			if b.Service != nil && b.Service.Name == service.GetName() {
				return true
			}
		}
		return false
	})
}

// ofIngress relates an Ingress to its services, certificates and class.
func (g *relations) ofIngress(obj *unstructured.Unstructured) {
	ingress, err := as[networkingv1.Ingress](obj)
	if err != nil {
		return
	}
	for _, b := range backendsOf(ingress) {
		if b.Service != nil {
			g.name("services", "services", obj.GetNamespace(), b.Service.Name)
		}
	}
	for _, t := range ingress.Spec.TLS {
		g.name("secrets", "secrets", obj.GetNamespace(), t.SecretName)
	}
	if ingress.Spec.IngressClassName != nil {
		g.name("class", "ingressclasses.networking.k8s.io", "", *ingress.Spec.IngressClassName)
	}
}

// backendsOf lists every backend of an Ingress.
func backendsOf(ingress *networkingv1.Ingress) []networkingv1.IngressBackend {
	var out []networkingv1.IngressBackend
	if ingress.Spec.DefaultBackend != nil {
		out = append(out, *ingress.Spec.DefaultBackend)
	}
	for _, rule := range ingress.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, p := range rule.HTTP.Paths {
			out = append(out, p.Backend)
		}
	}
	return out
}

// ofPodSelector relates a budget or a policy to the pods that it selects.
func (g *relations) ofPodSelector(resource string, obj *unstructured.Unstructured) {
	selector := selectorOf(resource, obj)
	g.matching("pods", "pods", obj.GetNamespace(), func(o *unstructured.Unstructured) bool {
		return selector.Matches(labels.Set(o.GetLabels()))
	})
}
