package fleet

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	defaultIdle = 10 * time.Minute // a kind that nobody looks at is dropped after this
	sweepEvery  = time.Minute
	lookEvery   = 2 * time.Second // for new clusters
	firstList   = 5 * time.Second // how long a read waits for the first list
)

// Deps are what a Fleet needs. Log and Clock may be nil; Idle defaults to ten minutes.
type Deps struct {
	Clusters kube.Registry
	Log      *slog.Logger
	Clock    clock.WithTicker
	Idle     time.Duration
}

// Fleet caches the objects of all clusters of a registry.
type Fleet struct {
	clusters kube.Registry
	log      *slog.Logger
	clock    clock.WithTicker
	idle     time.Duration

	ctx    context.Context //nolint:containedctx // the life of all watches; ended by Run
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu     sync.Mutex
	closed bool
	caches map[string]*cache

	groups groups
	pages  pageCache
}

// New makes a Fleet. Reads start what they need; Run starts what is always watched.
func New(d Deps) *Fleet {
	if d.Clock == nil {
		d.Clock = clock.RealClock{}
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Idle == 0 {
		d.Idle = defaultIdle
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &Fleet{clusters: d.Clusters, log: d.Log, clock: d.Clock, idle: d.Idle, ctx: ctx, cancel: cancel, caches: map[string]*cache{}}
	f.groups.fleet = f
	return f
}

// Run watches the kinds that are always watched in every cluster of the registry, until ctx
// ends; then it stops everything and waits for its goroutines.
func (f *Fleet) Run(ctx context.Context) error {
	defer f.wg.Wait()
	defer f.close()
	look, sweep := f.clock.NewTicker(lookEvery), f.clock.NewTicker(sweepEvery)
	defer look.Stop()
	defer sweep.Stop()
	for {
		for _, c := range f.clusters.Clusters() {
			if cached, err := f.cache(c.Name()); err == nil {
				cached.start()
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C():
		case <-sweep.C():
			f.sweep()
		}
	}
}

func (f *Fleet) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.cancel()
}

// spawn starts a goroutine that Run waits for; false once the Fleet is closed.
func (f *Fleet) spawn(work func(ctx context.Context)) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.wg.Go(func() { work(f.ctx) })
	return true
}

// cache gives the cache of a cluster, errs.NotFound for an unknown cluster.
func (f *Fleet) cache(cluster string) (*cache, error) {
	c, err := f.clusters.Cluster(cluster)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errs.New(errs.Unavailable, "Kubemate is stopping")
	}
	cached, ok := f.caches[cluster]
	if !ok {
		cached = newCache(f, c)
		f.caches[cluster] = cached
	}
	return cached, nil
}

func (f *Fleet) sweep() {
	f.mu.Lock()
	all := make([]*cache, 0, len(f.caches))
	for _, c := range f.caches {
		all = append(all, c)
	}
	f.mu.Unlock()
	now := f.clock.Now()
	for _, c := range all {
		c.sweep(now)
	}
	f.groups.sweep(now)
}

// State says how fresh the cache of a kind is, without starting it.
func (f *Fleet) State(cluster, resource string) State {
	cached, err := f.cache(cluster)
	if err != nil {
		return State{Phase: phaseLoading, Cause: err.Error()}
	}
	if m := cached.running(resource); m != nil {
		return m.phase.state()
	}
	return State{Phase: phaseLoading, Since: f.clock.Now().Unix()}
}
