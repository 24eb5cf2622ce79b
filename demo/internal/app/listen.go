package app

import (
	"context"
	"errors"
	"fmt"
	"net"

	"kubemate.io/kubemate/demo/internal/config"
)

// AdminURL is the key under which Options.Started finds the fault switches.
const AdminURL = "admin"

// listen opens every listener before any role is made, so that in one process
// the roles know each other's addresses from the beginning.
func (p *process) listen(ctx context.Context, names []string) error {
	var listening net.ListenConfig
	for _, name := range names {
		address := p.Config.Listen
		if p.Config.Role == config.All && name != "teller" {
			address = "127.0.0.1:0"
		}
		listener, err := listening.Listen(ctx, "tcp", address)
		if err != nil {
			p.close()
			return fmt.Errorf("listen for %s: %w; choose another address with --listen", name, err)
		}
		p.listeners[name] = listener
	}
	if p.Config.AdminListen != "" {
		admin, err := listening.Listen(ctx, "tcp", p.Config.AdminListen)
		if err != nil {
			p.close()
			return fmt.Errorf("listen for the fault switches: %w; choose another address with --admin-listen", err)
		}
		p.admin = admin
	}
	p.name(names)
	return nil
}

// name notes the base URLs of what this process serves.
func (p *process) name(names []string) {
	urls := map[string]string{}
	for name, base := range p.urls {
		urls[name] = base
	}
	if p.Config.Role == config.All {
		for _, name := range names {
			urls[name] = "http://" + p.listeners[name].Addr().String()
		}
		urls["accounts-replicas"] = urls["accounts"]
	}
	if p.admin != nil {
		urls[AdminURL] = "http://" + p.admin.Addr().String()
	}
	p.urls = urls
}

// close closes what was opened by a start that failed.
func (p *process) close() {
	for _, listener := range p.listeners {
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			p.Log.Warn("listener not closed", "error", err)
		}
	}
	if p.admin != nil {
		_ = p.admin.Close() // nothing was served on it
	}
}
