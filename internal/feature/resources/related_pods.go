package resources

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
)

// ofWorkload relates a pod, or an object that makes pods by a template.
func (g *relations) ofWorkload(obj *unstructured.Unstructured) {
	podLabels, spec, ok := podTemplate(obj)
	if !ok {
		return
	}
	namespace := obj.GetNamespace()
	if obj.GetKind() == "Pod" {
		g.name("node", "nodes", "", spec.NodeName)
	} else {
		for _, o := range g.r.owned(obj, 2) {
			if o.GetKind() == "Pod" {
				g.add("pods", o)
			}
		}
	}
	set := labels.Set(podLabels)
	services := g.matching("services", "services", namespace, func(o *unstructured.Unstructured) bool {
		selector, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector")
		return len(selector) > 0 && labels.SelectorFromSet(selector).Matches(set)
	})
	for _, s := range services {
		g.ingressesOf(s)
	}
	g.uses(namespace, spec)
	g.name("serviceaccount", "serviceaccounts", namespace, accountOf(spec))
	g.autoscalersOf(obj)
	for relation, resource := range map[string]string{
		"budgets": "poddisruptionbudgets.policy", "policies": "networkpolicies.networking.k8s.io",
	} {
		g.matching(relation, resource, namespace, func(o *unstructured.Unstructured) bool { return selectorOf(resource, o).Matches(set) })
	}
}

// podTemplate gives the labels and the spec of a pod, or of the pods that obj makes.
func podTemplate(obj *unstructured.Unstructured) (map[string]string, *corev1.PodSpec, bool) {
	at := []string{"spec", "template"}
	switch obj.GetKind() {
	case "Pod":
		at = nil
	case "CronJob":
		at = []string{"spec", "jobTemplate", "spec", "template"}
	}
	content, found, err := unstructured.NestedMap(obj.Object, at...)
	if err != nil || !found {
		return nil, nil, false
	}
	var template corev1.PodTemplateSpec
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(map[string]any{
		"metadata": content["metadata"], "spec": content["spec"],
	}, &template); err != nil {
		return nil, nil, false
	}
	return template.Labels, &template.Spec, true
}

// uses lists the ConfigMaps, Secrets and claims that a pod spec names.
func (g *relations) uses(namespace string, spec *corev1.PodSpec) {
	for _, u := range usesOf(spec) {
		g.name(u.relation(), u.resource, namespace, u.name)
	}
}

// use is one object that a pod spec names.
type use struct {
	resource, name string
	optional       bool
	from           string // where in the spec: "volume data", "env DB_PASSWORD of container app"
}

func (u use) relation() string {
	if u.resource == "persistentvolumeclaims" {
		return "claims"
	}
	return u.resource
}

// usesOf lists the ConfigMaps, Secrets and claims of a pod spec, in its order.
func usesOf(spec *corev1.PodSpec) []use {
	var out []use
	add := func(resource, name, from string, optional *bool) {
		if name != "" {
			out = append(out, use{resource: resource, name: name, from: from, optional: optional != nil && *optional})
		}
	}
	for _, v := range spec.Volumes {
		from := "volume " + v.Name
		switch {
		case v.ConfigMap != nil:
			add("configmaps", v.ConfigMap.Name, from, v.ConfigMap.Optional)
		case v.Secret != nil:
			add("secrets", v.Secret.SecretName, from, v.Secret.Optional)
		case v.PersistentVolumeClaim != nil:
			add("persistentvolumeclaims", v.PersistentVolumeClaim.ClaimName, from, nil)
		case v.Projected != nil:
			for _, s := range v.Projected.Sources {
				if s.ConfigMap != nil {
					add("configmaps", s.ConfigMap.Name, from, s.ConfigMap.Optional)
				}
				if s.Secret != nil {
					add("secrets", s.Secret.Name, from, s.Secret.Optional)
				}
			}
		}
	}
	for _, c := range append(append([]corev1.Container{}, spec.InitContainers...), spec.Containers...) {
		for _, e := range c.EnvFrom {
			if e.ConfigMapRef != nil {
				add("configmaps", e.ConfigMapRef.Name, "envFrom of container "+c.Name, e.ConfigMapRef.Optional)
			}
			if e.SecretRef != nil {
				add("secrets", e.SecretRef.Name, "envFrom of container "+c.Name, e.SecretRef.Optional)
			}
		}
		for _, e := range c.Env {
			if e.ValueFrom == nil {
				continue
			}
			if k := e.ValueFrom.ConfigMapKeyRef; k != nil {
				add("configmaps", k.Name, "env "+e.Name+" of container "+c.Name, k.Optional)
			}
			if k := e.ValueFrom.SecretKeyRef; k != nil {
				add("secrets", k.Name, "env "+e.Name+" of container "+c.Name, k.Optional)
			}
		}
	}
	for _, s := range spec.ImagePullSecrets {
		optional := true // the kubelet goes on without it
		add("secrets", s.Name, "imagePullSecrets", &optional)
	}
	return out
}

func accountOf(spec *corev1.PodSpec) string {
	if spec.ServiceAccountName == "" {
		return "default"
	}
	return spec.ServiceAccountName
}

// selectorOf reads the pod selector of a budget or a policy; one that can't be read matches nothing.
func selectorOf(resource string, obj *unstructured.Unstructured) labels.Selector {
	field := "selector"
	if resource == "networkpolicies.networking.k8s.io" {
		field = "podSelector"
	}
	content, found, err := unstructured.NestedMap(obj.Object, "spec", field)
	if err != nil || !found {
		return labels.Nothing()
	}
	var selector metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &selector); err != nil {
		return labels.Nothing()
	}
	s, err := metav1.LabelSelectorAsSelector(&selector)
	if err != nil {
		return labels.Nothing()
	}
	return s
}

// autoscalersOf adds the autoscalers of an object and of its owners.
func (g *relations) autoscalersOf(obj *unstructured.Unstructured) {
	chain, _ := g.r.ownerChain(obj)
	g.matching("autoscalers", "horizontalpodautoscalers.autoscaling", obj.GetNamespace(), func(o *unstructured.Unstructured) bool {
		for _, c := range chain {
			if scales(o, c) {
				return true
			}
		}
		return false
	})
}

// scales says that an autoscaler targets obj.
func scales(autoscaler, obj *unstructured.Unstructured) bool {
	aim, _, _ := unstructured.NestedStringMap(autoscaler.Object, "spec", "scaleTargetRef")
	return autoscaler.GetNamespace() == obj.GetNamespace() && aim["kind"] == obj.GetKind() && aim["name"] == obj.GetName()
}
