package cli

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"kubemate.io/kubemate/internal/core/errs"
)

// packFiles writes a file or folder as a tar in which it is called name.
func packFiles(w io.Writer, source, name string, leftOut func(entry, why string)) error {
	out := tar.NewWriter(w)
	err := filepath.WalkDir(source, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return errs.New(errs.Invalid, "%s cannot be read: %s", file, pathProblem(err))
		}
		relative, err := filepath.Rel(source, file)
		if err != nil {
			return fmt.Errorf("name %s: %w", file, err)
		}
		return packEntry(out, file, filepath.ToSlash(filepath.Join(name, relative)), entry, leftOut)
	})
	if err != nil {
		return err
	}
	return out.Close()
}

func packEntry(out *tar.Writer, file, name string, entry fs.DirEntry, leftOut func(entry, why string)) error {
	info, err := entry.Info()
	if err != nil {
		return errs.New(errs.Invalid, "%s cannot be read: %s", file, pathProblem(err))
	}
	link := ""
	switch {
	case info.Mode().IsRegular(), info.IsDir():
	case info.Mode()&fs.ModeSymlink != 0:
		if link, err = os.Readlink(file); err != nil {
			return errs.New(errs.Invalid, "%s cannot be read: %s", file, pathProblem(err))
		}
		if filepath.IsAbs(link) {
			leftOut(file, "a link with an absolute target")
			return nil
		}
	default:
		leftOut(file, "no file, folder or link")
		return nil
	}
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return fmt.Errorf("describe %s: %w", file, err)
	}
	h.Name = name
	h.Uid, h.Gid, h.Uname, h.Gname = 0, 0, "", "" // users of this machine mean nothing there
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return errs.New(errs.Invalid, "%s cannot be read: %s", file, pathProblem(err))
	}
	defer func() { _ = f.Close() }()
	// A file that grows meanwhile is cut at the length that was announced.
	if _, err := io.CopyN(out, f, info.Size()); err != nil {
		return fmt.Errorf("pack %s: %w", file, err)
	}
	return nil
}
