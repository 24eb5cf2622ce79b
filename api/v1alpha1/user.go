package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// User is a person who may sign in. The hash of the password stands in Secret
// kubemate-system/user-NAME, never here.
type User struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              UserSpec   `json:"spec,omitempty"`
	Status            UserStatus `json:"status,omitempty"`
}

// UserSpec is what an administrator decides about a user.
type UserSpec struct {
	DisplayName string   `json:"displayName,omitempty"`
	Email       string   `json:"email,omitempty"`
	Groups      []string `json:"groups,omitempty"`   // Kubemate groups, without the prefix "kubemate:"
	Disabled    bool     `json:"disabled,omitempty"` // may not sign in
}

// UserStatus is what Kubemate knows about a user.
type UserStatus struct {
	PasswordSet     bool         `json:"passwordSet,omitempty"`
	PasswordChanged *metav1.Time `json:"passwordChanged,omitempty"`
}
