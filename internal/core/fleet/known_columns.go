package fleet

import (
	"context"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/kube"
)

// KnownColumns lists the columns of a kind as Columns does, without starting to watch it: a
// custom kind that nobody has looked at yet has the columns of every kind only.
func (f *Fleet) KnownColumns(ctx context.Context, scope *authz.Scope, cluster string, kind kube.Kind) ([]Column, error) {
	cached, err := f.cache(cluster)
	if err != nil {
		return nil, err
	}
	m := cached.running(kind.Resource)
	if m == nil {
		m = &member{kind: kind, store: newStore(kind, specFor(kind, nil))}
	}
	return m.columns(ctx, scope, cluster)
}

func (m *member) columns(ctx context.Context, scope *authz.Scope, cluster string) ([]Column, error) {
	p := &plan{query: Query{Cluster: cluster}, member: m}
	usable, err := p.usable(ctx, scope)
	if err != nil {
		return nil, err
	}
	var out []Column
	for _, i := range m.store.display() {
		if usable[i] {
			out = append(out, m.store.fields[i].Column)
		}
	}
	return out, nil
}
