package resources

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	// streamsPerSession bounds what one session holds open at once: logs, shells, forwards, copies.
	streamsPerSession = 128
	// streamWriteTimeout bounds one write to a client that does not read.
	streamWriteTimeout = time.Minute
)

// streams serves what stays open: logs, exec, port-forward and file copy.
// Everything goes to the cluster under the caller's own identity.
type streams struct {
	clusters kube.Registry
	// ended gives a channel closed when a session ends; may be nil in tests.
	ended func(sessionID string) <-chan struct{}
	log   *slog.Logger
	clock clock.Clock
	slots *streamSlots
}

func newStreams(clusters kube.Registry, ended func(string) <-chan struct{}, log *slog.Logger, c clock.Clock) *streams {
	return &streams{clusters: clusters, ended: ended, log: log, clock: c, slots: newStreamSlots(streamsPerSession)}
}

// open takes a slot for the request and gives a context that ends with the client, with the
// session, or by the returned release.
func (s *streams) open(r *http.Request) (context.Context, func(), error) {
	session := httpapi.From(r.Context()).Session.ID
	if !s.slots.take(session) {
		return nil, nil, errs.New(errs.TooMany, "this session already holds %d open streams", streamsPerSession).
			WithHint("close some logs, shells or port-forwards first")
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	var ended <-chan struct{}
	if s.ended != nil && session != "" {
		ended = s.ended(session)
	}
	var watcher sync.WaitGroup
	watcher.Go(func() {
		select {
		case <-ended: // never, when nil
			cancel(errSessionEnded)
		case <-ctx.Done():
		}
	})
	release := func() {
		cancel(context.Canceled)
		watcher.Wait()
		s.slots.give(session)
	}
	return ctx, release, nil
}

// errSessionEnded is the cause of a stream's context when its session ended.
var errSessionEnded = errs.New(errs.Unauthenticated, "the session ended").WithHint("sign in again")

// streamSlots counts the open streams of each session.
type streamSlots struct {
	limit int
	mu    sync.Mutex
	held  map[string]int
}

func newStreamSlots(limit int) *streamSlots {
	return &streamSlots{limit: limit, held: map[string]int{}}
}

func (s *streamSlots) take(session string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[session] >= s.limit {
		return false
	}
	s.held[session]++
	return true
}

func (s *streamSlots) give(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[session]--; s.held[session] <= 0 {
		delete(s.held, session)
	}
}
