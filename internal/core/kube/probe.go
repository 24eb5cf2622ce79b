package kube

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/url"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/errs"
)

const (
	probeEvery   = 5 * time.Second  // while the cluster answers
	probeSlowest = 20 * time.Second // longest back-off while it does not
	probeWithin  = 5 * time.Second  // a slower answer counts as none
	kindsEvery   = 15 * time.Second
	versionEvery = 10 * time.Minute
)

// probe keeps the health and the list of kinds of one cluster fresh.
type probe struct {
	c         *connection
	failures  int
	versionAt time.Time
	kindsAt   time.Time
}

func newProbe(c *connection) *probe { return &probe{c: c} }

func (p *probe) run(ctx context.Context) {
	for {
		p.once(ctx)
		timer := p.c.clock.NewTimer(p.pause())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C():
		}
	}
}

// pause grows while the cluster fails, and is spread by a fifth so that many clusters and
// replicas don't beat together.
func (p *probe) pause() time.Duration {
	d := probeEvery
	if p.failures > 0 {
		d = min(time.Second<<min(p.failures-1, 10), probeSlowest)
	}
	return d - d/5 + time.Duration(rand.Int64N(int64(d)*2/5)) //nolint:gosec // spread, not secrecy
}

func (p *probe) once(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	began := p.c.clock.Now()
	err := p.ask(ctx)
	if err != nil {
		p.failures++
		p.failed(err)
		return
	}
	p.failures = 0
	p.c.answered(p.c.clock.Since(began))
	p.refresh(ctx)
}

// ask calls /readyz; an account without that right is content with /version.
func (p *probe) ask(ctx context.Context) error {
	client := p.c.System().Discovery.RESTClient()
	_, err := client.Get().AbsPath("/readyz").MaxRetries(0).Do(ctx).Raw()
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		_, err = client.Get().AbsPath("/version").MaxRetries(0).Do(ctx).Raw()
	}
	return err
}

func (p *probe) failed(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if changed, reloadErr := p.c.reload(); reloadErr == nil && changed {
		p.c.log.Info("cluster configuration was renewed")
		p.failures = 1 // try the new one at once
	}
	p.c.lost(err)
}

// refresh reads what changes seldom: version, kinds, certificate.
func (p *probe) refresh(ctx context.Context) {
	now := p.c.clock.Now()
	if now.Sub(p.kindsAt) >= kindsEvery {
		p.kindsAt = now
		if err := p.c.kinds.refresh(ctx); err != nil {
			p.c.log.Debug("discovery is incomplete", "error", err)
		}
	}
	if now.Sub(p.versionAt) < versionEvery {
		return
	}
	version, err := p.c.System().Discovery.ServerVersion()
	if err != nil {
		return
	}
	p.versionAt = now
	expiry := certificateExpiry(ctx, p.c.System().Config)
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.c.health.Version = version.GitVersion
	p.c.health.CertificateExpiry = expiry
}

func (c *connection) answered(roundTrip time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if !c.health.Connected {
		c.health.Connected, c.health.Since, c.health.Problem = true, now, ""
		c.log.Info("cluster answers")
	}
	c.health.LastContact, c.health.RoundTrip = now, roundTrip
}

func (c *connection) lost(err error) {
	problem := "the API server is not ready"
	var e *errs.Error
	if errors.As(FromKube(err), &e) {
		problem = e.Message
		if e.Hint != "" {
			problem += "; " + e.Hint
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.Connected || c.health.LastContact.IsZero() && c.health.Problem != problem {
		c.log.Warn("cluster does not answer", "problem", problem)
	}
	if c.health.Connected {
		c.health.Connected, c.health.Since = false, c.clock.Now()
	}
	c.health.Problem = problem
}

// certificateExpiry looks at the serving certificate; zero when there is none to see.
func certificateExpiry(ctx context.Context, cfg *rest.Config) time.Time {
	host, err := url.Parse(cfg.Host)
	if err != nil || host.Scheme != "https" {
		return time.Time{}
	}
	address := host.Host
	if host.Port() == "" {
		address = net.JoinHostPort(host.Hostname(), "443")
	}
	tlsConfig, err := rest.TLSConfigFor(cfg)
	if err != nil || tlsConfig == nil {
		return time.Time{}
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: probeWithin}, Config: tlsConfig}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return time.Time{}
	}
	defer func() { _ = conn.Close() }()
	certs := conn.(*tls.Conn).ConnectionState().PeerCertificates
	if len(certs) == 0 {
		return time.Time{}
	}
	return certs[0].NotAfter
}
