package clusters

import (
	"context"
	"log/slog"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// Fleet is what this feature needs of the fleet cache.
type Fleet interface {
	List(ctx context.Context, scope *authz.Scope, q fleet.Query) (*fleet.Page, error)
	Totals(ctx context.Context, scope *authz.Scope, q fleet.Query, columns ...string) (*fleet.Totals, error)
	KnownColumns(ctx context.Context, scope *authz.Scope, cluster string, kind kube.Kind) ([]fleet.Column, error)
	System(cluster, resource string) *fleet.Source
}

// Deps is what the feature is made of.
type Deps struct {
	Clusters kube.Registry
	Fleet    Fleet
	Rules    authz.RulesOf
	// Actions lists what can be done with a kind beside editing; nil for nothing.
	Actions func(kube.Kind) []string
	Log     *slog.Logger
}

// Feature shows clusters.
type Feature struct {
	clusters kube.Registry
	fleet    Fleet
	rules    authz.RulesOf
	actions  func(kube.Kind) []string
	log      *slog.Logger
}

// New makes the feature.
func New(d Deps) *Feature {
	f := &Feature{clusters: d.Clusters, fleet: d.Fleet, rules: d.Rules, actions: d.Actions, log: d.Log}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	if f.actions == nil {
		f.actions = func(kube.Kind) []string { return nil }
	}
	return f
}
