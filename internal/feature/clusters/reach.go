package clusters

import (
	"context"
	"errors"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

// telling are the kinds of which one is enough to show a cluster to somebody, or a
// namespace to somebody who may not list namespaces.
var telling = []string{
	"pods", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch",
	"services", "configmaps", "secrets", "events", "ingresses.networking.k8s.io", "persistentvolumeclaims",
	"serviceaccounts", "roles.rbac.authorization.k8s.io",
}

// enter finds a cluster for the caller; errs.Forbidden when nothing in it may be seen.
func (f *Feature) enter(ctx context.Context, name string) (kube.Cluster, *authz.Scope, error) {
	c, err := f.clusters.Cluster(name)
	if err != nil {
		return nil, nil, err
	}
	scope := httpapi.From(ctx).Scope
	ok, err := reaches(ctx, scope, name)
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, errs.New(errs.Forbidden, "%s may see nothing in cluster %s", scope.Identity().User, name).
			WithHint("ask a platform admin for a role in this cluster")
	}
	return c, scope, nil
}

// reaches says whether the caller may see anything in a cluster.
func reaches(ctx context.Context, scope *authz.Scope, cluster string) (bool, error) {
	for _, resource := range append([]string{"nodes", "namespaces"}, telling...) {
		v, err := listable(ctx, scope, cluster, resource)
		if err != nil {
			return false, err
		}
		if !v.Empty() {
			return true, nil
		}
	}
	return false, nil
}

func listable(ctx context.Context, scope *authz.Scope, cluster, resource string) (authz.Visible, error) {
	group, plural := kube.SplitResource(resource)
	return scope.Visible(ctx, cluster, "list", group, plural)
}

// isKind says whether err is an *errs.Error of a kind.
func isKind(err error, kind errs.Kind) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == kind
}

// hidden says that an error only means that the caller may not see something, or that the
// cluster does not have it.
func hidden(err error) bool { return isKind(err, errs.Forbidden) || isKind(err, errs.NotFound) }
