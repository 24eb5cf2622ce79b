package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// sendTimeout bounds telling one replica; what is missed is told again soon.
const sendTimeout = time.Second

// Replicas tells every replica of the accounts service about balances. A
// Service address would reach only one of them, so the name behind the base
// URL (a headless Service) is looked up each time.
type Replicas struct {
	base      *url.URL
	resolve   func(ctx context.Context, host string) ([]string, error)
	transport *http.Transport
	log       *slog.Logger
	metrics   *metrics.Metrics
}

// NewReplicas makes the sender; base is for example "http://accounts-replicas:8080".
func NewReplicas(base string, log *slog.Logger, m *metrics.Metrics) (*Replicas, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("address of the accounts replicas: %q is not a URL with a host", base)
	}
	return &Replicas{
		base: u, resolve: net.DefaultResolver.LookupHost, transport: rpc.Transport(), log: log, metrics: m,
	}, nil
}

// send tells all replicas at once and waits. A replica that missed an update
// learns of it by the next full one, so failures are only logged.
func (p *Replicas) send(ctx context.Context, b bank.Balances) {
	ctx, cancel := context.WithTimeout(ctx, 2*sendTimeout)
	defer cancel()
	addresses, err := p.resolve(ctx, p.base.Hostname())
	if err != nil {
		if ctx.Err() == nil {
			p.log.WarnContext(ctx, "accounts replicas not found", "host", p.base.Hostname(), "error", err)
		}
		return
	}
	var wg sync.WaitGroup
	for _, address := range addresses {
		wg.Go(func() {
			target := *p.base
			target.Host = address
			if port := p.base.Port(); port != "" {
				target.Host = net.JoinHostPort(address, port)
			}
			client := rpc.NewClient("accounts", target.String(), sendTimeout, p.transport, p.metrics)
			err := client.Do(ctx, rpc.Call{Method: http.MethodPut, Path: "/v1/balances", In: b})
			if err != nil && ctx.Err() == nil {
				p.log.WarnContext(ctx, "balances not sent", "replica", address, "full", b.Full, "error", err)
			}
		})
	}
	wg.Wait()
}
