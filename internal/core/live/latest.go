package live

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// latest is a subscription of which only the newest message matters.
type latest struct {
	sent, coalesced *atomic.Uint64

	mu      sync.Mutex
	message []byte
}

func (l *latest) put(message []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.message != nil {
		l.coalesced.Add(1)
	}
	l.message = message
}

func (l *latest) next() (message []byte, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	message, l.message = l.message, nil
	if message != nil {
		l.sent.Add(1)
	}
	return message, false
}

func (l *latest) review(context.Context) error { return nil }

func (l *latest) close() {}

// retryDetail is how long an object that could not be read is left alone.
const retryDetail = 5 * time.Second

// object follows one object's page.
type object struct {
	latest
	conn       *conn
	entry      *entry
	ref        kube.Ref
	changed    chan struct{}
	generation atomic.Uint64
	last       []byte
	gone       bool
}

func (c *conn) followObject(e *entry, ref kube.Ref) (subscription, error) {
	if ref.Cluster == "" || ref.Resource == "" || ref.Name == "" {
		return nil, errs.New(errs.Invalid, "the object of subscription %q needs cluster, resource and name", e.id)
	}
	o := &object{conn: c, entry: e, ref: ref, changed: make(chan struct{}, 1)}
	o.sent, o.coalesced = &c.hub.counters.object, &c.hub.counters.coalesced
	o.generation.Store(c.req.Scope.Generation(ref.Cluster))
	o.touch()
	c.wg.Go(o.run)
	return o, nil
}

// watch follows the object once its reader was seen to have the right to it: nobody else makes
// the server watch a kind. What changed meanwhile is not missed, the watch begins with a touch.
func (o *object) watch() {
	o.conn.wg.Go(func() {
		if err := o.conn.hub.deps.Views.WatchObject(o.entry.ctx, o.ref, o.touch); err != nil {
			o.fail(err)
		}
	})
}

func (o *object) touch() {
	select {
	case o.changed <- struct{}{}:
	default:
	}
}

// review reads the object again when the rights may have changed.
func (o *object) review(context.Context) error {
	if now := o.conn.req.Scope.Generation(o.ref.Cluster); o.generation.Swap(now) != now {
		o.touch()
	}
	return nil
}

func (o *object) run() {
	watched := false
	for {
		select {
		case <-o.entry.ctx.Done():
			return
		case <-o.changed:
		}
		if err := o.read(); err != nil {
			o.retry(err)
			continue
		}
		if !watched {
			watched = true
			o.watch()
		}
	}
}

// read sends the object if it differs from what the client has. Deletion is told once, and
// the subscription goes on: the name may come back.
func (o *object) read() error {
	ctx, cancel := context.WithTimeout(o.entry.ctx, detailWithin)
	defer cancel()
	detail, version, err := o.conn.hub.deps.Details.Detail(ctx, o.conn.req.Scope, o.ref)
	switch {
	case kindIs(err, errs.NotFound):
		if !o.gone {
			o.gone, o.last = true, nil
			o.tell(envelope(map[string]any{"op": "gone", "id": o.entry.id}))
		}
		return nil
	case err != nil:
		return err
	case bytes.Equal(detail, o.last):
		return nil
	}
	o.gone, o.last = false, detail
	o.tell(envelope(map[string]any{"op": "object", "id": o.entry.id, "resourceVersion": version, "detail": detail}))
	return nil
}

func (o *object) tell(message []byte) {
	o.put(message)
	o.conn.mark(o.entry)
}

// fail ends the subscription.
func (o *object) fail(err error) {
	if o.entry.ctx.Err() == nil && o.conn.forget(o.entry) {
		o.conn.fail(o.entry.id, err)
	}
}

// retry reads again later when the cluster is out of reach; any other error ends the subscription.
func (o *object) retry(err error) {
	if !kindIs(err, errs.Unavailable) && !kindIs(err, errs.Timeout) && !kindIs(err, errs.BadUpstream) {
		o.fail(err)
		return
	}
	timer := o.conn.hub.deps.Clock.NewTimer(retryDetail)
	defer timer.Stop()
	select {
	case <-o.entry.ctx.Done():
	case <-timer.C():
		o.touch()
	}
}

// followJob follows a job until it is over; then the last message stays the truth.
func (c *conn) followJob(e *entry, id string) (subscription, error) {
	messages, err := c.hub.deps.Jobs.WatchJob(e.ctx, c.req.Scope, id)
	if err != nil {
		return nil, err
	}
	l := &latest{sent: &c.hub.counters.job, coalesced: &c.hub.counters.coalesced}
	c.wg.Go(func() {
		for m := range messages {
			l.put(wrap("job", e.id, "job", m))
			c.mark(e)
		}
	})
	return l, nil
}
