package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/launch/hostjournal"
	"kubemate.io/kubemate/internal/launch/preflight"
)

// Up starts the platform, prints the address with a one-time sign-in link, and runs until ctx
// ends; then it stops what it started. Data stays.
func Up(ctx context.Context, o Options, out io.Writer) (err error) {
	o, err = o.complete()
	if err != nil {
		return err
	}
	u := &up{o: o, out: out, state: State{Mode: o.mode(), Version: o.Version, Demo: o.demo(), Phase: phaseStarting}}
	if err := refuseSecond(o.DataDir); err != nil {
		return err
	}
	if err := refuse(preflight.Run(ctx, o.preflight()), out); err != nil {
		return err
	}
	if o.mode() == ModeExisting {
		if err := o.checkExisting(ctx); err != nil {
			return err
		}
	}
	if err := u.open(ctx); err != nil {
		return err
	}
	defer u.close(&err)
	return u.run(ctx)
}

// demo says whether the demo bank is installed: only where its pods are ours to place.
func (o Options) demo() bool { return !o.NoDemo && o.Kubeconfig == "" }

// up is one run of the platform.
type up struct {
	o     Options
	out   io.Writer
	log   *slog.Logger
	logs  io.Closer
	state State
}

// refuse tells what preflight found; errors in it end the start before any change.
func refuse(report preflight.Report, out io.Writer) error {
	if err := report.WriteText(out); err != nil {
		return err
	}
	if report.OK() {
		return nil
	}
	return errors.New("this machine is not ready, see above; nothing was changed")
}

// preflight says what is about to be started.
func (o Options) preflight() preflight.Options {
	p := preflight.Options{
		DataDir:     o.DataDir,
		Simulated:   o.mode() == ModeSimulated,
		Existing:    o.mode() == ModeExisting,
		NodeIP:      embedded.DefaultIP,
		ClusterCIDR: embedded.ClusterCIDR,
		ServiceCIDR: embedded.ServiceCIDR,
		Ports:       []preflight.Port{{Address: o.Listen, Purpose: "the console", Flag: "--listen"}},
	}
	if p.Existing {
		return p
	}
	api := embedded.DefaultIP
	if p.Simulated {
		api = "127.0.0.1"
	} else {
		p.Ports = append(p.Ports, preflight.Port{Address: o.Registry, Purpose: "the registry of the bundle", Flag: "--registry"})
	}
	p.Ports = append(p.Ports, preflight.Port{
		Address: net.JoinHostPort(api, strconv.Itoa(o.APIPort)), Purpose: "the API server", Flag: "--api-port",
	})
	return p
}

// open takes the data folder and tells `status` and `down` about this run.
func (u *up) open(ctx context.Context) error {
	if u.state.Mode == ModeExisting {
		if err := endLeftovers(ctx, u.o.DataDir); err != nil {
			return err
		}
	}
	if err := embedded.Claim(u.o.DataDir); err != nil {
		return err
	}
	for _, dir := range []string{"run", "logs", serverName} {
		if err := os.MkdirAll(filepath.Join(u.o.DataDir, dir), 0o700); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
	}
	f, err := os.OpenFile(filepath.Join(u.o.DataDir, "logs", "launch.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	u.logs, u.log = f, slog.New(slog.NewTextHandler(f, nil))
	u.state.PID = os.Getpid()
	if u.state.Started, err = hostjournal.StartTime(os.Getpid()); err != nil {
		return err
	}
	u.state.Since = time.Now()
	return u.state.write(u.o.DataDir)
}

func (u *up) close(err *error) {
	if rmErr := os.Remove(statePath(u.o.DataDir)); rmErr != nil && !errors.Is(rmErr, os.ErrNotExist) {
		*err = errors.Join(*err, rmErr)
	}
	_ = u.logs.Close()
}

// stage tells the person and `status` what is going on.
func (u *up) stage(stage, detail string) {
	u.state.Stage = stage
	if err := u.state.write(u.o.DataDir); err != nil {
		u.log.Warn("state file not written", "error", err)
	}
	_, _ = fmt.Fprintf(u.out, "  %-14s %s\n", stage, detail)
}

// run starts everything in order and waits for the end. The group holds what lives as long as
// this run: the registry, the addons' installer.
func (u *up) run(ctx context.Context) error {
	_, _ = fmt.Fprintf(u.out, "Kubemate %s · data folder %s · %s\n", u.o.Version, u.o.DataDir, u.state.Mode.describe())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		cluster, err := u.startCluster(ctx, group)
		if err != nil {
			return err
		}
		defer u.stopCluster(ctx, cluster)
		server, err := u.startServer(ctx, cluster)
		if err != nil {
			return err
		}
		defer server.Stop()
		u.installAddons(ctx, group, cluster)
		if err := u.announce(ctx); err != nil {
			return err
		}
		<-ctx.Done()
		u.state.Phase = phaseStopping
		u.stage("stop", "stopping; a moment")
		return nil
	})
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (m Mode) describe() string {
	switch m {
	case ModeNode:
		return "a real node: containers run"
	case ModeSimulated:
		return "simulated nodes: objects behave, no container runs (a real node needs root on Linux)"
	default:
		return "an existing cluster"
	}
}
