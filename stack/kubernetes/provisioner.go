package main

import (
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/client-go/tools/clientcmd"

	"kubemate.io/kubemate/stack/kubernetes/localpath"
)

func provisioner() *cobra.Command {
	var kubeconfig, dir string
	cmd := &cobra.Command{
		Use:   "provisioner",
		Short: "Run the local-path volume provisioner alone",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			cfg, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			return localpath.Run(ctx, cfg, dir)
		},
	}
	cmd.Flags().StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig of the provisioner's identity")
	cmd.Flags().StringVar(&dir, "dir", "", "folder that holds one folder per volume")
	_ = cmd.MarkFlagRequired("kubeconfig")
	_ = cmd.MarkFlagRequired("dir")
	return cmd
}
