package main

import (
	"encoding/json"

	"github.com/spf13/cobra"
	etcdversion "go.etcd.io/etcd/api/v3/version"
	kubeversion "k8s.io/component-base/version"
)

// versions is what `kubemate-node version` prints.
type versions struct {
	Kubernetes string `json:"kubernetes"`
	Etcd       string `json:"etcd"`
	Go         string `json:"go"`
	Platform   string `json:"platform"`
}

func version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the parts as JSON",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			kube := kubeversion.Get()
			return json.NewEncoder(cmd.OutOrStdout()).Encode(versions{
				Kubernetes: kube.GitVersion,
				Etcd:       "v" + etcdversion.Version,
				Go:         kube.GoVersion,
				Platform:   kube.Platform,
			})
		},
	}
}
