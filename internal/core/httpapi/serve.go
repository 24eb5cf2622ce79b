package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// A stop cuts streams after streamTime and everything else after stopTime. What was cut has
// until then to leave in order.
const (
	streamTime = 2 * time.Second
	stopTime   = 8 * time.Second
)

// Listen says where to serve.
type Listen struct {
	Address     string      // "127.0.0.1:8090"; "" for none
	TLS         *tls.Config // nil for plain HTTP, allowed on loopback only
	AdminSocket string      // path of the Unix socket, "" for none
}

// Serve serves until ctx ends, then stops: open requests get some seconds, streams are cut.
// ready is called with the address once both listeners stand.
func (s *Server) Serve(ctx context.Context, l Listen, ready func(net.Addr)) error {
	var tcp, socket net.Listener
	var err error
	if l.AdminSocket != "" {
		if socket, err = listenSocket(ctx, l.AdminSocket); err != nil {
			return err
		}
		defer func() { _ = socket.Close() }() // closed already, if serving began
	}
	if l.Address != "" {
		if tcp, err = listenTCP(ctx, l); err != nil {
			return err
		}
		defer func() { _ = tcp.Close() }()
	}
	group, ctx := errgroup.WithContext(ctx)
	if socket != nil {
		s.serveOn(ctx, group, peerListener{socket}, func(ctx context.Context) context.Context {
			return context.WithValue(ctx, socketKey{}, true)
		})
	}
	if tcp != nil {
		s.serveOn(ctx, group, tcp, func(ctx context.Context) context.Context { return ctx })
	}
	if ready != nil {
		var address net.Addr
		if tcp != nil {
			address = tcp.Addr()
		}
		ready(address)
	}
	return group.Wait()
}

func listenTCP(ctx context.Context, l Listen) (net.Listener, error) {
	if l.TLS == nil && !IsLoopback(l.Address) {
		return nil, fmt.Errorf("refusing to serve %s without TLS: only loopback addresses may, give --tls-cert and --tls-key or --tls-generate", l.Address)
	}
	var config net.ListenConfig
	tcp, err := config.Listen(ctx, "tcp", l.Address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w: stop what uses the port, or give another with --listen", l.Address, err)
	}
	if l.TLS != nil {
		return tls.NewListener(tcp, l.TLS), nil
	}
	return tcp, nil
}

// serveOn runs one http.Server in the group; it ends with ctx.
func (s *Server) serveOn(ctx context.Context, group *errgroup.Group, l net.Listener, mark func(context.Context) context.Context) {
	base, cancel := context.WithCancel(mark(context.WithoutCancel(ctx)))
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.options.Limits.HeaderTime,
		IdleTimeout:       s.options.Limits.IdleTime,
		MaxHeaderBytes:    s.options.Limits.HeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			cancel()
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		defer cancel()
		cut := time.AfterFunc(streamTime, cancel)
		defer cut.Stop()
		limited, stop := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer stop()
		err := server.Shutdown(limited)
		if err != nil {
			err = server.Close()
		}
		cancel()
		s.inflight.wait(limited)
		return err
	})
}

// IsLoopback says whether an address (host:port) is reached from this machine only.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
