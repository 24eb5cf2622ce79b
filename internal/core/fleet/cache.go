package fleet

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// definitions is the key of the kind that defines kinds.
const definitions = "customresourcedefinitions.apiextensions.k8s.io"

// cache holds the watched kinds of one cluster.
type cache struct {
	fleet   *Fleet
	cluster kube.Cluster
	log     *slog.Logger
	started atomic.Bool
	usage   usage

	mu      sync.Mutex
	members map[string]*member
}

// member is one kind that is being watched.
type member struct {
	kind     kube.Kind
	spec     spec
	printers []printer
	store    *store
	phase    *phase
	counts   counts
	stop     context.CancelFunc
	used     atomic.Int64 // Unix seconds
	dropped  atomic.Bool  // no longer fed: who holds it starts over
}

func newCache(f *Fleet, c kube.Cluster) *cache {
	cached := &cache{fleet: f, cluster: c, log: f.log.With("cluster", c.Name()), members: map[string]*member{}}
	cached.usage = usage{cache: cached, wake: make(chan struct{}, 1)}
	return cached
}

// running gives a kind that is being watched already, by its resource key.
func (c *cache) running(resource string) *member {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.members[resource]
}

// member gives a kind by any of its names and starts watching it when nobody did.
func (c *cache) member(ctx context.Context, resource string) (*member, error) {
	kind, err := c.cluster.Kind(ctx, resource)
	if err != nil {
		return nil, err
	}
	if m := c.running(kind.Resource); m != nil {
		m.used.Store(c.fleet.clock.Now().Unix())
		return m, nil
	}
	if !slices.Contains(kind.Verbs, "list") {
		return nil, errs.New(errs.Invalid, "the kind %s cannot be listed", kind.Resource).
			WithHint("it only serves: %v", kind.Verbs)
	}
	printers, err := c.printers(ctx, kind)
	if err != nil {
		return nil, err
	}
	return c.begin(kind, printers) //nolint:contextcheck // the watch lives as long as the fleet, not as the question
}

// begin starts watching a kind, unless somebody else just did. The watch outlives who asked for it.
func (c *cache) begin(kind kube.Kind, printers []printer) (*member, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.members[kind.Resource]; m != nil {
		return m, nil
	}
	m := c.newMember(kind, printers)
	r := c.reflect(m)
	ctx, stop := context.WithCancel(c.fleet.ctx)
	m.stop = stop
	if !c.fleet.spawn(func(context.Context) { r.run(ctx) }) {
		stop()
		return nil, errs.New(errs.Unavailable, "Kubemate is stopping")
	}
	c.members[kind.Resource] = m
	return m, nil
}

func (c *cache) newMember(kind kube.Kind, printers []printer) *member {
	m := &member{kind: kind, printers: printers}
	var own []field
	if kind.Custom {
		own = printerFields(printers)
	}
	m.spec = specFor(kind, own)
	m.store = newStore(kind, m.spec)
	m.phase = newPhase(c.fleet.clock, c.cluster, &m.store.listeners)
	m.used.Store(c.fleet.clock.Now().Unix())
	return m
}

func (c *cache) reflect(m *member) *reflector {
	return &reflector{
		store: m.store, upstream: upstreamFor(c.cluster, m.kind, m.spec.form),
		extract: &extractor{store: m.store, spec: m.spec}, phase: m.phase, counts: &m.counts,
		clock: c.fleet.clock, log: c.log, streaming: m.spec.form != formTable,
	}
}

// printers reads the printer columns of a custom kind; an aggregated API has none.
func (c *cache) printers(ctx context.Context, kind kube.Kind) ([]printer, error) {
	if !kind.Custom {
		return nil, nil
	}
	gvr := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	definition, err := c.cluster.System().Dynamic.Resource(gvr).Get(ctx, kind.Plural+"."+kind.Group, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, kube.FromKube(err, kube.Ref{Cluster: c.cluster.Name(), Resource: definitions, Name: kind.Resource})
	}
	return printersOf(definition, kind.Version), nil
}

// start watches the kinds that are always watched; once.
func (c *cache) start() {
	if c.started.Swap(true) {
		return
	}
	if !c.fleet.spawn(c.startAlways) {
		c.started.Store(false)
	}
}

func (c *cache) startAlways(ctx context.Context) {
	for {
		if _, err := c.cluster.Kinds(ctx); err == nil || errs.KindOf(err) != errs.Timeout && c.cluster.Health().Connected {
			break
		}
		timer := c.fleet.clock.NewTimer(lookEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C():
		}
	}
	for _, resource := range always {
		if _, err := c.member(ctx, resource); err != nil {
			c.log.Warn("a kind is not watched", "resource", resource, "error", err)
		}
	}
	c.fleet.spawn(c.followDefinitions)
	c.fleet.spawn(c.runJoins)
	c.fleet.spawn(c.usage.run)
}

// followDefinitions drops what was cached by the rules of a CRD that has changed: the next
// look starts it with the new columns.
func (c *cache) followDefinitions(ctx context.Context) {
	m := c.running(definitions)
	if m == nil {
		return
	}
	signal, stop := m.store.listeners.listen()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-signal:
		}
		if r, ok := c.cluster.(interface{ RefreshKinds() }); ok {
			r.RefreshKinds()
		}
		if m.phase.state().Phase == phaseLive {
			c.dropOutdated(m)
		}
	}
}

func (c *cache) dropOutdated(definitions *member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for resource, m := range c.members {
		if !m.kind.Custom {
			continue
		}
		definition, found := definitions.object("", resource)
		if !found && m.printers == nil {
			continue // an aggregated API
		}
		if found && slices.Equal(printersOf(definition, m.kind.Version), m.printers) {
			continue
		}
		c.drop(resource, m)
	}
}

func (c *cache) drop(resource string, m *member) {
	m.stop()
	delete(c.members, resource)
	m.dropped.Store(true)
	m.store.listeners.tell()
}

// sweep drops what nobody has used: kinds that are not always watched, and sorted indexes.
func (c *cache) sweep(now time.Time) {
	before := now.Add(-c.fleet.idle)
	c.mu.Lock()
	defer c.mu.Unlock()
	for resource, m := range c.members {
		m.store.dropIndexes(before)
		if slices.Contains(always, resource) || m.used.Load() >= before.Unix() || m.store.listeners.any() {
			continue
		}
		c.drop(resource, m)
	}
}
