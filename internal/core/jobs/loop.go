package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// Run executes jobs until ctx ends, and returns when the last handler has returned.
// Jobs cut off that way are given up, so that the next process goes on at once.
func (m *Manager) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	tick := time.NewTicker(m.Lease / 3)
	defer tick.Stop()
	for {
		m.renew(ctx)
		m.claim(ctx, &running)
		select {
		case <-ctx.Done():
			return nil
		case <-m.wake:
		case <-tick.C:
			if err := m.Store.Prune(ctx, m.Now().Add(-keep)); err != nil && ctx.Err() == nil {
				m.Log.WarnContext(ctx, "remove old jobs", "error", err)
			}
		}
	}
}

// claim takes every job that nobody runs.
func (m *Manager) claim(ctx context.Context, running *sync.WaitGroup) {
	now := m.Now()
	ids, err := m.Store.Claimable(ctx, now)
	if err != nil {
		if ctx.Err() == nil {
			m.Log.ErrorContext(ctx, "find jobs to run", "error", err)
		}
		return
	}
	for _, id := range ids {
		if m.holds(id) {
			continue
		}
		rec, won, err := m.Store.Claim(ctx, id, m.Holder, now, now.Add(m.Lease))
		if err != nil {
			m.Log.ErrorContext(ctx, "claim job", "job", id, "error", err)
			continue
		}
		if won {
			m.launch(ctx, rec, running)
		}
	}
}

func (m *Manager) holds(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.active[id] != nil
}

// launch starts the handler of a claimed job in a goroutine that Run waits for.
func (m *Manager) launch(ctx context.Context, rec Record, running *sync.WaitGroup) {
	// The handler outlives ctx by its clean-up only: the end of ctx ends it with errStopping.
	own, end := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { end(errStopping) })
	run := &Run{m: m, end: end, rec: rec}
	m.mu.Lock()
	m.active[rec.ID] = run
	m.mu.Unlock()
	if rec.Cancel {
		end(errCancelled)
	}
	running.Go(func() {
		defer stop()
		defer end(nil)
		err := m.call(own, run)
		cause := context.Cause(own)
		m.settle(context.WithoutCancel(own), run, cause, err)
		m.mu.Lock()
		delete(m.active, rec.ID)
		m.mu.Unlock()
	})
}

// call runs the handler; a panic in it fails the job, not the process.
func (m *Manager) call(ctx context.Context, run *Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job handler panicked: %v", p)
		}
	}()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	handle := m.handlers[run.rec.Type]
	if handle == nil {
		return errs.New(errs.Unprocessable, "this version knows no jobs of type %q", run.rec.Type)
	}
	return handle(ctx, run)
}

// settle stores what became of a run.
func (m *Manager) settle(ctx context.Context, run *Run, cause, err error) {
	ctx, done := context.WithTimeout(ctx, 10*time.Second)
	defer done()
	var problem error
	switch {
	case errors.Is(cause, errLost):
		return
	case errors.Is(cause, errStopping) && err != nil:
		problem = m.Store.Release(ctx, run.rec.ID, m.Holder)
	default:
		problem = run.finish(ctx, cause, err)
	}
	if problem != nil {
		m.Log.ErrorContext(ctx, "store the outcome of a job", "job", run.rec.ID, "error", problem)
	}
}

// renew keeps the leases of the active runs and passes on the wish to cancel.
func (m *Manager) renew(ctx context.Context) {
	m.mu.Lock()
	runs := make(map[string]*Run, len(m.active))
	for id, r := range m.active {
		runs[id] = r
	}
	m.mu.Unlock()
	for id, r := range runs {
		cancel, held, err := m.Store.Renew(ctx, id, m.Holder, m.Now().Add(m.Lease))
		switch {
		case err != nil:
			if ctx.Err() == nil {
				m.Log.WarnContext(ctx, "renew the lease of a job", "job", id, "error", err)
			}
		case !held:
			r.end(errLost)
		case cancel:
			r.end(errCancelled)
		}
	}
}
