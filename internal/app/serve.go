package app

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"kubemate.io/kubemate/internal/core/config"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

// Serve runs the server until ctx ends. ready, if not nil, is called with the address once
// requests are taken.
func Serve(ctx context.Context, c config.Server, log *slog.Logger, ready func(net.Addr)) error {
	limitMemory(log)
	source := kube.InCluster()
	if c.Kubeconfig != "" {
		source = kube.Kubeconfig(c.Kubeconfig, c.Context)
	}
	certificates, err := serverTLS(c)
	if err != nil {
		return err
	}
	p, err := newParts(ctx, c, source, log)
	if err != nil {
		return err
	}
	defer func() {
		if err := p.records.Close(); err != nil {
			log.Warn("cannot close the database", "error", err)
		}
	}()
	group, ctx := errgroup.WithContext(ctx)
	for _, r := range p.runners() {
		group.Go(func() error { return r.Run(ctx) })
	}
	group.Go(func() error {
		listen := httpapi.Listen{Address: c.Listen, TLS: certificates, AdminSocket: c.AdminSocket}
		return p.border.Serve(ctx, listen, func(a net.Addr) {
			log.Info("serving", "address", a.String(), "url", c.PublicURL+"/", "socket", c.AdminSocket, "fingerprint", httpapi.Fingerprint(certificates))
			if ready != nil {
				ready(a)
			}
		})
	})
	err = group.Wait()
	log.Info("stopped")
	return err
}

// serverTLS is nil when the server speaks plain HTTP, on loopback.
func serverTLS(c config.Server) (*tls.Config, error) {
	switch {
	case c.TLSCert != "":
		return httpapi.LoadTLS(c.TLSCert, c.TLSKey)
	case c.TLSGenerate:
		return httpapi.GenerateTLS(filepath.Join(c.DataDir, "pki"), c.CertificateHosts(config.MachineHosts()), time.Now())
	default:
		return nil, nil //nolint:nilnil // no TLS is an answer
	}
}
