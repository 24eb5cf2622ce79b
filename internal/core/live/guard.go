package live

import (
	"context"
	"errors"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// guard ends the connection with its session or with the process.
func (c *conn) guard() {
	expiry, stop := c.expiry()
	defer stop()
	ended := c.hub.deps.Ended(c.req.Session.ID)
	select {
	case <-c.ctx.Done():
	case <-c.hub.ctx.Done():
		c.end(byeShutdown)
	case <-ended:
		c.end(c.reason())
	case <-expiry:
		c.end(byeExpired)
	}
}

// watchRights lets subscriptions look at the rights again when they may have changed. It is
// not guard's work: a cluster that does not answer may hold a look up, and a session that was
// revoked must end all the same.
func (c *conn) watchRights() {
	ticker := c.hub.deps.Clock.NewTicker(rightsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-ticker.C():
			c.review()
		}
	}
}

// expiry gives a channel that delivers when the session expires; nil for one that does not.
func (c *conn) expiry() (at <-chan time.Time, stop func()) {
	if c.req.Session.Expires.IsZero() {
		return nil, func() {}
	}
	timer := c.hub.deps.Clock.NewTimer(c.req.Session.Expires.Sub(c.hub.deps.Clock.Now()))
	return timer.C(), func() { timer.Stop() }
}

func (c *conn) reason() string {
	if e := c.req.Session.Expires; !e.IsZero() && !c.hub.deps.Clock.Now().Before(e) {
		return byeExpired
	}
	return byeSignedOut
}

// review asks every subscription to look at its rights; one that may no longer be is ended.
func (c *conn) review() {
	c.mu.Lock()
	all := make([]*entry, 0, len(c.subs))
	for _, e := range c.subs {
		if e.sub != nil {
			all = append(all, e)
		}
	}
	c.mu.Unlock()
	for _, e := range all {
		ctx, cancel := context.WithTimeout(e.ctx, makeWithin)
		err := e.sub.review(ctx)
		cancel()
		if err != nil && e.ctx.Err() == nil && c.forget(e) {
			e.sub.close()
			c.fail(e.id, err)
		}
	}
}

// keepAlive pings, so that a dead connection is noticed and proxies keep a quiet one.
func (c *conn) keepAlive() {
	ticker := c.hub.deps.Clock.NewTicker(c.hub.patience.ping)
	defer ticker.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-ticker.C():
		}
		ctx, cancel := context.WithTimeout(c.ctx, c.hub.patience.pong)
		err := c.ws.Ping(ctx)
		cancel()
		if err != nil {
			c.cancel(errGone)
			_ = c.ws.CloseNow()
			return
		}
	}
}

// kindIs says whether err is an *errs.Error of a kind.
func kindIs(err error, kind errs.Kind) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == kind
}
