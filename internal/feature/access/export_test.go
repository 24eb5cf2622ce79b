package access

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kubemate.io/kubemate/api/v1alpha1"
)

func usersResource() schema.GroupVersionResource { return v1alpha1.UsersResource() }
