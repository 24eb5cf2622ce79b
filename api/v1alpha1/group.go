package v1alpha1

import "k8s.io/apimachinery/pkg/runtime/schema"

// Group is the API group of everything that is Kubemate's own.
const Group = "kubemate.io"

// UsersResource is where users stand in the API.
func UsersResource() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: Group, Version: "v1alpha1", Resource: "users"}
}
