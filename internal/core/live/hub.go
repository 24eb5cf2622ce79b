package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

// Protocol is the WebSocket subprotocol that both sides must agree on.
const Protocol = "kubemate.live.v1"

// The limits that keep one tab or session from costing too much.
const (
	MaxSubscriptions = 100      // of one connection
	MaxTabs          = 32       // connections of one session
	maxMessage       = 64 << 10 // bytes of one message of the client
	maxID            = 64       // bytes of a subscription's id
	messageRate      = 50       // messages of a client per second, on the average
	messageBurst     = 300      // and at once
	subscribing      = 4        // subscriptions of one connection that are being made at a time
	controlQueue     = 512      // messages beside the subscriptions' that may wait
)

const (
	rightsEvery  = 500 * time.Millisecond // how often changed rights are looked for
	makeWithin   = 15 * time.Second       // making a subscription, or evaluating it anew
	detailWithin = 20 * time.Second       // reading one object
)

// patience is how long the hub waits for a client.
type patience struct {
	write time.Duration // a client that takes no message for so long is cut off
	ping  time.Duration // keeps proxies from closing the connection
	pong  time.Duration // else the client is gone
}

var defaultPatience = patience{write: 10 * time.Second, ping: 20 * time.Second, pong: 20 * time.Second}

// Views is what live needs of the fleet cache.
type Views interface {
	Subscribe(ctx context.Context, scope *authz.Scope, q fleet.Query, r fleet.Resume, notify func()) (*fleet.Subscription, error)
	// WatchObject calls changed after each change of an object until ctx ends.
	WatchObject(ctx context.Context, ref kube.Ref, changed func()) error
}

// DetailSource reads what the page of one object shows, as GET of the object does.
// errs.NotFound becomes "gone".
type DetailSource interface {
	Detail(ctx context.Context, scope *authz.Scope, ref kube.Ref) (detail json.RawMessage, resourceVersion string, err error)
}

// JobSource follows a job: each message is the whole job. The channel is closed when the
// job is over or ctx ends.
type JobSource interface {
	WatchJob(ctx context.Context, scope *authz.Scope, id string) (<-chan json.RawMessage, error)
}

// Deps are what a Hub needs. Log and Clock may be nil.
type Deps struct {
	Views   Views
	Details DetailSource
	Jobs    JobSource
	// Ended gives a channel that is closed when a session ends, see httpapi.Authenticator.
	Ended   func(sessionID string) <-chan struct{}
	Log     *slog.Logger
	Clock   clock.WithTicker
	Version string // of Kubemate, told to clients so that they can reload after an update
}

// Hub serves the live connections of all tabs.
type Hub struct {
	deps     Deps
	patience patience

	ctx    context.Context //nolint:containedctx // ended by Run
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu     sync.Mutex
	closed bool
	tabs   map[string]int // session id → open connections
	conns  map[*conn]struct{}
	ended  map[string]uint64 // connections by the reason of their end

	counters counters
}

// New makes a Hub. Register its Routes and Run it.
func New(d Deps) *Hub {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = clock.RealClock{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Hub{
		deps: d, patience: defaultPatience, ctx: ctx, cancel: cancel,
		tabs: map[string]int{}, conns: map[*conn]struct{}{}, ended: map[string]uint64{},
	}
}

// Run waits for ctx to end, says goodbye to all clients and waits until they are gone.
func (h *Hub) Run(ctx context.Context) error {
	<-ctx.Done()
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.wg.Wait()
	return nil
}

// Routes registers GET /live.
func (h *Hub) Routes(api *httpapi.API) {
	api.Raw(httpapi.Stream(huma.Operation{
		OperationID: "live", Method: http.MethodGet, Path: httpapi.Prefix + "/live", Tags: []string{"live"},
		Summary: "Follow tables, objects and jobs over one WebSocket",
		Description: "WebSocket with subprotocol " + Protocol + " and JSON text frames. The client sends sub, unsub and ping; " +
			"the server sends hello, page, patch, state, object, gone, job, error, pong and bye. See docs/explanation/fleet-cache.md.",
		Responses: map[string]*huma.Response{"101": {Description: "The connection is a WebSocket now"}},
	}), h.serve)
}

// enter counts a connection of a session, or says why there may not be one more.
func (h *Hub) enter(session string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errs.New(errs.Unavailable, "Kubemate is stopping").WithHint("connect again in a moment")
	}
	if h.tabs[session] >= MaxTabs {
		return errs.New(errs.TooMany, "this session has %d live connections already", MaxTabs).
			WithHint("close some tabs of Kubemate")
	}
	h.tabs[session]++
	h.wg.Add(1)
	return nil
}

func (h *Hub) leave(session string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tabs[session]--; h.tabs[session] <= 0 {
		delete(h.tabs, session)
	}
	h.wg.Done()
}
