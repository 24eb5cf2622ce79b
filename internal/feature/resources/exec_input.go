package resources

import (
	"context"
	"io"
	"sync"

	"k8s.io/client-go/tools/remotecommand"
)

// What a terminal makes of Ctrl-C and Ctrl-D.
const (
	ctrlC = 3
	ctrlD = 4
)

// stdinBound is how much input waits for a command that does not read it.
const stdinBound = 256 << 10

// inputQueue keeps typed bytes until a command reads them. What was read by a command that
// could not be started is given back for the next try.
type inputQueue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	data   []byte
	closed bool
	hung   bool
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

// hangUp types what makes a shell leave: Ctrl-C ends its command, Ctrl-D itself. A container
// runtime ends nothing when a connection is closed.
func (q *inputQueue) hangUp() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed && !q.hung {
		q.data = append(q.data, ctrlC, ctrlD, ctrlD)
	}
	q.hung = true
	q.cond.Broadcast()
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
	ctx  context.Context // Next has no context of its own
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
