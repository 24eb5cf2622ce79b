package kube

import (
	"context"
	"log/slog"
	"sort"
	"sync"

	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/errs"
)

// Options are what a Connector needs. Clock may be nil for the real one, Called when nobody counts.
type Options struct {
	Log    *slog.Logger
	Clock  clock.WithTicker
	Called func(Call) // is told of every finished call; it must not block
}

// Connector holds the clusters that Kubemate is connected to; it implements Registry.
type Connector struct {
	log    *slog.Logger
	clock  clock.WithTicker
	called func(Call)

	mu       sync.RWMutex
	clusters map[string]*connection
	added    chan struct{} // signals Run that a cluster came
}

var _ Registry = (*Connector)(nil)

// NewConnector makes an empty one. Add clusters, then Run it.
func NewConnector(o Options) *Connector {
	if o.Clock == nil {
		o.Clock = clock.RealClock{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Connector{log: o.Log, clock: o.Clock, called: o.Called, clusters: map[string]*connection{}, added: make(chan struct{}, 1)}
}

// Add connects a cluster under a name; it does not call the cluster. It fails when the
// source cannot be read or the name is taken.
func (c *Connector) Add(name, display string, src Source) error {
	conn, err := newConnection(name, display, src, c.log, c.clock)
	if err != nil {
		return err
	}
	conn.called = c.called
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, taken := c.clusters[name]; taken {
		return errs.New(errs.Conflict, "a cluster named %q is already connected", name)
	}
	c.clusters[name] = conn
	select {
	case c.added <- struct{}{}:
	default:
	}
	return nil
}

// Cluster finds one by name.
func (c *Connector) Cluster(name string) (Cluster, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if conn, ok := c.clusters[name]; ok {
		return conn, nil
	}
	return nil, errs.New(errs.NotFound, "there is no cluster %q", name).WithHint("see the list of clusters")
}

// Clusters lists all, sorted by name.
func (c *Connector) Clusters() []Cluster {
	conns := c.connections()
	out := make([]Cluster, len(conns))
	for i, conn := range conns {
		out[i] = conn
	}
	return out
}

func (c *Connector) connections() []*connection {
	c.mu.RLock()
	defer c.mu.RUnlock()
	out := make([]*connection, 0, len(c.clusters))
	for _, conn := range c.clusters {
		out = append(out, conn)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// Run probes the clusters until ctx ends, and returns when its goroutines have.
func (c *Connector) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	started := map[string]bool{}
	for {
		for _, conn := range c.connections() {
			if !started[conn.name] {
				started[conn.name] = true
				wg.Go(func() { newProbe(conn).run(ctx) })
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.added:
		}
	}
}
