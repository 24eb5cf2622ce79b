package resources

import (
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

const ingressClassResource = "ingressclasses.networking.k8s.io"

func (d *diagnosis) ingress(i *networkingv1.Ingress) {
	d.ingressClass(i)
	seen := map[string]bool{}
	for _, b := range backendsOf(i) {
		if b.Service == nil || seen[b.Service.Name+portText(b.Service.Port)] {
			continue
		}
		seen[b.Service.Name+portText(b.Service.Port)] = true
		d.ingressBackend(i, b.Service)
	}
	for _, t := range i.Spec.TLS {
		if t.SecretName == "" {
			continue
		}
		if secret, visible := d.r.find("secrets", i.Namespace, t.SecretName); secret == nil && visible {
			d.add("ingress-certificate", toneError, orderCause, "The certificate Secret %s of ingress %s does not exist", t.SecretName, i.Name).
				about(d.r.refTo("secrets", i.Namespace, t.SecretName)).with("secret", t.SecretName).
				detail("Browsers get another certificate, or none, for %s.", orDefault(shortList(t.Hosts), "its hosts")).
				remedy("Create the Secret (type kubernetes.io/tls), or see why the certificate's issuer has not.")
		}
	}
	if len(i.Status.LoadBalancer.Ingress) == 0 && !d.bad() {
		d.add("dependency-ingress-controller", toneWarning, orderCause, "No controller has taken up ingress %s yet", i.Name).
			detail("It has no address in its status. Either no ingress controller serves its class, or the controller does not report one.").
			event(d.r.lastEvent(d.obj, "Rejected", "Sync", "AddedOrUpdatedWithError")).
			remedy("See whether an ingress controller runs and which class it serves.")
	}
	if !d.bad() {
		d.healthy("Ingress %s leads to services with ready pods", i.Name)
	}
}

func (d *diagnosis) ingressClass(i *networkingv1.Ingress) {
	if i.Spec.IngressClassName == nil {
		if i.Annotations["kubernetes.io/ingress.class"] != "" {
			return
		}
		for _, c := range d.r.list(ingressClassResource, "", nil) {
			if c.GetAnnotations()["ingressclass.kubernetes.io/is-default-class"] == "true" {
				return
			}
		}
		if _, hidden := d.r.unseen[ingressClassResource]; !hidden {
			d.add("ingress-class", toneWarning, orderCause, "Ingress %s names no class, and the cluster has no default", i.Name).
				detail("A controller may pass it over.").remedy("Set spec.ingressClassName.")
		}
		return
	}
	name := *i.Spec.IngressClassName
	if class, visible := d.r.find(ingressClassResource, "", name); class == nil && visible {
		d.add("ingress-class", toneError, orderCause, "Ingress %s names the class %s, which does not exist", i.Name, name).
			with("class", name).detail("No controller feels responsible for it.").
			remedy("Install the controller of this class, or name one that exists.")
	}
}

func (d *diagnosis) ingressBackend(i *networkingv1.Ingress, b *networkingv1.IngressServiceBackend) {
	ref := d.r.refTo("services", i.Namespace, b.Name)
	obj, visible := d.r.find("services", i.Namespace, b.Name)
	if obj == nil {
		if visible {
			d.add("ingress-service", toneError, orderCause, "Ingress %s leads to the service %s, which does not exist", i.Name, b.Name).about(ref).
				with("service", b.Name).detail("Requests to it are answered with an error.").
				remedy("Create the service in namespace " + i.Namespace + ", or correct its name in the ingress.")
		}
		return
	}
	service, err := as[corev1.Service](obj)
	if err != nil {
		return
	}
	if !hasServicePort(service, b.Port) {
		d.add("ingress-port", toneError, orderCause, "Ingress %s leads to port %s of service %s, which has no such port", i.Name, portText(b.Port), b.Name).about(ref).
			with("service", b.Name, "port", portText(b.Port)).detail("Requests to it are answered with an error.").
			remedy("Correct the port in the ingress, or add it to the service.")
		return
	}
	kind, _ := d.r.kind("services")
	of := &diagnosis{r: d.r, obj: typed(kind, obj)}
	of.service(service)
	for _, c := range of.causes {
		if c.Code == "healthy" {
			continue
		}
		if c.Ref == nil {
			c.about(ref)
		}
		d.causes = append(d.causes, c.evidence("spec", ref, "ingress "+i.Name+" leads to service "+b.Name, time.Time{}))
	}
}

func hasServicePort(s *corev1.Service, port networkingv1.ServiceBackendPort) bool {
	for _, p := range s.Spec.Ports {
		if (port.Name != "" && p.Name == port.Name) || (port.Name == "" && p.Port == port.Number) {
			return true
		}
	}
	return false
}

func portText(p networkingv1.ServiceBackendPort) string {
	if p.Name != "" {
		return p.Name
	}
	return strconv.Itoa(int(p.Number))
}
