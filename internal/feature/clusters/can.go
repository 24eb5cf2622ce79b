package clusters

import (
	"context"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/kube"
)

// can answers questions about the caller's own rights; a kind that the cluster does not
// serve is asked for as it is written.
func (f *Feature) can(ctx context.Context, scope *authz.Scope, c kube.Cluster, questions []Question) ([]Answer, error) {
	rules, err := f.rules(c.Name())
	if err != nil {
		return nil, err
	}
	out := make([]Answer, 0, len(questions))
	for _, q := range questions {
		group, plural := kube.SplitResource(q.Resource)
		if kind, err := c.Kind(ctx, q.Resource); err == nil {
			group, plural = kind.Group, kind.Plural
		}
		allowed, reason, err := rules.Allowed(ctx, scope.Identity(), authz.Attributes{
			Verb: q.Verb, Group: group, Resource: plural, Subresource: q.Subresource, Namespace: q.Namespace, Name: q.Name,
		})
		if err != nil {
			return nil, err
		}
		out = append(out, Answer{Allowed: allowed, Reason: reason})
	}
	return out, nil
}
