package kube

import (
	"context"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/authz"
)

// Clients are the ways to talk to one cluster under one identity. They share one
// transport per cluster, so making them is cheap.
type Clients struct {
	Config    *rest.Config // JSON content type; callers copy before they change it
	Typed     kubernetes.Interface
	Dynamic   dynamic.Interface
	Discovery discovery.DiscoveryInterface
}

// Cluster is one cluster that Kubemate is connected to.
type Cluster interface {
	// Name is the key of the cluster in every path, cache and record; "local" for "this cluster".
	Name() string
	// As gives clients that act as id by impersonation. It refuses reserved names.
	As(id authz.Identity) (*Clients, error)
	// System gives clients of Kubemate's own account, for caches, controllers and probes.
	System() *Clients
	// Kinds lists what the cluster serves, preferred versions only, sorted by group and plural.
	// It is refreshed when CRDs or APIServices change; a failing API group is left out and
	// named in the error, together with the kinds that did answer.
	Kinds(ctx context.Context) ([]Kind, error)
	// Kind finds one kind by its resource key, plural, singular or short name ("po",
	// "deploy", "deployments.apps"); errs.NotFound names near matches.
	Kind(ctx context.Context, resource string) (Kind, error)
	// Health is the last known contact, without a call.
	Health() Health
}

// Registry gives the clusters.
type Registry interface {
	// Cluster finds one by name, errs.NotFound otherwise.
	Cluster(name string) (Cluster, error)
	// Clusters lists all, sorted by name.
	Clusters() []Cluster
}
