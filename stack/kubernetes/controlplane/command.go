package controlplane

import (
	"context"
	"io"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// NewCommand is `kubemate-node control-plane`. SIGTERM and SIGINT stop it in order.
func NewCommand() *cobra.Command {
	o := &Options{}
	cmd := &cobra.Command{
		Use:   "control-plane",
		Short: "Run etcd, API server, controller-manager, scheduler and volume provisioner",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Validate(); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			if o.StopOnStdinClose {
				var cancel context.CancelFunc
				ctx, cancel = context.WithCancel(ctx)
				defer cancel()
				// Nobody waits for this one: a read of standard input can't be interrupted, it ends with the process.
				go func() {
					_, _ = io.Copy(io.Discard, cmd.InOrStdin())
					cancel()
				}()
			}
			return Run(ctx, o)
		},
	}
	o.AddFlags(cmd.Flags())
	return cmd
}
