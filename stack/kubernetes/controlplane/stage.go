package controlplane

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/klog/v2"
)

// stage is a long-running part with its own context, so that stages can be stopped one after the other.
type stage struct {
	name   string
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	err    error // set before done is closed
}

func newStage(name string) *stage {
	ctx, cancel := context.WithCancel(context.Background())
	return &stage{name: name, ctx: ctx, cancel: cancel, done: make(chan struct{})}
}

func (s *stage) start(run func(context.Context) error) {
	go func() {
		defer close(s.done)
		s.err = run(s.ctx)
	}()
}

// stop asks the stage to end and waits for it, no longer than timeout.
func (s *stage) stop(timeout time.Duration) {
	s.cancel()
	select {
	case <-s.done:
	case <-time.After(timeout):
		klog.InfoS("did not stop in time", "stage", s.name, "timeout", timeout)
	}
}

// ended is the error for a stage that nobody had stopped.
func (s *stage) ended() error {
	if s.err != nil {
		return fmt.Errorf("%s ended: %w", s.name, s.err)
	}
	return fmt.Errorf("%s ended without being told to", s.name)
}

// group runs components side by side; the first one that ends cancels the others.
type group struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	mu     sync.Mutex
	errs   []error
}

func newGroup(ctx context.Context) *group {
	ctx, cancel := context.WithCancel(ctx)
	return &group{ctx: ctx, cancel: cancel}
}

func (g *group) run(name string, run func(context.Context) error) {
	g.wg.Go(func() {
		defer g.cancel()
		if err := run(g.ctx); err != nil && g.ctx.Err() == nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.errs = append(g.errs, fmt.Errorf("%s: %w", name, err))
		}
	})
}

func (g *group) wait() error {
	g.wg.Wait()
	return errors.Join(g.errs...)
}
