package main

import (
	"context"
	"flag"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	proxyapp "k8s.io/kubernetes/cmd/kube-proxy/app"
	kubeletapp "k8s.io/kubernetes/cmd/kubelet/app"
)

// kubelet is upstream's command: it stops on SIGTERM by itself.
func kubelet() *cobra.Command {
	cmd := kubeletapp.NewKubeletCommand(context.Background())
	cmd.Use = "kubelet"
	return cmd
}

// kubeProxy is upstream's command: it has no shutdown work and ends by its signal.
func kubeProxy() *cobra.Command {
	// Upstream adds the process' Go flags to the command; klog's are the only ones wanted there.
	pflag.CommandLine.AddGoFlagSet(flag.CommandLine)
	cmd := proxyapp.NewProxyCommand()
	cmd.Use = "kube-proxy"
	return cmd
}
