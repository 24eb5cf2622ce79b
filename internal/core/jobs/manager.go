package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// keep is how long finished jobs can be read.
const keep = 7 * 24 * time.Hour

// Handler does the work of one type of job. It may be called again for the same job by a
// successor, with the checkpoint that it saved. It returns soon after ctx ends.
type Handler func(ctx context.Context, run *Run) error

// Options are what a Manager is made of.
type Options struct {
	Store  Store
	Holder string           // names this process among all that share the store; "" = random
	Lease  time.Duration    // how long a dead holder's jobs wait; 0 = 30 s
	Now    func() time.Time // nil = time.Now
	Log    *slog.Logger
}

// Manager starts, runs and shows jobs. Handlers are registered before Run.
type Manager struct {
	Options
	handlers map[string]Handler
	wake     chan struct{}

	mu       sync.Mutex
	active   map[string]*Run
	watchers map[string]map[chan struct{}]struct{}
	ended    map[Outcome]uint64
}

// New makes a manager; Run makes it work.
func New(o Options) *Manager {
	if o.Holder == "" {
		o.Holder = rand.Text()
	}
	if o.Lease == 0 {
		o.Lease = 30 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Manager{
		Options: o, handlers: map[string]Handler{}, wake: make(chan struct{}, 1),
		active: map[string]*Run{}, watchers: map[string]map[chan struct{}]struct{}{},
		ended: map[Outcome]uint64{},
	}
}

// Handle registers the handler of a type of job.
func (m *Manager) Handle(kind string, h Handler) { m.handlers[kind] = h }

// Order asks for a job.
type Order struct {
	Type   string
	Ref    kube.Ref
	As     authz.Identity // the job acts for this identity
	Spec   any            // the handler's input, stored as JSON; no secrets
	DryRun bool
}

// Start stores a job and has it run soon, here or elsewhere.
func (m *Manager) Start(ctx context.Context, o Order) (*Job, error) {
	if m.handlers[o.Type] == nil {
		return nil, fmt.Errorf("start job: no handler for type %q", o.Type)
	}
	spec, err := json.Marshal(o.Spec)
	if err != nil {
		return nil, fmt.Errorf("start job: encode its input: %w", err)
	}
	r := Record{
		Job: Job{
			ID: rand.Text(), Type: o.Type, Cluster: o.Ref.Cluster, Ref: o.Ref, Phase: Running,
			Stages: []JobStage{}, Items: []JobItem{}, Created: m.Now().UTC(), User: o.As.User, DryRun: o.DryRun,
		},
		Groups: o.As.Groups, Spec: spec,
	}
	if err := m.Store.Insert(ctx, r); err != nil {
		return nil, err
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return &r.Job, nil
}

// Job finds one job; errs.NotFound otherwise.
func (m *Manager) Job(ctx context.Context, id string) (*Job, error) {
	r, err := m.Store.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return &r.Job, nil
}

// List gives the newest 200 jobs of a cluster ("" = of all), newest first.
func (m *Manager) List(ctx context.Context, cluster string) ([]Job, error) {
	records, err := m.Store.List(ctx, cluster, 200)
	if err != nil {
		return nil, err
	}
	out := make([]Job, 0, len(records))
	for _, r := range records {
		out = append(out, r.Job)
	}
	return out, nil
}

// Cancel asks a job to end; it ends a little later.
func (m *Manager) Cancel(ctx context.Context, id string) (*Job, error) {
	r, err := m.Store.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Phase.Finished() {
		return nil, errs.New(errs.Conflict, "job %s is over: %s", id, r.Phase)
	}
	if err := m.Store.RequestCancel(ctx, id); err != nil {
		return nil, err
	}
	m.mu.Lock()
	run := m.active[id]
	m.mu.Unlock()
	if run != nil {
		run.end(errCancelled)
	}
	return &r.Job, nil
}

// Watch gives a channel that gets a value after each change of a job made in this process;
// changes that come fast are merged. Call stop when done.
func (m *Manager) Watch(id string) (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.watchers[id] == nil {
		m.watchers[id] = map[chan struct{}]struct{}{}
	}
	m.watchers[id][c] = struct{}{}
	return c, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.watchers[id], c)
		if len(m.watchers[id]) == 0 {
			delete(m.watchers, id)
		}
	}
}

func (m *Manager) changed(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c := range m.watchers[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Reasons why the context of a run ends.
var (
	errCancelled = errors.New("cancelled by a user")
	errLost      = errors.New("the lease was lost to another process")
	errStopping  = errors.New("the process stops")
)

// WasCancelled says that a handler's context ended because a user cancelled the job.
func WasCancelled(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errCancelled) }
