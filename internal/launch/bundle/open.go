package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kubemate.io/kubemate/internal/launch/buildcache"
)

// Bundle is a folder of images that was checked.
type Bundle struct {
	// Dir is an OCI image layout.
	Dir      string
	Manifest Manifest
}

// ErrNone means that no bundle was built or imported yet.
var ErrNone = errors.New("there is no image bundle yet: run `kubemate bundle build` in a checkout, or `kubemate bundle import FILE`")

// Open returns the bundle in dir, or the latest one in the cache where dir is
// empty, after checking every digest in it.
func Open(ctx context.Context, dir string) (*Bundle, error) {
	if dir == "" {
		cacheDir, err := buildcache.Dir()
		if err != nil {
			return nil, err
		}
		if dir, err = latest(cacheDir); err != nil {
			return nil, err
		}
	}
	if err := Verify(ctx, dir); err != nil {
		return nil, fmt.Errorf("bundle %s: %w", dir, err)
	}
	touch(dir)
	return load(dir)
}

func load(dir string) (*Bundle, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	return &Bundle{Dir: dir, Manifest: m}, nil
}

// List returns the images of the bundle in dir without reading their content;
// an empty dir is the latest bundle in the cache.
func List(dir string) ([]Image, error) {
	if dir == "" {
		cacheDir, err := buildcache.Dir()
		if err != nil {
			return nil, err
		}
		if dir, err = latest(cacheDir); err != nil {
			return nil, err
		}
	}
	m, err := readManifest(dir)
	return m.Images, err
}

// Image returns the image called name.
func (b *Bundle) Image(name string) (Image, error) {
	for _, i := range b.Manifest.Images {
		if i.Name == name {
			return i, nil
		}
	}
	return Image{}, fmt.Errorf("bundle %s has no image %q", b.Dir, name)
}

// Reference returns the full name of an image at a registry, with tag and
// digest: a node that has pulled an older build under the same tag pulls anew.
func (b *Bundle) Reference(registry, name string) (string, error) {
	i, err := b.Image(name)
	if err != nil {
		return "", err
	}
	return registry + "/" + i.Repository + ":" + i.Version + "@" + i.Digest, nil
}

// latestLink is a symbolic link in the cache's folder of bundles.
const latestLink = "latest"

func latest(cacheDir string) (string, error) {
	dir, err := filepath.EvalSymlinks(filepath.Join(cacheDir, "bundles", latestLink))
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNone
	}
	return dir, err
}

// setLatest makes dir the one that Open takes without a name.
func (s store) setLatest(dir string) error {
	link := s.path("bundles", latestLink)
	tmp := link + fmt.Sprintf(".%d", os.Getpid())
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(filepath.Base(dir), tmp); err != nil {
		return err
	}
	return os.Rename(tmp, link)
}
