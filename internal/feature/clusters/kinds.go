package clusters

import (
	"context"
	"errors"
	"slices"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// verbs are asked for every kind that serves them.
var verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete"}

// kinds lists what the cluster serves. API groups that fail are named, and hide nothing else.
func (f *Feature) kinds(ctx context.Context, scope *authz.Scope, c kube.Cluster) (*KindList, error) {
	kinds, err := c.Kinds(ctx)
	if err != nil && len(kinds) == 0 {
		return nil, err
	}
	out := &KindList{Kinds: make([]KindInfo, 0, len(kinds)), Incomplete: failing(err)}
	for _, k := range kinds {
		info := KindInfo{Kind: k, Can: []string{}, Actions: nonNil(f.actions(k))}
		for _, verb := range verbs {
			if !slices.Contains(k.Verbs, verb) {
				continue
			}
			v, err := scope.Visible(ctx, c.Name(), verb, k.Group, k.Plural)
			if err != nil {
				return nil, err
			}
			if !v.Empty() {
				info.Can = append(info.Can, verb)
			}
		}
		columns, err := f.fleet.KnownColumns(ctx, scope, c.Name(), k)
		if err != nil {
			return nil, err
		}
		info.Columns = nonNil(columns)
		out.Kinds = append(out.Kinds, info)
	}
	return out, nil
}

// failing takes the API groups out of the error of an incomplete discovery.
func failing(err error) []string {
	var e *errs.Error
	if errors.As(err, &e) {
		if groups, ok := e.Extra["groups"].([]string); ok {
			return groups
		}
	}
	return []string{}
}

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
