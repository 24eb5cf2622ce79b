package launch

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"kubemate.io/kubemate/internal/launch/embedded/supervise"
)

// serverName is the server's command, process, pid file, log and folder.
const serverName = "server"

// startServer starts `kubemate server` as a child and waits until its checks pass.
func (u *up) startServer(ctx context.Context, c cluster) (*supervise.Process, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	u.stage("server", "starting the server")
	run, logs := filepath.Join(u.o.DataDir, "run"), filepath.Join(u.o.DataDir, "logs")
	p, err := supervise.New(run, logs, u.o.DataDir, u.log).Start(supervise.Spec{ //nolint:contextcheck // Stop ends it, in order
		Name: serverName, Path: exe, Args: u.serverArgs(c), StopTimeout: 15 * time.Second,
	})
	if err != nil {
		return nil, err
	}
	if err := u.awaitServer(ctx, p); err != nil {
		p.Stop()
		return nil, err
	}
	if err := u.learnAddress(ctx); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

func (u *up) serverArgs(c cluster) []string {
	args := []string{
		serverName, "--data-dir=" + u.o.DataDir, "--listen=" + u.o.Listen, "--kubeconfig=" + c.kubeconfig,
	}
	for flag, value := range map[string]string{
		"context": c.context, "base-path": u.o.BasePath, "public-url": u.o.PublicURL, "authorization": u.o.Authorizer,
		"tls-cert": u.o.TLSCert, "tls-key": u.o.TLSKey,
	} {
		if value != "" {
			args = append(args, "--"+flag+"="+value)
		}
	}
	for _, host := range u.o.AllowedHosts {
		args = append(args, "--allowed-host="+host)
	}
	if u.o.tlsGenerated() {
		args = append(args, "--tls-generate")
	}
	return args
}

// tlsGenerated: any address but loopback is served with TLS; without an own certificate, one is made.
func (o Options) tlsGenerated() bool { return o.TLSCert == "" && !loopback(o.Listen) }

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serverTimeout bounds the wait for the server's first answer; a machine under load takes long.
const serverTimeout = 2 * time.Minute

func (u *up) awaitServer(ctx context.Context, p *supervise.Process) error {
	ctx, cancel := context.WithTimeout(ctx, serverTimeout)
	defer cancel()
	client := newSocketClient(u.o.DataDir)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := client.ready(ctx)
		if err == nil {
			return nil
		}
		if p.Restarts() > 2 {
			err = fmt.Errorf("it keeps ending: %w", err)
		} else {
			select {
			case <-tick.C:
				continue
			case <-ctx.Done():
			}
		}
		return fmt.Errorf("the server is not ready: %w; its log: %s", err, supervise.LogFile(filepath.Join(u.o.DataDir, "logs"), serverName))
	}
}
