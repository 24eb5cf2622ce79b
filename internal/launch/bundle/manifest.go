package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime"

	"kubemate.io/kubemate/internal/launch/durable"
)

// ManifestFile stands beside the OCI layout's index.json.
const ManifestFile = "bundle.json"

// maxManifest bounds bundle.json, in bytes.
const maxManifest = 16 << 20

// Manifest says what is in a bundle.
type Manifest struct {
	FormatVersion int     `json:"formatVersion"`
	Platform      string  `json:"platform"` // linux/amd64
	Images        []Image `json:"images"`
}

// Image is one image of a bundle.
type Image struct {
	Name       string `json:"name"`
	Repository string `json:"repository"` // kubemate/coredns
	Version    string `json:"version"`    // the tag
	Title      string `json:"title"`
	Digest     string `json:"digest"` // sha256:… of the image manifest
	Size       int64  `json:"size"`   // bytes of manifest, configuration and compressed layers
	Licenses   string `json:"licenses"`
	Source     string `json:"source"`
	// Programs with everything that is linked into them.
	Programs []ImageProgram `json:"programs"`
}

// ImageProgram is a program in an image.
type ImageProgram struct {
	Name    string   `json:"name"`
	SHA256  string   `json:"sha256"`
	Size    int64    `json:"size"` // bytes
	Go      string   `json:"go"`   // version of the compiler
	Modules []Module `json:"modules"`
}

// Module is a Go module that is linked into a program.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Sum     string `json:"sum,omitempty"` // as in go.sum
}

func platform() string { return "linux/" + runtime.GOARCH }

func (p builtProgram) describe() ImageProgram {
	d := ImageProgram{Name: p.Binary, SHA256: p.sha256, Size: p.size, Go: p.info.GoVersion, Modules: []Module{}}
	for _, m := range p.info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		d.Modules = append(d.Modules, Module{Path: m.Path, Version: m.Version, Sum: m.Sum})
	}
	return d
}

func writeJSON(file string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(file, append(data, '\n'), 0o644)
}

func readManifest(dir string) (Manifest, error) {
	var m Manifest
	data, err := readAtMost(filepath.Join(dir, ManifestFile), maxManifest)
	if err != nil {
		return m, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Join(dir, ManifestFile), err)
	}
	if m.FormatVersion != formatVersion {
		return m, fmt.Errorf("%s has format %d, this Kubemate reads %d: build or fetch a bundle of the same version", dir, m.FormatVersion, formatVersion)
	}
	if m.Platform != platform() {
		return m, fmt.Errorf("bundle %s is for %s, this machine is %s", dir, m.Platform, platform())
	}
	return m, nil
}
