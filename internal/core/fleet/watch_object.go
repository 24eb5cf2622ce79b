package fleet

import (
	"context"

	"kubemate.io/kubemate/internal/core/kube"
)

// WatchObject calls changed at first, and whenever the object was created, changed or
// deleted after that; several changes in quick succession once. It returns when ctx ends, or with the error that keeps
// the kind from being watched. It tells nothing of the object: changed reads it under a scope.
func (f *Fleet) WatchObject(ctx context.Context, ref kube.Ref, changed func()) error {
	cached, err := f.cache(ref.Cluster)
	if err != nil {
		return err
	}
	for ctx.Err() == nil && f.ctx.Err() == nil {
		m, err := cached.member(ctx, ref.Resource)
		if err != nil {
			return err
		}
		f.watchObject(ctx, m, ref, changed)
	}
	return nil
}

// watchObject works until ctx ends or the kind is cached anew.
func (f *Fleet) watchObject(ctx context.Context, m *member, ref kube.Ref, changed func()) {
	signal, stop := m.store.listeners.listen()
	defer stop()
	last := m.store.lastChange(ref)
	changed() // what was read before this point may be older
	for !m.dropped.Load() {
		select {
		case <-ctx.Done():
			return
		case <-f.ctx.Done():
			return
		case <-signal:
		}
		if now := m.store.lastChange(ref); now != last {
			last = now
			changed()
		}
		m.used.Store(f.clock.Now().Unix())
		timer := f.clock.NewTimer(recompute)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C():
		}
	}
}

// objectState changes with every change of one object.
type objectState struct {
	uid string
	seq uint64
}

func (s *store) lastChange(ref kube.Ref) objectState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	slot, ok := s.slotOf(ref.Namespace, ref.Name)
	if !ok {
		return objectState{}
	}
	return objectState{s.rows[slot].uid, s.rows[slot].seq}
}
