package live

import (
	"context"

	"github.com/coder/websocket"
)

// write sends what is due until the connection ends.
func (c *conn) write() {
	for {
		message, e := c.pick()
		if e != nil {
			var more bool
			if message, more = e.sub.next(); more {
				c.mark(e)
			}
			if message == nil {
				continue
			}
		}
		if message == nil {
			select {
			case <-c.ctx.Done():
				return
			case <-c.wake:
			}
			continue
		}
		if err := c.send(message); err != nil {
			return
		}
	}
}

// pick takes the oldest message outside of subscriptions, else the subscription that waits longest.
func (c *conn) pick() (message []byte, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.control) > 0 {
		message, c.control = c.control[0], c.control[1:]
		return message, nil
	}
	if len(c.due) == 0 {
		return nil, nil
	}
	e, c.due = c.due[0], c.due[1:]
	e.queued = false
	return nil, e
}

// send writes one message; a client that does not take it in time is cut off.
func (c *conn) send(message []byte) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.hub.patience.write)
	defer cancel()
	err := c.ws.Write(ctx, websocket.MessageText, message)
	if err != nil {
		c.cancel(errBye(byeSlow))
		_ = c.ws.CloseNow()
	}
	return err
}
