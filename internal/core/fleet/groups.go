package fleet

import (
	"sync"
	"time"
)

const (
	lingers   = 2 * time.Minute // a group without subscribers is kept for those who come back
	maxGroups = 1000            // most groups without subscribers
)

// groups shares the work between equal subscribers: same query, same visible set.
type groups struct {
	fleet *Fleet

	mu  sync.Mutex
	all map[string]*group
}

// join puts a subscriber into the group of its plan.
func (gs *groups) join(p *plan, sub *Subscription) *group {
	key := p.key() + "\x00" + p.member.store.epoch
	gs.mu.Lock()
	defer gs.mu.Unlock()
	g := gs.all[key]
	if g == nil {
		g = &group{fleet: gs.fleet, plan: p, subs: map[*Subscription]struct{}{}}
		if gs.all == nil {
			gs.all = map[string]*group{}
		}
		gs.all[key] = g
	}
	g.add(sub)
	return g
}

// sweep forgets groups that nobody came back to.
func (gs *groups) sweep(now time.Time) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	idle := 0
	for key, g := range gs.all {
		since, empty := g.empty()
		if !empty {
			continue
		}
		if idle++; now.Sub(since) > lingers || idle > maxGroups || g.plan.member.dropped.Load() {
			delete(gs.all, key)
		}
	}
}
