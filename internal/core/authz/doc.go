// Package authz answers who may do what, by Kubernetes RBAC alone.
//
// Invariants: there is no second permission model; a cached read takes a *Scope and
// shows nothing outside it; an identity never begins with "system:"; the answer of the
// local evaluation equals the API server's SubjectAccessReview on RBAC-only clusters.
// Start reading at scope.go; the evaluation stands in rbac.go, its rules in rule.go.
package authz
