package kube

import (
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Source gives the configuration of a cluster. It is asked again when the cluster refuses
// the credentials, so that a renewed file is taken up without a restart.
type Source func() (*rest.Config, error)

// Kubeconfig reads a file of the operator of this host; an empty context means the current one.
func Kubeconfig(path, context string) Source {
	return func() (*rest.Config, error) {
		rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: path}
		overrides := &clientcmd.ConfigOverrides{CurrentContext: context}
		cfg, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides).ClientConfig()
		if err != nil {
			return nil, fmt.Errorf("read kubeconfig %s: %w", path, err)
		}
		return cfg, nil
	}
}

// InCluster uses the service account of the pod that Kubemate runs in.
func InCluster() Source {
	return func() (*rest.Config, error) {
		cfg, err := rest.InClusterConfig()
		if err != nil {
			return nil, fmt.Errorf("read the service account of this pod: %w", err)
		}
		return cfg, nil
	}
}

// Fixed always gives the same configuration.
func Fixed(cfg *rest.Config) Source {
	return func() (*rest.Config, error) { return rest.CopyConfig(cfg), nil }
}
