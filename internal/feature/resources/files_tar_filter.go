package resources

import (
	"archive/tar"
	"errors"
	"io"
	"path"

	"kubemate.io/kubemate/internal/core/errs"
)

// filterTar passes the entries of a tar on: names that lead outside are refused, links that
// do are left out, and so are devices, pipes and sockets. Both ends are bounded. It gives
// what was passed. The end of the tar is written by closing out: who knows that all went well
// does it.
func filterTar(r io.Reader, out *tar.Writer) (CopyResult, error) {
	var result CopyResult
	in := tar.NewReader(r)
	links := map[string]bool{} // symbolic links passed on: nothing may be written through them
	entries := 0
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return result, nil
		}
		if err != nil {
			return result, tarError(err, result)
		}
		if err := checkTarName(h.Name); err != nil {
			return result, err
		}
		if throughLink(links, h.Name) {
			return result, errs.New(errs.Invalid, "the tar holds the name %.200q behind a link", h.Name)
		}
		if !passTarEntry(h) {
			continue
		}
		if h.Typeflag == tar.TypeSymlink {
			links[path.Clean(h.Name)] = true
		}
		entries++
		if h.Typeflag != tar.TypeDir {
			result.Files++
		}
		if h.Typeflag == tar.TypeReg {
			result.Bytes += h.Size
		}
		if entries > maxCopyEntries || result.Bytes > maxCopyBytes {
			return result, errs.New(errs.TooLarge, "the copy is larger than %d files or %d GiB", maxCopyEntries, int64(maxCopyBytes)>>30).
				WithHint("copy smaller parts, one after the other")
		}
		if err := writeTarEntry(out, in, h); err != nil {
			return result, err
		}
	}
}

// tarError keeps what the pipe below says, and explains what is no tar.
func tarError(err error, passed CopyResult) error {
	if errors.Is(err, tar.ErrHeader) && passed.Files == 0 {
		return errs.New(errs.Invalid, "that is no tar").WithHint("send a tar, not compressed").Wrap(err)
	}
	if errors.Is(err, tar.ErrHeader) {
		return errs.New(errs.Invalid, "the tar is damaged after %d files", passed.Files).Wrap(err)
	}
	return err
}

// passTarEntry says whether an entry is passed on, and takes out of it what must not be.
func passTarEntry(h *tar.Header) bool {
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir:
	case tar.TypeSymlink, tar.TypeLink:
		if !insideLink(h) {
			return false
		}
	default:
		return false
	}
	h.Mode &= 0o777                   // no set-uid, set-gid, sticky
	h.Xattrs, h.PAXRecords = nil, nil //nolint:staticcheck // old readers fill Xattrs
	h.Format = tar.FormatUnknown
	return true
}

func writeTarEntry(out *tar.Writer, in io.Reader, h *tar.Header) error {
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	if h.Typeflag != tar.TypeReg {
		return nil
	}
	_, err := io.Copy(out, in)
	return err
}

// throughLink says whether one of the folders of name is a link of the tar.
func throughLink(links map[string]bool, name string) bool {
	for dir := path.Dir(path.Clean(name)); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if links[dir] {
			return true
		}
	}
	return false
}
