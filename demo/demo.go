// Package demo carries the demo bank's manifests, for whoever installs it.
//
// The demo bank is six services and a load generator in one image, made of
// cmd/demo-bank: real HTTP calls, a real journal on a volume, and switches
// that make it misbehave. The image must have the program "demo-bank" on its
// PATH, and a shell and tar, so that exec and cp work.
package demo

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
)

// Version of the demo bank: the image's tag and the manifests' version label.
const Version = "0.1.0"

// Namespace in which the demo bank lives.
const Namespace = "demo-bank"

// ImagePlaceholder stands in the manifests where the image belongs.
const ImagePlaceholder = "KUBEMATE_DEMO_IMAGE"

// Deploy holds the manifests as they are, below deploy/, in the order in which
// they are to be applied.
//
//go:embed deploy/*.yaml
var Deploy embed.FS

// Manifests gives the manifests by file name, with the image filled in.
func Manifests(image string) (map[string][]byte, error) {
	names, err := fs.Glob(Deploy, "deploy/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the demo bank's manifests: %w", err)
	}
	manifests := make(map[string][]byte, len(names))
	for _, name := range names {
		data, err := Deploy.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the demo bank's manifest: %w", err)
		}
		manifests[name] = bytes.ReplaceAll(data, []byte(ImagePlaceholder), []byte(image))
	}
	return manifests, nil
}
