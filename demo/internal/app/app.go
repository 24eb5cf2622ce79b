package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"kubemate.io/kubemate/demo/internal/config"
	"kubemate.io/kubemate/demo/internal/fault"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
	"kubemate.io/kubemate/demo/internal/statement"
)

// Options is what a process runs with.
type Options struct {
	Config  config.Config
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	Exit    func(code int)               // ends the process at once; for the crash switch
	Started func(urls map[string]string) // told the base URLs once all listen; may be nil
}

// role is what every service of the bank looks like from here.
type role interface {
	Routes(*rpc.Router)
	Ready() error                  // why it can't serve yet, or nil
	Run(ctx context.Context) error // background work, until the context ends
}

// Run runs the configured roles until the context ends. The statement run
// ends by itself.
func Run(ctx context.Context, o Options) error {
	if o.Config.Role == config.Statement {
		m := metrics.New(config.Statement, o.Version)
		teller := rpc.NewClient("teller", o.Config.Addresses["teller"], 10*time.Second, rpc.Transport(), m)
		_, err := statement.Run(ctx, teller, o.Log.With("service", config.Statement), o.Now)
		return err
	}
	names := []string{o.Config.Role}
	if o.Config.Role == config.All {
		names = config.Roles()
	}
	p := &process{Options: o, board: fault.NewBoard(config.Roles()), listeners: map[string]net.Listener{}, urls: o.Config.Addresses}
	if err := p.listen(ctx, names); err != nil {
		return err
	}
	return p.run(ctx, names)
}

// process is the roles of one process.
type process struct {
	Options
	board     *fault.Board
	listeners map[string]net.Listener
	admin     net.Listener // nil without fault API
	urls      map[string]string
}

// run makes all roles before it starts any, and waits for all.
func (p *process) run(ctx context.Context, names []string) error {
	group, ctx := errgroup.WithContext(ctx)
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServing()
	for _, name := range names {
		if err := p.start(serving, group, name); err != nil {
			stopServing()
			p.close()
			return errors.Join(err, group.Wait())
		}
	}
	p.control(ctx, serving, group)
	group.Go(func() error {
		<-ctx.Done()
		stopServing()
		return nil
	})
	if p.Started != nil {
		p.Started(p.urls)
	}
	return group.Wait()
}

// start makes a role and runs its server, faults and own work. The role's own
// work ends only after its server has finished the requests under way.
func (p *process) start(serving context.Context, group *errgroup.Group, name string) error {
	log := p.Log.With("service", name)
	m := metrics.New(name, p.Version)
	faults := fault.NewSwitch(name, log, m.FaultActive, p.Exit)
	service, err := p.build(name, log, m, faults)
	if err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	p.board.Add(name, faults)
	router := rpc.NewRouter(log, m, faults, service.Ready)
	service.Routes(router)
	working, stopWorking := context.WithCancel(context.WithoutCancel(serving))
	listener := p.listeners[name]
	log.Info("serving", "address", listener.Addr().String(), "version", p.Version)
	group.Go(func() error {
		defer stopWorking()
		defer log.Info("stopped")
		return rpc.Serve(serving, listener, router)
	})
	group.Go(func() error { return faults.Run(working) })
	group.Go(func() error { return service.Run(working) })
	return nil
}

// control runs the two ways to the fault switches.
func (p *process) control(ctx, serving context.Context, group *errgroup.Group) {
	log := p.Log.With("service", p.Config.Role)
	if p.Config.FaultsFile != "" {
		watcher := fault.NewWatcher(p.Config.FaultsFile, p.board, log)
		group.Go(func() error { return watcher.Run(ctx, p.Config.FaultsEvery) })
	}
	if p.admin != nil {
		log.Info("fault switches", "address", p.admin.Addr().String())
		group.Go(func() error { return rpc.Serve(serving, p.admin, fault.Admin(p.board, log)) })
	}
}
