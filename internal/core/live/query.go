package live

import (
	"context"
	"sync/atomic"

	"kubemate.io/kubemate/internal/core/fleet"
)

// subscribe makes what a request asks for.
func (c *conn) subscribe(ctx context.Context, e *entry, r request) (subscription, error) {
	switch {
	case r.Query != nil:
		return c.followQuery(ctx, e, r)
	case r.Object != nil:
		return c.followObject(e, *r.Object)
	default:
		return c.followJob(e, r.Job)
	}
}

// query follows a table.
type query struct {
	conn       *conn
	id         string
	sub        *fleet.Subscription
	generation atomic.Uint64 // of the rights at the last review
	again      atomic.Bool   // the kind is cached anew
	has        bool          // the client got something to build on; the writer's
}

func (c *conn) followQuery(ctx context.Context, e *entry, r request) (subscription, error) {
	q := &query{conn: c, id: e.id, has: r.Epoch != ""}
	q.generation.Store(c.req.Scope.Generation(r.Query.Cluster))
	sub, err := c.hub.deps.Views.Subscribe(ctx, c.req.Scope, *r.Query, fleet.Resume{Epoch: r.Epoch, Seq: r.Seq}, func() { c.mark(e) })
	if err != nil {
		return nil, err
	}
	q.sub = sub
	return q, nil
}

func (q *query) next() (message []byte, more bool) {
	u, ok, err := q.sub.Next()
	if err != nil {
		q.again.Store(true)
		return nil, false
	}
	if !ok {
		return nil, false
	}
	count := &q.conn.hub.counters
	switch u.Kind {
	case fleet.UpdatePatch:
		count.patch.Add(1)
		q.has = true
		return wrap("patch", q.id, "", u.Body), true
	case fleet.UpdateState:
		count.state.Add(1)
		return wrap("state", q.id, "state", u.Body), true
	default:
		count.page.Add(1)
		if q.has {
			count.resyncs.Add(1)
		}
		q.has = true
		return wrap("page", q.id, "page", u.Body), true
	}
}

func (q *query) review(ctx context.Context) error {
	now := q.conn.req.Scope.Generation(q.sub.Cluster())
	if now == q.generation.Load() && !q.again.Load() {
		return nil
	}
	q.again.Store(false)
	q.generation.Store(now)
	return q.sub.Refresh(ctx)
}

func (q *query) close() { q.sub.Close() }
