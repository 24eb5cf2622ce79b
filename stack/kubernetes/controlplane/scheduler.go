package controlplane

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	app "k8s.io/kubernetes/cmd/kube-scheduler/app"
	"k8s.io/kubernetes/cmd/kube-scheduler/app/options"
)

func schedulerFlags(o *Options, server string) []string {
	return []string{
		"--kubeconfig=" + o.kubeconfig("scheduler"),
		"--master=" + server,
		"--secure-port=0",
		"--leader-elect=false",
		"--profiling=false",
	}
}

// runScheduler schedules until ctx ends.
func runScheduler(ctx context.Context, o *Options, server string) error {
	opts := options.NewOptions()
	fs := pflag.NewFlagSet("kube-scheduler", pflag.ContinueOnError)
	for _, set := range opts.Flags.FlagSets {
		fs.AddFlagSet(set)
	}
	if err := fs.Parse(schedulerFlags(o, server)); err != nil {
		return fmt.Errorf("scheduler flags: %w", err)
	}
	cfg, sched, err := app.Setup(ctx, opts)
	if err != nil {
		return fmt.Errorf("scheduler set-up: %w", err)
	}
	// Upstream's Run returns an error even after an ordinary stop.
	if err := app.Run(ctx, cfg, sched); err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	return nil
}
