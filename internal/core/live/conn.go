package live

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

// conn is the connection of one tab. One goroutine reads, one writes, others look after the
// session and the rights. The writer asks subscriptions for what is due when it has time for it,
// so a client that reads slowly costs no more memory than a fast one.
type conn struct {
	ctx    context.Context //nolint:containedctx // the life of the connection
	cancel context.CancelCauseFunc
	hub    *Hub
	ws     *websocket.Conn
	req    *httpapi.Request
	limit  *rate.Limiter
	making chan struct{}
	wg     sync.WaitGroup

	mu      sync.Mutex
	subs    map[string]*entry
	due     []*entry // have something to say, in order
	control [][]byte // messages outside of subscriptions
	wake    chan struct{}
}

// entry is the place of one subscription. It exists before the subscription is made, so that
// an unsub, or a sub with the same id, can overtake the making.
type entry struct {
	id     string
	of     string          // what it follows: a table, an object or a job
	ctx    context.Context //nolint:containedctx // ends with the subscription
	cancel context.CancelFunc
	sub    subscription // nil while it is being made
	queued bool
}

// subscription is something that the client follows.
type subscription interface {
	// next gives the next message, nil when there is none; more says that it may be asked again at once.
	next() (message []byte, more bool)
	// review looks at rights and definitions anew; an error ends the subscription.
	review(ctx context.Context) error
	close()
}

func newConn(ctx context.Context, cancel context.CancelCauseFunc, h *Hub, ws *websocket.Conn, req *httpapi.Request) *conn {
	return &conn{
		ctx: ctx, cancel: cancel, hub: h, ws: ws, req: req,
		limit: rate.NewLimiter(messageRate, messageBurst), making: make(chan struct{}, subscribing),
		subs: map[string]*entry{}, wake: make(chan struct{}, 1),
	}
}

func (c *conn) run() {
	hello := map[string]any{"op": "hello", "version": c.hub.deps.Version, "maxSubscriptions": MaxSubscriptions}
	if !c.req.Session.Expires.IsZero() {
		hello["expires"] = c.req.Session.Expires
	}
	c.say(envelope(hello))
	c.wg.Go(c.write)
	c.wg.Go(c.guard)
	c.wg.Go(c.watchRights)
	c.wg.Go(c.keepAlive)
	c.cancel(c.read())
	c.closeAll()
	c.wg.Wait()
}

// read takes the client's messages until the connection ends.
func (c *conn) read() error {
	for {
		kind, raw, err := c.ws.Read(c.ctx)
		if err != nil {
			return err
		}
		if err := c.limit.Wait(c.ctx); err != nil {
			return err
		}
		if kind != websocket.MessageText {
			c.end(byeProtocol)
			return errBye(byeProtocol)
		}
		r, err := parse(raw)
		if err != nil {
			if r.ID == "" {
				c.end(byeProtocol)
				return errBye(byeProtocol)
			}
			c.fail(r.ID, err)
			continue
		}
		c.handle(r)
	}
}

func (c *conn) handle(r request) {
	switch r.Op {
	case "ping":
		c.say([]byte(`{"op":"pong"}`))
	case "unsub":
		c.drop(r.ID)
	case "sub":
		c.drop(r.ID)
		e, err := c.reserve(r)
		if err != nil {
			c.fail(r.ID, err)
			return
		}
		c.wg.Go(func() { c.make(e, r) })
	}
}

func (c *conn) reserve(r request) (*entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.subs) >= MaxSubscriptions {
		return nil, errs.New(errs.TooMany, "this connection has %d subscriptions already", MaxSubscriptions).
			WithHint("end some of them first")
	}
	e := &entry{id: r.ID, of: r.of()}
	e.ctx, e.cancel = context.WithCancel(c.ctx)
	c.subs[r.ID] = e
	return e, nil
}

// make creates the subscription of an entry, a few at a time.
func (c *conn) make(e *entry, r request) {
	select {
	case c.making <- struct{}{}:
		defer func() { <-c.making }()
	case <-e.ctx.Done():
		return
	}
	ctx, cancel := context.WithTimeout(e.ctx, makeWithin)
	defer cancel()
	sub, err := c.subscribe(ctx, e, r)
	if err != nil {
		if e.ctx.Err() == nil && c.forget(e) {
			c.fail(e.id, err)
		}
		return
	}
	c.mu.Lock()
	current := c.subs[e.id] == e
	if current {
		e.sub = sub
	}
	c.mu.Unlock()
	if !current {
		sub.close()
		return
	}
	c.mark(e)
}

// forget takes an entry out unless another has its place; false then.
func (c *conn) forget(e *entry) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.subs[e.id] != e {
		return false
	}
	delete(c.subs, e.id)
	e.cancel()
	return true
}

func (c *conn) drop(id string) {
	c.mu.Lock()
	e := c.subs[id]
	delete(c.subs, id)
	c.mu.Unlock()
	if e != nil {
		e.end()
	}
}

func (c *conn) closeAll() {
	c.mu.Lock()
	all := c.subs
	c.subs, c.due = map[string]*entry{}, nil
	c.mu.Unlock()
	for _, e := range all {
		e.end()
	}
}

func (e *entry) end() {
	e.cancel()
	if e.sub != nil {
		e.sub.close()
	}
}

// fail tells the client that a subscription ended, and why.
func (c *conn) fail(id string, err error) {
	c.say(envelope(map[string]any{"op": "error", "id": id, "problem": httpapi.NewProblem(c.ctx, err)}))
}

// say queues a message that belongs to no subscription. A client that makes so many and
// reads none is cut off.
func (c *conn) say(message []byte) {
	c.mu.Lock()
	full := len(c.control) >= controlQueue
	if !full {
		c.control = append(c.control, message)
	}
	c.mu.Unlock()
	if full {
		c.cancel(errBye(byeSlow))
		return
	}
	c.signal()
}

// mark notes that an entry may have something to say. It never blocks.
func (c *conn) mark(e *entry) {
	c.mu.Lock()
	if !e.queued && e.sub != nil && c.subs[e.id] == e {
		e.queued = true
		c.due = append(c.due, e)
	}
	c.mu.Unlock()
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// end says goodbye, briefly, and closes.
func (c *conn) end(reason string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), time.Second)
	defer cancel()
	_ = c.ws.Write(ctx, websocket.MessageText, envelope(map[string]any{"op": "bye", "reason": reason}))
	c.cancel(errBye(reason))
	_ = c.ws.CloseNow()
}

var errGone = errors.New("the client does not answer")
