package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"kubemate.io/kubemate/internal/launch/durable"
)

// store is the cache of finished images and bundles: folders named by what
// they were made from, in the OCI image layout with a bundle.json.
type store struct {
	dir    string
	logger *slog.Logger
}

func (s store) path(kind, name string) string { return filepath.Join(s.dir, kind, name) }

// ensure returns the folder kind/name. Where it is missing or damaged, fill
// writes it anew into an empty folder that then gets the name.
func (s store) ensure(ctx context.Context, kind, name string, fill func(dir string) error) (string, error) {
	final := s.path(kind, name)
	err := Verify(ctx, final)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err == nil {
		touch(final)
		return final, nil
	}
	if !errors.Is(err, fs.ErrNotExist) || exists(final) {
		s.logger.Warn("a damaged cache entry is built again", "path", final, "reason", err)
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(final), ".making-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	if err := fill(tmp); err != nil {
		return "", err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", err
	}
	if err := os.RemoveAll(final); err != nil {
		return "", err
	}
	if err := os.Rename(tmp, final); err != nil {
		return "", err
	}
	return final, durable.SyncDir(filepath.Dir(final))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// writeImage makes dir a layout with one image.
func writeImage(dir string, image v1.Image, described Image) error {
	l, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	if err := l.AppendImage(image, layout.WithAnnotations(annotations(described))); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, ManifestFile), Manifest{FormatVersion: formatVersion, Platform: platform(), Images: []Image{described}})
}

// The names under which tools find an image in a layout: the OCI's own, and the
// full one that containerd's import uses.
const (
	refNameAnnotation    = "org.opencontainers.image.ref.name"
	containerdAnnotation = "io.containerd.image.name"
)

// DefaultRegistry is where `kubemate up` serves the bundle.
const DefaultRegistry = "localhost:5050"

func annotations(i Image) map[string]string {
	name := i.Repository + ":" + i.Version
	return map[string]string{refNameAnnotation: name, containerdAnnotation: DefaultRegistry + "/" + name}
}

// joinLayouts makes dir one layout of all images of the given ones. Blobs are
// hard links where the file system can do that.
func joinLayouts(dir string, from []string) error {
	all := Manifest{FormatVersion: formatVersion, Platform: platform()}
	target, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	for _, source := range from {
		m, err := readManifest(source)
		if err != nil {
			return err
		}
		if err := linkBlobs(source, dir); err != nil {
			return fmt.Errorf("copy %s: %w", source, err)
		}
		index, err := layout.ImageIndexFromPath(source)
		if err != nil {
			return err
		}
		listed, err := index.IndexManifest()
		if err != nil {
			return err
		}
		for _, descriptor := range listed.Manifests {
			if err := target.AppendDescriptor(descriptor); err != nil {
				return err
			}
		}
		all.Images = append(all.Images, m.Images...)
	}
	return writeJSON(filepath.Join(dir, ManifestFile), all)
}

func linkBlobs(from, to string) error {
	blobs := filepath.Join("blobs", "sha256")
	if err := os.MkdirAll(filepath.Join(to, blobs), 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(from, blobs))
	if err != nil {
		return err
	}
	for _, e := range entries {
		source, target := filepath.Join(from, blobs, e.Name()), filepath.Join(to, blobs, e.Name())
		if exists(target) {
			continue // a layer that images share
		}
		if os.Link(source, target) == nil {
			continue
		}
		if err := copyFile(source, target); err != nil {
			return err
		}
	}
	return nil
}
