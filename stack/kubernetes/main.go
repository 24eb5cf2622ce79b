package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register" // --logging-format=json of the kubelet and kube-proxy

	"kubemate.io/kubemate/stack/kubernetes/controlplane"
)

func main() {
	root := &cobra.Command{
		Use:           "kubemate-node",
		Short:         "Kubernetes in one binary: control plane, kubelet, kube-proxy",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(controlplane.NewCommand(), kubelet(), kubeProxy(), provisioner(), stopPods(), version())
	err := root.Execute()
	logs.FlushLogs()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kubemate-node:", err)
		os.Exit(1)
	}
}
