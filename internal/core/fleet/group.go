package fleet

import (
	"context"
	"sync"
	"time"
)

const (
	recompute   = 200 * time.Millisecond // least time between two answers of a group
	tick        = time.Second            // how often state and ages are looked at without a change
	keptPatches = 32                     // patches that a subscriber may be behind
	keptBytes   = 512 << 10
)

// group answers one query for all its subscribers. While there are any, it recomputes the
// page after relevant changes and keeps the difference as a patch.
type group struct {
	fleet *Fleet
	plan  *plan

	mu      sync.Mutex
	subs    map[*Subscription]struct{}
	running bool
	since   time.Time // without subscribers
	page    *snapshot
	patches []patch
	bytes   int // of patches
	state   State
	states  uint64 // counts changes of state
	looked  uint64 // seq of the store up to which changes were looked at
	near    bitmap
}

// patch is one step between two pages.
type patch struct {
	prev, seq uint64
	body      []byte // members of the message, without braces
}

func (g *group) add(sub *Subscription) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.subs[sub] = struct{}{}
	if g.running {
		return
	}
	g.running = g.fleet.spawn(g.run)
}

func (g *group) remove(sub *Subscription) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.subs, sub)
	if len(g.subs) == 0 {
		g.since = g.fleet.clock.Now()
	}
}

// empty tells whether nobody is subscribed, and since when.
func (g *group) empty() (since time.Time, empty bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.since, len(g.subs) == 0 && !g.running
}

// done ends the group's goroutine when there are no subscribers.
func (g *group) done() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.subs) == 0 {
		g.running = false
	}
	return !g.running
}

func (g *group) run(ctx context.Context) {
	m := g.plan.member
	signal, stop := m.store.listeners.listen()
	defer stop()
	for {
		now := g.fleet.clock.Now()
		m.used.Store(now.Unix())
		g.plan.measure()
		if g.look(now) {
			g.tell()
		}
		if m.dropped.Load() {
			g.tell() // subscribers start over, see Subscription.Next
		}
		if !g.rest(ctx, signal) || g.done() {
			return
		}
	}
}

// rest waits a little, so that changes gather, and then for the next change or tick.
func (g *group) rest(ctx context.Context, signal <-chan struct{}) bool {
	gather, next := g.fleet.clock.NewTimer(recompute), g.fleet.clock.NewTimer(tick)
	defer gather.Stop()
	defer next.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-gather.C():
	}
	select {
	case <-ctx.Done():
		return false
	case <-signal:
	case <-next.C():
	}
	return true
}

func (g *group) tell() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for sub := range g.subs {
		sub.notify()
	}
}

// look brings page and state up to date, and says whether subscribers have something to get.
func (g *group) look(now time.Time) bool {
	state := g.plan.member.phase.state()
	next := g.answer(now)
	g.mu.Lock()
	defer g.mu.Unlock()
	changed := false
	if g.page == nil || state != g.state {
		g.state = state
		g.states++
		changed = true
	}
	if next == nil {
		return changed
	}
	old := g.page
	g.page = next
	if old == nil {
		return true
	}
	body, same := diff(old, next)
	if same {
		next.seq = old.seq // nothing to tell: subscribers stay where they are
		return changed
	}
	g.keep(patch{prev: old.seq, seq: next.seq, body: body})
	return true
}

func (g *group) keep(p patch) {
	g.patches = append(g.patches, p)
	g.bytes += len(p.body)
	for len(g.patches) > keptPatches || g.bytes > keptBytes && len(g.patches) > 1 {
		g.bytes -= len(g.patches[0].body)
		g.patches = g.patches[1:]
	}
}

// answer computes the page, or gives nil when no change since the last answer can matter.
func (g *group) answer(now time.Time) *snapshot {
	p := g.plan
	if g.page != nil && !p.moving() && !g.touched(now) {
		return nil
	}
	var out *snapshot
	p.evaluate(now, func(v *view) {
		g.looked, g.near = v.seq, v.near
		out = p.snapshot(v)
	})
	return out
}

// touched says whether a change since the last answer concerns a row that was in the result
// or its facets, or now is.
func (g *group) touched(now time.Time) bool {
	s := g.plan.member.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.seq == g.looked {
		return false
	}
	if g.plan.everything() || g.looked < s.lowest {
		return true
	}
	m := g.plan.matcher(now)
	for i := len(s.ring) - 1; i >= 0 && s.ring[i].seq > g.looked; i-- {
		slot := s.ring[i].slot
		if g.near.has(slot) {
			return true
		}
		if in, near := m.match(slot); in || near >= 0 {
			return true
		}
	}
	g.looked = s.seq
	return false
}
