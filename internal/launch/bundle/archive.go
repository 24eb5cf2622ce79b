package bundle

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"kubemate.io/kubemate/internal/launch/buildcache"
)

// Export writes the bundle as one tar archive: an OCI archive, which other tools
// read as well, with bundle.json in it.
func Export(ctx context.Context, b *Bundle, w io.Writer) error {
	tw := tar.NewWriter(w)
	err := filepath.WalkDir(b.Dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := filepath.Rel(b.Dir, file)
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		return exportFile(tw, file, filepath.ToSlash(name))
	})
	if err != nil {
		return fmt.Errorf("export bundle %s: %w", b.Dir, err)
	}
	return tw.Close()
}

func exportFile(tw *tar.Writer, file, name string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: name, Mode: 0o644, Size: info.Size(), ModTime: madeAt, Typeflag: tar.TypeReg}
	if err := tw.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(tw, f)
	return err
}

// Bounds of an archive that Import takes.
const (
	maxArchive      = 64 << 30 // bytes
	maxArchiveFiles = 100_000
)

// Import reads an archive that Export wrote into the cache, checks every digest,
// and makes it the latest bundle. An empty cacheDir is buildcache.Dir().
func Import(ctx context.Context, r io.Reader, o Options) (*Bundle, error) {
	var err error
	if o.CacheDir == "" {
		if o.CacheDir, err = buildcache.Dir(); err != nil {
			return nil, err
		}
	}
	unlock, err := lock(ctx, o.CacheDir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	bundles := filepath.Join(o.CacheDir, "bundles")
	if err := os.MkdirAll(bundles, 0o755); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(bundles, ".importing-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	if err := unpack(ctx, r, tmp); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	if err := Verify(ctx, tmp); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	m, err := readManifest(tmp)
	if err != nil {
		return nil, err
	}
	final := filepath.Join(bundles, "imported-"+manifestKey(m))
	if err := errors.Join(os.Chmod(tmp, 0o755), os.RemoveAll(final), os.Rename(tmp, final)); err != nil {
		return nil, err
	}
	if err := (store{dir: o.CacheDir}).setLatest(final); err != nil {
		return nil, err
	}
	return load(final)
}

// manifestKey names a bundle by its images' digests.
func manifestKey(m Manifest) string {
	var digests []string
	for _, i := range m.Images {
		digests = append(digests, i.Digest)
	}
	return bundleKey(digests)
}

// unpack writes the plain files of an archive below dir. Only names that a
// layout has are taken, and os.Root keeps the rest of the disk out of reach.
func unpack(ctx context.Context, r io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	tr := tar.NewReader(io.LimitReader(r, maxArchive))
	for range maxArchiveFiles {
		if err := ctx.Err(); err != nil {
			return err
		}
		header, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("this is no bundle, or a broken one: %w", err)
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		if header.Typeflag != tar.TypeReg || !layoutName(header.Name) {
			return fmt.Errorf("%q has no place in a bundle", header.Name)
		}
		if err := unpackFile(root, header.Name, tr); err != nil {
			return err
		}
	}
	return fmt.Errorf("the archive holds more than %d files", maxArchiveFiles)
}

func layoutName(name string) bool {
	switch name {
	case ManifestFile, "index.json", "oci-layout":
		return true
	}
	digest, found := strings.CutPrefix(name, "blobs/sha256/")
	return found && len(digest) == 64 && strings.Trim(digest, "0123456789abcdef") == ""
}

func unpackFile(root *os.Root, name string, r io.Reader) (err error) {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}
