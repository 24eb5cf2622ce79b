package resources

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kubemate.io/kubemate/internal/core/kube"
)

// ofUsed relates a ConfigMap, Secret or claim to the pods that use it.
func (g *relations) ofUsed(resource string, obj *unstructured.Unstructured) {
	namespace, name := obj.GetNamespace(), obj.GetName()
	uses := func(o *unstructured.Unstructured) bool {
		_, spec, ok := podTemplate(o)
		if !ok {
			return false
		}
		for _, u := range usesOf(spec) {
			if u.resource == resource && u.name == name {
				return true
			}
		}
		return false
	}
	g.matching("pods", "pods", namespace, uses)
	for _, w := range []string{"deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch"} {
		g.matching("workloads", w, namespace, uses)
	}
	switch resource {
	case "secrets":
		g.matching("ingresses", "ingresses.networking.k8s.io", namespace, func(o *unstructured.Unstructured) bool {
			tls, _, _ := unstructured.NestedSlice(o.Object, "spec", "tls")
			for _, t := range tls {
				if m, ok := t.(map[string]any); ok && text(m, "secretName") == name {
					return true
				}
			}
			return false
		})
	case "persistentvolumeclaims":
		volume, _, _ := unstructured.NestedString(obj.Object, "spec", "volumeName")
		g.name("volume", "persistentvolumes", "", volume)
		class, _, _ := unstructured.NestedString(obj.Object, "spec", "storageClassName")
		g.name("storageclass", "storageclasses.storage.k8s.io", "", class)
	}
}

func (g *relations) ofVolume(obj *unstructured.Unstructured) {
	claim, _, _ := unstructured.NestedMap(obj.Object, "spec", "claimRef")
	g.name("claims", "persistentvolumeclaims", text(claim, "namespace"), text(claim, "name"))
	class, _, _ := unstructured.NestedString(obj.Object, "spec", "storageClassName")
	g.name("storageclass", "storageclasses.storage.k8s.io", "", class)
}

func (g *relations) ofStorageClass(obj *unstructured.Unstructured) {
	of := func(o *unstructured.Unstructured) bool {
		class, _, _ := unstructured.NestedString(o.Object, "spec", "storageClassName")
		return class == obj.GetName()
	}
	g.matching("claims", "persistentvolumeclaims", "", of)
	g.matching("volumes", "persistentvolumes", "", of)
}

func (g *relations) ofNode(obj *unstructured.Unstructured) {
	g.matching("pods", "pods", "", func(o *unstructured.Unstructured) bool {
		node, _, _ := unstructured.NestedString(o.Object, "spec", "nodeName")
		return node == obj.GetName()
	})
}

func (g *relations) ofNamespace(obj *unstructured.Unstructured) {
	all := func(*unstructured.Unstructured) bool { return true }
	for _, r := range [][2]string{
		{"quotas", "resourcequotas"},
		{"limits", "limitranges"},
		{"policies", "networkpolicies.networking.k8s.io"},
		{"bindings", "rolebindings.rbac.authorization.k8s.io"},
		{"workloads", "deployments.apps"},
		{"workloads", "statefulsets.apps"},
		{"workloads", "daemonsets.apps"},
	} {
		g.matching(r[0], r[1], obj.GetName(), all)
	}
}

func (g *relations) ofAutoscaler(obj *unstructured.Unstructured) {
	aim, _, _ := unstructured.NestedStringMap(obj.Object, "spec", "scaleTargetRef")
	if kind, ok := g.r.kindOf(aim["apiVersion"], aim["kind"]); ok {
		g.name("workloads", kind.Resource, obj.GetNamespace(), aim["name"])
	}
}

func (g *relations) ofServiceAccount(obj *unstructured.Unstructured) {
	g.matching("pods", "pods", obj.GetNamespace(), func(o *unstructured.Unstructured) bool {
		pod, err := as[corev1.Pod](o)
		return err == nil && accountOf(&pod.Spec) == obj.GetName()
	})
	names := func(o *unstructured.Unstructured) bool {
		binding, err := as[rbacv1.RoleBinding](o) // a ClusterRoleBinding has the same shape
		if err != nil {
			return false
		}
		for _, s := range binding.Subjects {
			if s.Kind == rbacv1.ServiceAccountKind && s.Name == obj.GetName() && s.Namespace == obj.GetNamespace() {
				return true
			}
		}
		return false
	}
	g.matching("bindings", "rolebindings.rbac.authorization.k8s.io", "", names)
	g.matching("bindings", "clusterrolebindings.rbac.authorization.k8s.io", "", names)
}

func (g *relations) ofRole(obj *unstructured.Unstructured) {
	names := func(o *unstructured.Unstructured) bool {
		kind, _, _ := unstructured.NestedString(o.Object, "roleRef", "kind")
		name, _, _ := unstructured.NestedString(o.Object, "roleRef", "name")
		return kind == obj.GetKind() && name == obj.GetName()
	}
	g.matching("bindings", "rolebindings.rbac.authorization.k8s.io", obj.GetNamespace(), names)
	if obj.GetKind() == "ClusterRole" {
		g.matching("bindings", "clusterrolebindings.rbac.authorization.k8s.io", "", names)
	}
}

func (g *relations) ofBinding(obj *unstructured.Unstructured) {
	binding, err := as[rbacv1.RoleBinding](obj)
	if err != nil {
		return
	}
	role, namespace := "roles", obj.GetNamespace()
	if binding.RoleRef.Kind == "ClusterRole" {
		role, namespace = "clusterroles", ""
	}
	group := schema.GroupResource{Group: rbacv1.GroupName, Resource: role}
	g.name("roles", kube.ResourceKey(group.Group, group.Resource), namespace, binding.RoleRef.Name)
	for _, s := range binding.Subjects {
		if s.Kind == rbacv1.ServiceAccountKind {
			g.name("serviceaccount", "serviceaccounts", s.Namespace, s.Name)
		}
	}
}
