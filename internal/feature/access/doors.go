package access

import (
	"context"

	"kubemate.io/kubemate/internal/core/authz"
)

// doors lists the parts of the console that have something for this user. Only what the
// back end would answer is shown.
func (f *Feature) doors(ctx context.Context, scope *authz.Scope) ([]string, error) {
	questions := []struct {
		door      string
		resources [][2]string // group and resource; one of them suffices
	}{
		{"overview", [][2]string{{"", "pods"}, {"", "nodes"}, {"", "namespaces"}, {"", "events"}}},
		{"resources", [][2]string{{"", "pods"}, {"apps", "deployments"}, {"", "services"}, {"", "configmaps"}, {"", "events"}}},
		{"platform", [][2]string{{"", "nodes"}, {"", "namespaces"}}},
		{"govern", [][2]string{{"rbac.authorization.k8s.io", "clusterroles"}, {"rbac.authorization.k8s.io", "rolebindings"}, {"kubemate.io", "users"}}},
		{"users", [][2]string{{"kubemate.io", "users"}}},
	}
	open := []string{}
	for _, q := range questions {
		for _, r := range q.resources {
			v, err := scope.Visible(ctx, f.deps.Cluster.Name(), "list", r[0], r[1])
			if err != nil {
				return nil, err
			}
			if !v.Empty() {
				open = append(open, q.door)
				break
			}
		}
	}
	return open, nil
}
