// Package kube connects to clusters: configuration, discovery, and clients that act for a
// user by impersonation or for Kubemate itself.
//
// Invariants: a call made for a user is impersonated (As); Kubemate's own account (System)
// serves caches, controllers and probes only. Start reading at cluster.go.
package kube
