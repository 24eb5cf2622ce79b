// Package v1alpha1 holds the custom resources of group kubemate.io: what Kubemate is told to
// keep true. Start reading at user.go.
package v1alpha1
