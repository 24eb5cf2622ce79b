package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	noop "go.opentelemetry.io/otel/trace/noop"
	remote "k8s.io/cri-client/pkg"

	"kubemate.io/kubemate/stack/kubernetes/podstop"
)

// stopPods ends and removes everything that a container runtime runs. The kubelet must have ended, or it starts all of
// it again.
func stopPods() *cobra.Command {
	var endpoint string
	var grace, timeout time.Duration
	cmd := &cobra.Command{
		Use:   "stop-pods",
		Short: "Stop and remove all pods of a container runtime",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			runtime, err := remote.NewRemoteRuntimeService(endpoint, timeout, noop.NewTracerProvider(), nil)
			if err != nil {
				return fmt.Errorf("connect to container runtime %s: %w", endpoint, err)
			}
			return podstop.All(cmd.Context(), runtime, grace)
		},
	}
	cmd.Flags().StringVar(&endpoint, "runtime-endpoint", "", "the runtime's socket, as unix:///path")
	cmd.Flags().DurationVar(&grace, "grace-period", 5*time.Second, "how long containers may take to end after SIGTERM")
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "limit of a single call to the runtime")
	_ = cmd.MarkFlagRequired("runtime-endpoint")
	return cmd
}
