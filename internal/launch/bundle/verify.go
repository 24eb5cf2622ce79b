package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// ErrDamaged is a bundle whose content is not what its digests say.
var ErrDamaged = errors.New("the bundle is damaged: build it again (kubemate bundle build) or fetch it again")

// Verify reads every blob of the bundle in dir and compares it with its digest.
// The error says which blob of which image is wrong.
func Verify(ctx context.Context, dir string) error {
	manifest, err := readManifest(dir)
	if err != nil {
		return damaged(err)
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return damaged(err)
	}
	listed, err := index.IndexManifest()
	if err != nil {
		return damaged(err)
	}
	names := map[string]string{}
	for _, d := range listed.Manifests {
		names[d.Annotations[refNameAnnotation]] = d.Digest.String()
	}
	checked := map[v1.Hash]bool{}
	for _, image := range manifest.Images {
		if names[image.Repository+":"+image.Version] != image.Digest {
			return damaged(fmt.Errorf("image %s: %s and the index disagree about its digest", image.Name, ManifestFile))
		}
		if err := verifyImage(ctx, dir, index, image, checked); err != nil {
			return err
		}
	}
	return nil
}

func damaged(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return err // nothing there is another matter than something wrong
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

func verifyImage(ctx context.Context, dir string, index v1.ImageIndex, image Image, checked map[v1.Hash]bool) error {
	digest, err := v1.NewHash(image.Digest)
	if err != nil {
		return fmt.Errorf("%w: image %s: %w", ErrDamaged, image.Name, err)
	}
	// The manifest itself comes first: what it lists is only worth something then.
	if err := verifyBlob(ctx, dir, digest, -1, checked); err != nil {
		return fmt.Errorf("%w: image %s: %w", ErrDamaged, image.Name, err)
	}
	loaded, err := index.Image(digest)
	if err != nil {
		return fmt.Errorf("%w: image %s: %w", ErrDamaged, image.Name, err)
	}
	m, err := loaded.Manifest()
	if err != nil {
		return fmt.Errorf("%w: image %s: %w", ErrDamaged, image.Name, err)
	}
	for _, d := range append([]v1.Descriptor{m.Config}, m.Layers...) {
		if err := verifyBlob(ctx, dir, d.Digest, d.Size, checked); err != nil {
			return fmt.Errorf("%w: image %s: %w", ErrDamaged, image.Name, err)
		}
	}
	return nil
}

// verifyBlob reads a blob; size -1 is any size.
func verifyBlob(ctx context.Context, dir string, digest v1.Hash, size int64, checked map[v1.Hash]bool) error {
	if checked[digest] {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	file := filepath.Join(dir, "blobs", digest.Algorithm, digest.Hex)
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("blob %s is no plain file", digest)
	}
	sum, n, err := digestFile(file)
	if err != nil {
		return err
	}
	if sum != digest.Hex || size >= 0 && n != size {
		return fmt.Errorf("blob %s has the digest sha256:%s and %d bytes", digest, sum, n)
	}
	checked[digest] = true
	return nil
}
