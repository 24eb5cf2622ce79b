package fleet

import (
	"sync/atomic"
	"time"
)

// Stats are the figures of one watched kind, for those who run Kubemate. The counts begin when
// the kind begins to be watched.
type Stats struct {
	Cluster, Resource string
	Objects           int
	Bytes             int64  // of the objects as they are kept, packed; columns and indexes come on top
	Lists             uint64 // full lists that were begun
	Watches           uint64 // watches that the API server opened, those that bring a list among them
	Failures          uint64 // lists and watches that failed, other than by their natural end
	Heard             time.Time
	Stale             time.Duration // how long the cache has not followed the API server, 0 while it does
}

// counts are kept by the reflector of a kind.
type counts struct {
	lists, watches, failures atomic.Uint64
	heard                    atomic.Int64 // Unix nanoseconds of the last page, event or bookmark; 0 before
}

func (c *counts) hear(now time.Time) { c.heard.Store(now.UnixNano()) }

// Stats gives the figures of all kinds that are watched, in no order.
func (f *Fleet) Stats() []Stats {
	f.mu.Lock()
	caches := make([]*cache, 0, len(f.caches))
	for _, c := range f.caches {
		caches = append(caches, c)
	}
	f.mu.Unlock()
	now := f.clock.Now()
	var out []Stats
	for _, c := range caches {
		c.mu.Lock()
		for _, m := range c.members {
			out = append(out, m.stats(c.cluster.Name(), now))
		}
		c.mu.Unlock()
	}
	return out
}

func (m *member) stats(cluster string, now time.Time) Stats {
	s := Stats{
		Cluster: cluster, Resource: m.kind.Resource,
		Lists: m.counts.lists.Load(), Watches: m.counts.watches.Load(), Failures: m.counts.failures.Load(),
	}
	if heard := m.counts.heard.Load(); heard != 0 {
		s.Heard = time.Unix(0, heard)
	}
	if state := m.phase.state(); state.Phase != phaseLive {
		s.Stale = max(now.Sub(time.Unix(state.Since, 0)), time.Nanosecond) // states are told in whole seconds
	}
	m.store.mu.RLock()
	defer m.store.mu.RUnlock()
	s.Objects, s.Bytes = m.store.count, m.store.bytes
	return s
}
