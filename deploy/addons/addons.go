// Package addons carries the manifests of what a cluster of Kubemate needs before
// anything else: name resolution, and the CPU and memory use of its pods.
//
// They are plain YAML; words in capitals that begin with KUBEMATE_ stand where
// the installation fills something in.
package addons

import "embed"

// Manifests holds one file per addon.
//
//go:embed *.yaml
var Manifests embed.FS
