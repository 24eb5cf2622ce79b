package resources

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/errs"
)

// stdinBound is how much input waits for a command that does not read it.
const stdinBound = 256 << 10

var errExecIdle = errs.New(errs.Timeout, "nothing was typed or printed for four hours").WithHint("open it again")

// terminal is the client's side of an exec: it reads frames into the input and the sizes, and
// writes output as frames. It lives until finish.
type terminal struct {
	ctx    context.Context //nolint:containedctx // the life of the connection
	cancel context.CancelCauseFunc
	// wire outlives ctx: the WebSocket would be cut before the result could be sent.
	wire  context.Context //nolint:containedctx
	conn  *websocket.Conn
	clock clock.Clock
	tty   bool
	input *inputQueue
	sizes *sizeQueue
	moved chan struct{} // something was typed or printed
	wg    sync.WaitGroup
}

func newTerminal(parent context.Context, conn *websocket.Conn, c clock.Clock, tty bool) *terminal {
	ctx, cancel := context.WithCancelCause(parent)
	t := &terminal{ctx: ctx, cancel: cancel, wire: context.WithoutCancel(parent), conn: conn, clock: c, tty: tty,
		input: newInputQueue(), sizes: newSizeQueue(ctx), moved: make(chan struct{}, 1)}
	t.wg.Go(t.readFrames)
	t.wg.Go(t.watchIdle)
	return t
}

// readFrames reads until the client leaves or breaks the protocol.
func (t *terminal) readFrames() {
	defer t.input.close()
	for {
		kind, frame, err := t.conn.Read(t.wire)
		if err != nil {
			t.cancel(context.Canceled) // the client left
			return
		}
		if kind != websocket.MessageBinary || len(frame) == 0 || !t.take(frame[0], frame[1:]) {
			t.cancel(errs.New(errs.Invalid, "a frame does not follow %s", ExecProtocol))
			return
		}
		t.touch()
	}
}

// take handles one frame; false when it breaks the protocol.
func (t *terminal) take(kind byte, data []byte) bool {
	switch kind {
	case ExecStdin:
		return t.input.put(t.ctx, data) == nil
	case ExecResize:
		var size ExecSize
		if json.Unmarshal(data, &size) != nil {
			return false
		}
		if size.Cols > 0 && size.Rows > 0 {
			t.sizes.put(remotecommand.TerminalSize{Width: size.Cols, Height: size.Rows})
		}
		return true
	case ExecClosed:
		t.input.close()
		return true
	default:
		return false
	}
}

func (t *terminal) touch() {
	select {
	case t.moved <- struct{}{}:
	default:
	}
}

// watchIdle ends a connection on which nothing moves.
func (t *terminal) watchIdle() {
	timer := t.clock.NewTimer(execIdle)
	defer timer.Stop()
	for {
		select {
		case <-t.moved:
			timer.Reset(execIdle)
		case <-timer.C():
			t.cancel(errExecIdle)
			return
		case <-t.ctx.Done():
			return
		}
	}
}

// write sends output; a client that does not read ends the connection.
func (t *terminal) write(kind byte, data []byte) error {
	ctx, cancel := context.WithTimeout(t.wire, streamWriteTimeout)
	defer cancel()
	frame := make([]byte, 0, min(len(data), execFrame)+1)
	for len(data) > 0 {
		n := min(len(data), execFrame)
		frame = append(append(frame[:0], kind), data[:n]...)
		if err := t.conn.Write(ctx, websocket.MessageBinary, frame); err != nil {
			t.cancel(context.Canceled)
			return err
		}
		data = data[n:]
	}
	t.touch()
	return nil
}

// finish sends the result and closes. cause is why the connection's context ended, nil if it
// did not.
func (t *terminal) finish(result ExecResult, cause error) {
	ctx, cancel := context.WithTimeout(t.wire, 2*time.Second)
	defer cancel()
	code, reason := websocket.StatusNormalClosure, ""
	if cause != nil && !errors.Is(cause, context.Canceled) {
		code, reason = closeCode(cause)
		result = ExecResult{ExitCode: -1, Message: errorWords(cause)}
	}
	if !errors.Is(cause, context.Canceled) {
		status, _ := json.Marshal(result)
		_ = t.conn.Write(ctx, websocket.MessageBinary, append([]byte{ExecStatus}, status...))
	}
	t.cancel(context.Canceled)
	_ = t.conn.Close(code, reason)
	_ = t.conn.CloseNow()
	t.wg.Wait()
}

// frameWriter writes one kind of output.
type frameWriter struct {
	terminal *terminal
	kind     byte
}

func (w frameWriter) Write(p []byte) (int, error) {
	if err := w.terminal.write(w.kind, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// inputQueue keeps typed bytes until a command reads them. What was read by a command that
// could not be started is given back for the next try.
type inputQueue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	data   []byte
	closed bool
	room   chan struct{}
}

func newInputQueue() *inputQueue {
	q := &inputQueue{room: make(chan struct{}, 1)}
	q.cond = sync.NewCond(&q.mu)
	return q
}

// put waits while too much input is unread.
func (q *inputQueue) put(ctx context.Context, p []byte) error {
	for {
		q.mu.Lock()
		if q.closed || len(q.data) < stdinBound {
			if !q.closed {
				q.data = append(q.data, p...)
			}
			q.cond.Broadcast()
			q.mu.Unlock()
			return nil
		}
		q.mu.Unlock()
		select {
		case <-q.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (q *inputQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.cond.Broadcast()
}

// reader gives the input to one try; after stop its reads give io.EOF and take nothing.
func (q *inputQueue) reader() *inputReader { return &inputReader{queue: q} }

type inputReader struct {
	queue   *inputQueue
	stopped bool   // guarded by queue.mu, as is taken
	taken   []byte // the first bytes read, at most inputKept
}

// inputKept is how much input is kept for the next try.
const inputKept = 4 << 10

// Read waits for input.
func (r *inputReader) Read(p []byte) (int, error) {
	q := r.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.data) == 0 && !q.closed && !r.stopped {
		q.cond.Wait()
	}
	if r.stopped || len(q.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, q.data)
	q.data = q.data[n:]
	if len(r.taken)+n <= inputKept {
		r.taken = append(r.taken, p[:n]...)
	}
	select {
	case q.room <- struct{}{}:
	default:
	}
	return n, nil
}

// stop ends the reads; giveBack returns what was read, because no command got it.
func (r *inputReader) stop(giveBack bool) {
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	r.stopped = true
	if giveBack {
		r.queue.data = append(r.taken, r.queue.data...)
	}
	r.queue.cond.Broadcast()
}

// sizeQueue keeps the newest size of the terminal.
type sizeQueue struct {
	ctx  context.Context //nolint:containedctx // Next has no context of its own
	next chan remotecommand.TerminalSize
}

func newSizeQueue(ctx context.Context) *sizeQueue {
	return &sizeQueue{ctx: ctx, next: make(chan remotecommand.TerminalSize, 1)}
}

// put replaces a size that was not fetched yet. It is called by one goroutine only.
func (q *sizeQueue) put(size remotecommand.TerminalSize) {
	select {
	case <-q.next:
	default:
	}
	q.next <- size
}

// Next waits for a size; nil ends the queue.
func (q *sizeQueue) Next() *remotecommand.TerminalSize {
	select {
	case size := <-q.next:
		return &size
	case <-q.ctx.Done():
		return nil
	}
}
