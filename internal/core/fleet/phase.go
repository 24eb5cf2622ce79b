package fleet

import (
	"errors"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// The phases of State.
const (
	phaseLoading = "loading"
	phaseLive    = "live"
	phaseStale   = "stale"
)

// phase is how fresh one store is.
type phase struct {
	clock   clock.WithTicker
	cluster kube.Cluster
	told    *listeners
	first   chan struct{} // closed when the first list is whole

	mu     sync.Mutex
	synced bool
	lost   bool
	since  time.Time
	cause  string
}

func newPhase(clk clock.WithTicker, cluster kube.Cluster, told *listeners) *phase {
	return &phase{clock: clk, cluster: cluster, told: told, first: make(chan struct{}), since: clk.Now()}
}

func (p *phase) timer(d time.Duration) clock.Timer { return p.clock.NewTimer(d) }

// live notes that the store follows the API server.
func (p *phase) live() {
	p.mu.Lock()
	first, was := !p.synced, p.lost
	if first {
		p.synced = true
		close(p.first)
	}
	if first || was {
		p.lost, p.since, p.cause = false, p.clock.Now(), ""
	}
	p.mu.Unlock()
	if first || was {
		p.told.tell()
	}
}

// broken notes why it does not.
func (p *phase) broken(err error) {
	cause := err.Error()
	var e *errs.Error
	if errors.As(err, &e) {
		cause = e.Message
	}
	p.mu.Lock()
	changed := !p.lost || p.cause != cause
	if p.synced && !p.lost {
		p.since = p.clock.Now()
	}
	p.lost, p.cause = true, cause
	p.mu.Unlock()
	if changed {
		p.told.tell()
	}
}

// state joins what the watch knows with the health of the cluster: a hanging API server is
// noticed there first.
func (p *phase) state() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := State{Phase: phaseLive, Since: p.since.Unix(), Cause: p.cause}
	switch h := p.cluster.Health(); {
	case !p.synced:
		s.Phase = phaseLoading
	case !h.Connected && !h.LastContact.IsZero():
		s.Phase, s.Cause = phaseStale, h.Problem
		if p.lost {
			s.Since = min(s.Since, h.Since.Unix())
		} else {
			s.Since = h.Since.Unix()
		}
	case p.lost:
		s.Phase = phaseStale
	}
	return s
}
