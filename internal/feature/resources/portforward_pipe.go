package resources

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// forwardPipe joins a client's WebSocket with a connection through the cluster.
type forwardPipe struct {
	ctx    context.Context // ends with the client or the session
	cancel context.CancelFunc
	// wire outlives ctx: the WebSocket would be cut before its close reason could be sent.
	wire context.Context
	conn *websocket.Conn
}

func newForwardPipe(parent context.Context, conn *websocket.Conn) *forwardPipe {
	ctx, cancel := context.WithCancel(parent)
	conn.SetReadLimit(1 << 20)
	return &forwardPipe{ctx: ctx, cancel: cancel, wire: context.WithoutCancel(parent), conn: conn}
}

// run carries bytes until one side ends, and closes both. The client is listened to from the
// start, so that one who leaves ends a dial that a hanging cluster never answers.
func (p *forwardPipe) run(dial func(context.Context) (*forwardStreams, error)) {
	defer p.cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	dialled := make(chan *forwardStreams, 1)
	wg.Go(func() { p.toPod(dialled) })
	upstream, err := dial(p.ctx)
	dialled <- upstream
	if err != nil {
		p.finish(err)
		return
	}
	down := make(chan struct{})
	wg.Go(func() {
		defer close(down)
		p.fromPod(upstream)
	})
	said := make(chan error, 1)
	wg.Go(func() { said <- upstream.failure() })
	select {
	case <-down:
		err = p.awaitFailure(said)
	case <-p.ctx.Done():
	}
	upstream.close()
	p.finish(err)
}

// awaitFailure gives the cluster a moment to say why it closed.
func (p *forwardPipe) awaitFailure(said <-chan error) error {
	timer := time.NewTimer(forwardErrorWait)
	defer timer.Stop()
	select {
	case err := <-said:
		return err
	case <-timer.C:
	case <-p.ctx.Done():
	}
	return nil
}

// toPod carries what the client sends; an empty frame ends its direction. What comes after a
// dial that failed is read away.
func (p *forwardPipe) toPod(dialled <-chan *forwardStreams) {
	var upstream *forwardStreams
	for first := true; ; first = false {
		_, frame, err := p.conn.Read(p.wire)
		if err != nil {
			p.cancel() // the client left
			return
		}
		if first {
			upstream = <-dialled
		}
		switch {
		case upstream == nil:
		case len(frame) == 0:
			_ = upstream.data.Close()
		default:
			// A failed write is no end: the other direction learns why, and what is still sent
			// here has to be read away until the WebSocket closes.
			_, _ = upstream.data.Write(frame)
		}
	}
}

// fromPod carries what the pod sends, to its end.
func (p *forwardPipe) fromPod(upstream *forwardStreams) {
	buf := make([]byte, 32<<10)
	for {
		n, err := upstream.data.Read(buf)
		if n > 0 {
			ctx, cancel := context.WithTimeout(p.wire, streamWriteTimeout)
			writeErr := p.conn.Write(ctx, websocket.MessageBinary, buf[:n])
			cancel()
			if writeErr != nil {
				p.cancel()
				return
			}
		}
		if err != nil {
			return // the error stream says why, if it was no ordinary end
		}
	}
}

// finish closes the WebSocket with what went wrong, if anything did.
func (p *forwardPipe) finish(err error) {
	if cause := context.Cause(p.ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	code, reason := websocket.StatusNormalClosure, ""
	if err != nil {
		code, reason = closeCode(err)
	}
	_ = p.conn.Close(code, reason)
	_ = p.conn.CloseNow()
}
