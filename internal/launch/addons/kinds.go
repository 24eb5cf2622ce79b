package addons

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// kind is what has to be known of a kind to write it. The API server isn't asked:
// its discovery is incomplete while an aggregated API (that of metrics-server,
// say) does not answer yet.
type kind struct {
	resource   string
	namespaced bool
	rank       int  // lower ones are applied first and removed last
	workload   bool // it has pods that should run all the time
}

var kinds = map[string]kind{
	"Namespace":               {resource: "namespaces", rank: 0},
	"PriorityClass":           {resource: "priorityclasses", rank: 1},
	"ServiceAccount":          {resource: "serviceaccounts", namespaced: true, rank: 2},
	"ClusterRole":             {resource: "clusterroles", rank: 3},
	"Role":                    {resource: "roles", namespaced: true, rank: 3},
	"ClusterRoleBinding":      {resource: "clusterrolebindings", rank: 4},
	"RoleBinding":             {resource: "rolebindings", namespaced: true, rank: 4},
	"ConfigMap":               {resource: "configmaps", namespaced: true, rank: 5},
	"Secret":                  {resource: "secrets", namespaced: true, rank: 5},
	"NetworkPolicy":           {resource: "networkpolicies", namespaced: true, rank: 5},
	"PersistentVolumeClaim":   {resource: "persistentvolumeclaims", namespaced: true, rank: 6},
	"Service":                 {resource: "services", namespaced: true, rank: 7},
	"DaemonSet":               {resource: "daemonsets", namespaced: true, rank: 8, workload: true},
	"Deployment":              {resource: "deployments", namespaced: true, rank: 8, workload: true},
	"StatefulSet":             {resource: "statefulsets", namespaced: true, rank: 8, workload: true},
	"CronJob":                 {resource: "cronjobs", namespaced: true, rank: 9},
	"HorizontalPodAutoscaler": {resource: "horizontalpodautoscalers", namespaced: true, rank: 9},
	"Ingress":                 {resource: "ingresses", namespaced: true, rank: 9},
	"PodDisruptionBudget":     {resource: "poddisruptionbudgets", namespaced: true, rank: 9},
	"APIService":              {resource: "apiservices", rank: 10},
}

// client returns what reads and writes objects of the kind in the namespace.
func client(c dynamic.Interface, gvk schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	k, known := kinds[gvk.Kind]
	if !known {
		return nil, fmt.Errorf("kind %s is not one that addons may have", gvk.Kind)
	}
	all := c.Resource(schema.GroupVersionResource{Group: gvk.Group, Version: gvk.Version, Resource: k.resource})
	if !k.namespaced {
		return all, nil
	}
	if namespace == "" {
		return nil, fmt.Errorf("an object of kind %s needs a namespace", gvk.Kind)
	}
	return all.Namespace(namespace), nil
}

func describe(o *unstructured.Unstructured) string {
	return idOf(o).String()
}
