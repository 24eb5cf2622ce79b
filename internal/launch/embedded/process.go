package embedded

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kubemate.io/kubemate/internal/launch/embedded/supervise"
)

// run starts a supervised process and remembers it for Stop and Status.
func (c *Cluster) run(spec supervise.Spec) (*supervise.Process, error) {
	p, err := c.super.Start(spec)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.processes = append(c.processes, p)
	c.mu.Unlock()
	return p, nil
}

// maxRestarts of a process while it starts: more means that it can't.
const maxRestarts = 3

// await polls ready until it is nil. It gives up when the process keeps dying, and at ctx' end, and then says what the
// process' log said last.
func (c *Cluster) await(ctx context.Context, p *supervise.Process, what string, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var last error
	err := poll(ctx, func() (bool, error) {
		if p.Restarts() > maxRestarts {
			return false, fmt.Errorf("%s keeps ending", p.Name())
		}
		last = ready(ctx)
		return last == nil, nil
	})
	if err == nil {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%s was not ready after %s: %w", what, startTimeout, last)
	}
	log := supervise.LogFile(c.l.logs(), p.Name())
	return fmt.Errorf("%w; the end of %s:\n%s", err, log, lastLines(log, 15))
}

// startTimeout bounds the wait for each part; a machine under load takes long.
const startTimeout = 3 * time.Minute
