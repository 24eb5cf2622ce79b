package bundle

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"kubemate.io/kubemate/internal/launch/buildcache"
	"kubemate.io/kubemate/internal/launch/durable"
)

// Programs returns a folder with the programs of the embedded cluster: kubemate-node,
// containerd, containerd-shim-runc-v2, ctr and kwok. They are taken out of the
// bundle once and kept in the cache; an empty cacheDir is buildcache.Dir().
func (b *Bundle) Programs(ctx context.Context, cacheDir string) (string, error) {
	if cacheDir == "" {
		var err error
		if cacheDir, err = buildcache.Dir(); err != nil {
			return "", err
		}
	}
	image, err := b.Image(Node)
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cacheDir, "programs")
	final := filepath.Join(folder, strings.TrimPrefix(image.Digest, "sha256:")[:keyLength])
	unlock, err := lock(ctx, cacheDir)
	if err != nil {
		return "", err
	}
	defer unlock()
	if checkPrograms(final, image.Programs) == nil {
		touch(final)
		return final, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(folder, ".taking-out-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	if err := b.takeOut(ctx, image, tmp); err != nil {
		return "", fmt.Errorf("take the programs out of bundle %s: %w", b.Dir, err)
	}
	if err := checkPrograms(tmp, image.Programs); err != nil {
		return "", fmt.Errorf("take the programs out of bundle %s: %w", b.Dir, err)
	}
	if err := errors.Join(os.Chmod(tmp, 0o755), os.RemoveAll(final)); err != nil {
		return "", err
	}
	if err := os.Rename(tmp, final); err != nil {
		return "", err
	}
	return final, durable.SyncDir(folder)
}

// checkPrograms compares every program with the digest in the manifest.
func checkPrograms(dir string, programs []ImageProgram) error {
	for _, p := range programs {
		file := filepath.Join(dir, p.Name)
		sum, size, err := digestFile(file)
		if err != nil {
			return err
		}
		if sum != p.SHA256 || size != p.Size {
			return fmt.Errorf("%w: program %s has the digest sha256:%s", ErrDamaged, p.Name, sum)
		}
	}
	return nil
}

// takeOut writes the image's programs to dir.
func (b *Bundle) takeOut(ctx context.Context, image Image, dir string) error {
	digest, err := v1.NewHash(image.Digest)
	if err != nil {
		return err
	}
	index, err := layout.ImageIndexFromPath(b.Dir)
	if err != nil {
		return err
	}
	loaded, err := index.Image(digest)
	if err != nil {
		return err
	}
	layers, err := loaded.Layers()
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, p := range image.Programs {
		wanted[p.Name] = true
	}
	for _, l := range layers {
		if err := takeOutLayer(ctx, l, dir, wanted); err != nil {
			return err
		}
	}
	return nil
}

func takeOutLayer(ctx context.Context, l v1.Layer, dir string, wanted map[string]bool) error {
	r, err := l.Uncompressed()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	tr := tar.NewReader(r)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		// Only names from the checked manifest are written, and only their last word.
		name := path.Base(h.Name)
		if h.Typeflag != tar.TypeReg || path.Dir(h.Name) != "bin" || !wanted[name] {
			continue
		}
		if err := writeProgram(filepath.Join(dir, name), tr); err != nil {
			return err
		}
	}
}

func writeProgram(file string, r io.Reader) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}
