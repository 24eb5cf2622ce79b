package fleet

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/errs"
)

// Source is unscoped access to one kind of one cluster, for the platform's own features:
// evaluation of rights, controllers, metrics. It must not answer to users.
type Source struct {
	fleet             *Fleet
	cluster, resource string
}

// System gives the Source of a kind. The kind is looked up when the Source is used.
func (f *Fleet) System(cluster, resource string) *Source {
	return &Source{fleet: f, cluster: cluster, resource: resource}
}

func (s *Source) member(ctx context.Context) (*member, error) {
	cached, err := s.fleet.cache(s.cluster)
	if err != nil {
		return nil, err
	}
	if m := cached.running(s.resource); m != nil {
		m.used.Store(s.fleet.clock.Now().Unix())
		return m, nil
	}
	return cached.member(ctx, s.resource)
}

// Each calls look with every object: of its Go type for built-in kinds (*rbacv1.Role, …),
// *unstructured.Unstructured for the others. It waits for the first list until ctx ends.
// Kinds that are not kept in full (Secrets, ConfigMaps) come with their metadata only.
func (s *Source) Each(ctx context.Context, look func(metav1.Object) error) error {
	m, err := s.member(ctx)
	if err != nil {
		return err
	}
	select {
	case <-m.phase.first:
	case <-ctx.Done():
		return errs.New(errs.Unavailable, "the list of %s of cluster %s is not complete yet", s.resource, s.cluster).Wrap(ctx.Err())
	}
	m.store.mu.RLock()
	blobs := make([]blob, 0, m.store.count)
	for i := range m.store.rows {
		if m.store.rows[i].uid != "" {
			blobs = append(blobs, m.store.rows[i].blob)
		}
	}
	m.store.mu.RUnlock()
	for _, b := range blobs {
		o, err := m.store.decode(b, m.spec.form)
		if err != nil {
			return err
		}
		if err := look(o); err != nil {
			return err
		}
	}
	return nil
}

// Changes gives a signal (of capacity one) after changes of the objects or of the state,
// and a function that ends it. It fails when the kind is unknown.
func (s *Source) Changes(ctx context.Context) (signal <-chan struct{}, stop func(), err error) {
	m, err := s.member(ctx)
	if err != nil {
		return nil, nil, err
	}
	signal, stop = m.store.listeners.listen()
	return signal, stop, nil
}

// Seq numbers the changes of the kind; 0 before it is watched.
func (s *Source) Seq() uint64 {
	cached, err := s.fleet.cache(s.cluster)
	if err != nil {
		return 0
	}
	m := cached.running(s.resource)
	if m == nil {
		return 0
	}
	m.store.mu.RLock()
	defer m.store.mu.RUnlock()
	return m.store.seq
}

// State says how fresh the kind is.
func (s *Source) State() State { return s.fleet.State(s.cluster, s.resource) }
