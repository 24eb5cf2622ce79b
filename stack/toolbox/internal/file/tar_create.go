package file

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// createArchive writes the paths, which are relative to o.dir, to the archive.
// What can't be read is reported, and the exit code is then 2 as GNU tar's is.
func createArchive(std applet.Std, o tarOptions, paths []string) (err error) {
	out := std.Out
	if o.archive != "-" {
		f, err := os.Create(o.archive)
		if err != nil {
			return plain(err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	if o.gzip {
		zw := gzip.NewWriter(out)
		defer func() { err = errors.Join(err, zw.Close()) }()
		out = zw
	}
	p := packer{std: std, o: o, w: tar.NewWriter(out), seen: map[string]bool{}}
	for _, name := range paths {
		if err := p.add(name); err != nil {
			return err
		}
	}
	if err := p.w.Close(); err != nil {
		return err
	}
	if p.incomplete {
		return applet.Exit(2)
	}
	return nil
}

type packer struct {
	std        applet.Std
	o          tarOptions
	w          *tar.Writer
	seen       map[string]bool // an archive holds each name once
	incomplete bool
}

func (p *packer) complain(err error) {
	fmt.Fprintf(p.std.Err, "tar: %v\n", plain(err))
	p.incomplete = true
}

func (p *packer) add(name string) error {
	root := name
	if !filepath.IsAbs(name) {
		root = filepath.Join(p.o.dir, name)
	}
	return filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			p.complain(err)
			return nil
		}
		member := memberName(name, root, file)
		if p.excluded(member) {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if member == "" || p.seen[member] {
			return nil
		}
		p.seen[member] = true
		return p.write(file, member, entry)
	})
}

// memberName is the name in the archive: what the caller wrote, without leading
// slashes, and the path below it.
func memberName(asked, root, file string) string {
	below, err := filepath.Rel(root, file)
	if err != nil {
		below = ""
	}
	if asked == "." || strings.HasPrefix(asked, "./") {
		return "./" + strings.TrimPrefix(path.Join(asked, below), "./")
	}
	return strings.TrimLeft(path.Join(asked, below), "/")
}

func (p *packer) excluded(member string) bool {
	for _, pattern := range p.o.exclude {
		for _, candidate := range []string{member, path.Base(member)} {
			if ok, err := path.Match(pattern, candidate); err == nil && ok {
				return true
			}
		}
	}
	return false
}

func (p *packer) write(file, member string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		p.complain(err)
		return nil
	}
	if info.Mode()&fs.ModeSocket != 0 {
		return nil // an archive can't hold a socket
	}
	target := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err = os.Readlink(file); err != nil {
			p.complain(err)
			return nil
		}
	}
	header, err := tar.FileInfoHeader(info, target)
	if err != nil {
		p.complain(err)
		return nil
	}
	header.Name = member
	// The format has whole seconds: rounding up would date files in the future.
	header.ModTime = header.ModTime.Truncate(time.Second)
	if info.IsDir() && !strings.HasSuffix(member, "/") {
		header.Name += "/"
	}
	if p.o.verbose {
		fmt.Fprintln(p.std.Err, header.Name)
	}
	if !info.Mode().IsRegular() {
		return p.w.WriteHeader(header)
	}
	return p.writeRegular(file, header)
}

// writeRegular writes as many bytes as the header says, even where the file
// shrinks or grows meanwhile: anything else would break what follows.
func (p *packer) writeRegular(file string, header *tar.Header) error {
	f, err := os.Open(file)
	if err != nil {
		p.complain(err)
		return nil
	}
	defer func() { _ = f.Close() }()
	if err := p.w.WriteHeader(header); err != nil {
		return err
	}
	n, err := io.CopyN(p.w, f, header.Size)
	if n == header.Size {
		return nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		p.complain(err)
	} else {
		p.complain(fmt.Errorf("%s: became shorter while it was read; padded with zeros", file))
	}
	_, err = io.CopyN(p.w, zeros{}, header.Size-n)
	return err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
