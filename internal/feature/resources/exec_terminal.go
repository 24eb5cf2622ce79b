package resources

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/coder/websocket"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/errs"
)

var errExecIdle = errs.New(errs.Timeout, "nothing was typed or printed for four hours").WithHint("open it again")

// terminal is the client's side of an exec: it reads frames into the input and the sizes, and
// writes output as frames. It lives until finish.
type terminal struct {
	ctx    context.Context // the life of the connection
	cancel context.CancelCauseFunc
	// wire outlives ctx: the WebSocket would be cut before the result could be sent.
	wire  context.Context
	conn  *websocket.Conn
	clock clock.Clock
	tty   bool
	shell bool // no command was given
	input *inputQueue
	sizes *sizeQueue
	moved chan struct{} // something was typed or printed
	wg    sync.WaitGroup
}

func newTerminal(parent context.Context, conn *websocket.Conn, c clock.Clock, tty, shell bool) *terminal {
	ctx, cancel := context.WithCancelCause(parent)
	t := &terminal{
		ctx: ctx, cancel: cancel, wire: context.WithoutCancel(parent), conn: conn, clock: c, tty: tty, shell: shell,
		input: newInputQueue(), sizes: newSizeQueue(ctx), moved: make(chan struct{}, 1),
	}
	t.wg.Go(t.readFrames)
	t.wg.Go(t.watchIdle)
	return t
}

// readFrames reads until the client leaves or breaks the protocol.
func (t *terminal) readFrames() {
	defer t.endInput()
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

// endInput ends the input of a client that is gone.
func (t *terminal) endInput() {
	if t.shell && t.tty {
		t.input.hangUp()
		return
	}
	t.input.close()
}

// lingering gives a context for the cluster's side, which ends a moment after the client's.
func (t *terminal) lingering() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.wire)
	t.wg.Go(func() {
		defer cancel()
		select {
		case <-t.ctx.Done():
		case <-ctx.Done():
			return
		}
		t.endInput()
		if !t.shell || !t.tty {
			return
		}
		timer := t.clock.NewTimer(hangUpWait)
		defer timer.Stop()
		select {
		case <-timer.C():
		case <-ctx.Done():
		}
	})
	return ctx, cancel
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
		if t.tty { // the end of input is typed, at a terminal
			return t.input.put(t.ctx, []byte{ctrlD}) == nil
		}
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
