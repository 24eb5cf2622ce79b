package cli

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"kubemate.io/kubemate/internal/core/errs"
)

// extractor unpacks a tar below one folder, which nothing can leave: os.Root sees to that,
// whatever names and links the tar holds.
type extractor struct {
	root     *os.Root
	from, to string // the first part of each name is renamed
	leftOut  func(entry, why string)

	files int
	bytes int64
}

func (x *extractor) extract(r io.Reader) error {
	in := tar.NewReader(r)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errs.New(errs.Unavailable, "the copy broke off after %d files", x.files).WithHint("run the command again").Wrap(err)
		}
		name, ok := x.name(h.Name)
		if !ok {
			return errs.New(errs.BadUpstream, "the copy holds the name %q, which leads out of the folder", h.Name)
		}
		if err := x.entry(name, h, in); err != nil {
			return err
		}
	}
}

// name maps a name of the tar to one below the root.
func (x *extractor) name(raw string) (string, bool) {
	clean := path.Clean(raw)
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", false
	}
	first, rest, _ := strings.Cut(clean, "/")
	if first == x.from {
		clean = path.Join(x.to, rest)
	}
	return clean, filepath.IsLocal(clean)
}

func (x *extractor) entry(name string, h *tar.Header, in io.Reader) error {
	if h.Typeflag == tar.TypeDir {
		if err := x.root.MkdirAll(name, 0o755); err != nil {
			return x.failed(name, err)
		}
		return nil
	}
	if err := x.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return x.failed(name, err)
	}
	switch h.Typeflag {
	case tar.TypeReg:
		return x.file(name, h, in)
	case tar.TypeSymlink:
		target := path.Join(path.Dir(name), h.Linkname)
		if path.IsAbs(h.Linkname) || !filepath.IsLocal(target) {
			x.leftOut(name, "a link that leads out of the folder")
			return nil
		}
		_ = x.root.Remove(name)
		if err := x.root.Symlink(h.Linkname, name); err != nil {
			return x.failed(name, err)
		}
	case tar.TypeLink:
		target, ok := x.name(h.Linkname)
		if !ok {
			x.leftOut(name, "a link that leads out of the folder")
			return nil
		}
		_ = x.root.Remove(name)
		if err := x.root.Link(target, name); err != nil {
			return x.failed(name, err)
		}
	default:
		x.leftOut(name, "no file, folder or link")
		return nil
	}
	x.files++
	return nil
}

func (x *extractor) file(name string, h *tar.Header, in io.Reader) error {
	f, err := x.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, os.FileMode(h.Mode).Perm()|0o200)
	if err != nil {
		return x.failed(name, err)
	}
	n, err := io.Copy(f, in)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return x.failed(name, err)
	}
	x.files++
	x.bytes += n
	return nil
}

func (x *extractor) failed(name string, err error) error {
	return errs.New(errs.Internal, "%s cannot be written: %s", filepath.Join(x.root.Name(), name), pathProblem(err)).
		WithHint("choose another target, or make room there").Wrap(err)
}

func asPathError(err error, target **os.PathError) bool { return errors.As(err, target) }

// decodeJSON reads a small JSON answer.
func decodeJSON(r io.Reader, v any) error {
	if err := json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(v); err != nil {
		return errs.New(errs.BadUpstream, "the server answered what is not understood").Wrap(err)
	}
	return nil
}
