package kube

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"k8s.io/utils/lru"

	"kubemate.io/kubemate/internal/core/authz"
)

const (
	parallelCalls    = 64               // calls to one cluster at a time; the rest wait their turn
	answerWithin     = 30 * time.Second // first byte of an answer, and pauses inside it
	cachedIdentities = 512              // identities whose clients are kept per cluster
)

// connection is one cluster; it implements Cluster.
type connection struct {
	name    string
	display string
	source  Source
	guard   *guard
	log     *slog.Logger
	clock   clock.WithTicker
	kinds   *discoverer
	called  func(Call) // nil when nobody counts; set before the first call

	mu       sync.RWMutex
	loaded   *rest.Config // as the source gave it, to notice changes
	base     *rest.Config
	system   *Clients
	identity *lru.Cache // identityKey → *Clients
	health   Health
}

var _ Cluster = (*connection)(nil)

func newConnection(name, display string, src Source, log *slog.Logger, clk clock.WithTicker) (*connection, error) {
	c := &connection{
		name: name, display: display, source: src,
		guard: newGuard(parallelCalls, answerWithin),
		log:   log.With("cluster", name), clock: clk,
		identity: lru.New(cachedIdentities),
	}
	c.kinds = &discoverer{cluster: c}
	c.health = Health{Since: clk.Now(), Problem: "not contacted yet"}
	if _, err := c.reload(); err != nil {
		return nil, fmt.Errorf("connect cluster %s: %w", name, err)
	}
	return c, nil
}

// reload asks the source again and says whether the configuration changed.
func (c *connection) reload() (bool, error) {
	cfg, err := c.source()
	if err != nil {
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded != nil && sameConfig(c.loaded, cfg) {
		return false, nil
	}
	base := prepare(cfg, c.guard)
	base.Wrap(c.observe)
	system, err := newClients(base)
	if err != nil {
		return false, err
	}
	c.loaded, c.base, c.system = rest.CopyConfig(cfg), base, system
	c.identity.Clear()
	c.health.APIServer = cfg.Host
	return true, nil
}

func sameConfig(a, b *rest.Config) bool {
	return a.Host == b.Host && a.BearerToken == b.BearerToken && a.BearerTokenFile == b.BearerTokenFile &&
		a.Username == b.Username && a.Password == b.Password &&
		reflect.DeepEqual(a.TLSClientConfig, b.TLSClientConfig) && reflect.DeepEqual(a.ExecProvider, b.ExecProvider)
}

// Name is the key of the cluster.
func (c *connection) Name() string { return c.name }

// DisplayName is what people call it.
func (c *connection) DisplayName() string { return c.display }

// System gives clients of Kubemate's own account.
func (c *connection) System() *Clients {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.system
}

// As gives clients that act as id; they are kept for the identities seen last.
func (c *connection) As(id authz.Identity) (*Clients, error) {
	key := identityKey(id)
	c.mu.RLock()
	base := c.base
	found, ok := c.identity.Get(key)
	c.mu.RUnlock()
	if ok {
		return found.(*Clients), nil
	}
	cfg, err := impersonate(base, id)
	if err != nil {
		return nil, err
	}
	clients, err := newClients(cfg)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.base == base { // not reloaded meanwhile
		c.identity.Add(key, clients)
	}
	return clients, nil
}

// Health is the last known contact.
func (c *connection) Health() Health {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.health
}

// Kinds lists what the cluster serves.
func (c *connection) Kinds(ctx context.Context) ([]Kind, error) { return c.kinds.list(ctx) }

// Kind finds one kind by any of its names.
func (c *connection) Kind(ctx context.Context, resource string) (Kind, error) {
	return c.kinds.find(ctx, resource)
}

// RefreshKinds asks the cluster again at the next look; for those who see a CRD change.
func (c *connection) RefreshKinds() { c.kinds.expire() }
