package controlplane

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"
	app "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
)

func controllerManagerFlags(o *Options, server string) []string {
	return []string{
		"--kubeconfig=" + o.kubeconfig("controller-manager"),
		"--master=" + server,
		"--secure-port=0",
		"--leader-elect=false",
		"--profiling=false",
		"--use-service-account-credentials=true",
		"--service-account-private-key-file=" + o.pki("service-account.key"),
		"--root-ca-file=" + o.pki("ca.crt"),
		"--cluster-signing-cert-file=" + o.pki("ca.crt"),
		"--cluster-signing-key-file=" + o.pki("ca.key"),
		"--allocate-node-cidrs=true",
		"--cluster-cidr=" + o.ClusterCIDR,
		"--node-cidr-mask-size=24",
		"--service-cluster-ip-range=" + o.ServiceCIDR,
	}
}

// runControllerManager runs every controller until ctx ends.
func runControllerManager(ctx context.Context, o *Options, server string) error {
	opts, err := options.NewKubeControllerManagerOptions()
	if err != nil {
		return fmt.Errorf("controller-manager options: %w", err)
	}
	known, disabled, aliases := app.KnownControllers(), app.ControllersDisabledByDefault(), app.ControllerAliases()
	fs := pflag.NewFlagSet("kube-controller-manager", pflag.ContinueOnError)
	named := opts.Flags(known, disabled, aliases)
	for _, set := range named.FlagSets {
		fs.AddFlagSet(set)
	}
	opts.ParsedFlags = &named
	if err := fs.Parse(controllerManagerFlags(o, server)); err != nil {
		return fmt.Errorf("controller-manager flags: %w", err)
	}
	cfg, err := opts.Config(ctx, known, disabled, aliases)
	if err != nil {
		return fmt.Errorf("controller-manager configuration: %w", err)
	}
	return app.Run(ctx, cfg.Complete())
}
