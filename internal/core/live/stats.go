package live

import (
	"context"
	"maps"
	"sync/atomic"
)

// Stats are the figures of a hub, for those who run Kubemate. The counts begin with the process.
type Stats struct {
	Connections   int
	Subscriptions map[string]int    // of tables, objects and jobs, those that are being made included
	Updates       map[string]uint64 // messages of subscriptions that were written: page, patch, state, object, job
	Resyncs       uint64            // pages among them for clients that had one already: they fell behind, or see other rows now
	Coalesced     uint64            // messages about objects and jobs that newer ones replaced before they were written
	Ended         map[string]uint64 // connections, by the reason of the bye; "client" when the client went
}

// What a subscription follows.
const (
	ofTable  = "table"
	ofObject = "object"
	ofJob    = "job"
)

func (r *request) of() string {
	switch {
	case r.Query != nil:
		return ofTable
	case r.Object != nil:
		return ofObject
	default:
		return ofJob
	}
}

// counters are what connections count together.
type counters struct {
	page, patch, state, object, job atomic.Uint64
	resyncs, coalesced              atomic.Uint64
}

// Stats gives the figures as they are now.
func (h *Hub) Stats() Stats {
	s := Stats{
		Subscriptions: map[string]int{ofTable: 0, ofObject: 0, ofJob: 0},
		Updates: map[string]uint64{
			"page": h.counters.page.Load(), "patch": h.counters.patch.Load(), "state": h.counters.state.Load(),
			"object": h.counters.object.Load(), "job": h.counters.job.Load(),
		},
		Resyncs: h.counters.resyncs.Load(), Coalesced: h.counters.coalesced.Load(),
		Ended: map[string]uint64{byeSignedOut: 0, byeExpired: 0, byeShutdown: 0, byeSlow: 0, byeProtocol: 0, byeClient: 0},
	}
	h.mu.Lock()
	maps.Copy(s.Ended, h.ended)
	conns := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		conns = append(conns, c)
	}
	h.mu.Unlock()
	s.Connections = len(conns)
	for _, c := range conns {
		c.mu.Lock()
		for _, e := range c.subs {
			s.Subscriptions[e.of]++
		}
		c.mu.Unlock()
	}
	return s
}

// byeClient is the reason of an end that the server did not want.
const byeClient = "client"

func (h *Hub) opened(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[c] = struct{}{}
}

func (h *Hub) ending(c *conn) {
	reason, ok := byeOf(context.Cause(c.ctx))
	if !ok {
		reason = byeClient
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	h.ended[reason]++
}
