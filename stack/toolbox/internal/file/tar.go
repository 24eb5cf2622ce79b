package file

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

type tarOptions struct {
	create, extract, list bool
	archive, dir          string
	gzip, verbose, touch  bool
	sameOwner, samePerms  bool
	keepOld, toOut        bool
	exclude               []string
	stripComponents       int
}

// tarTool makes, lists and unpacks tar archives: what copying files into and
// out of a container needs, and the daily rest.
func tarTool(_ context.Context, std applet.Std, args []string) error {
	o, paths, err := parseTar(std, args)
	if err != nil {
		return err
	}
	switch {
	case o.create:
		return createArchive(std, o, paths)
	case o.list:
		return readArchive(std, o, func(r *tar.Reader) error { return listMembers(std, o, r, paths) })
	default:
		return readArchive(std, o, func(r *tar.Reader) error { return extractMembers(std, o, r, paths) })
	}
}

func parseTar(std applet.Std, args []string) (tarOptions, []string, error) {
	var o tarOptions
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args = append([]string{"-" + args[0]}, args[1:]...) // tar cf -
	}
	fs := applet.Flags(std, "tar", "(-c | -x | -t) [-f ARCHIVE] [-C DIR] [-zv] [PATH...]")
	fs.BoolVarP(&o.create, "create", "c", false, "make an archive of the paths")
	fs.BoolVarP(&o.extract, "extract", "x", false, "unpack an archive")
	fs.BoolVarP(&o.list, "list", "t", false, "list an archive")
	fs.StringVarP(&o.archive, "file", "f", "-", "the archive; -: standard input or output")
	fs.StringVarP(&o.dir, "directory", "C", ".", "work in this folder")
	fs.BoolVarP(&o.gzip, "gzip", "z", false, "compress (reading finds out by itself)")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "print names")
	fs.BoolVarP(&o.touch, "touch", "m", false, "don't restore modification times")
	fs.BoolVarP(&o.toOut, "to-stdout", "O", false, "unpack to standard output")
	fs.BoolVarP(&o.keepOld, "keep-old-files", "k", false, "don't replace files")
	fs.StringArrayVar(&o.exclude, "exclude", nil, "leave out names that match")
	fs.IntVar(&o.stripComponents, "strip-components", 0, "leave out so many leading folders")
	same := fs.Bool("same-owner", os.Geteuid() == 0, "restore owners (root's default)")
	noOwner := fs.BoolP("no-same-owner", "o", false, "don't restore owners")
	perms := fs.BoolP("same-permissions", "p", os.Geteuid() == 0, "restore modes regardless of the umask (root's default)")
	noPerms := fs.Bool("no-same-permissions", false, "apply the umask to modes")
	if err := fs.Parse(args); err != nil {
		return o, nil, err
	}
	o.sameOwner, o.samePerms = *same && !*noOwner, *perms && !*noPerms
	actions := 0
	for _, on := range []bool{o.create, o.extract, o.list} {
		if on {
			actions++
		}
	}
	if actions != 1 {
		return o, nil, errors.New("one of -c, -x and -t is needed")
	}
	if o.create && fs.NArg() == 0 {
		return o, nil, errors.New("an empty archive isn't made: name what goes in")
	}
	return o, fs.Args(), nil
}

// readArchive opens the archive, unpacks gzip where it finds its magic number,
// and reads it to the end so that a sender is not cut off.
func readArchive(std applet.Std, o tarOptions, use func(*tar.Reader) error) error {
	in := std.In
	if o.archive != "-" {
		f, err := os.Open(o.archive)
		if err != nil {
			return plain(err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	head := make([]byte, 2)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	in = io.MultiReader(strings.NewReader(string(head[:n])), in)
	if string(head[:n]) == "\x1f\x8b" {
		zr, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("gzip: %w", err)
		}
		defer func() { _ = zr.Close() }()
		in = zr
	}
	if err := use(tar.NewReader(in)); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}

// wanted tells whether the member is one of those asked for, or below one.
func wanted(name string, paths []string) bool {
	if len(paths) == 0 {
		return true
	}
	name = strings.TrimSuffix(name, "/")
	for _, p := range paths {
		p = strings.TrimSuffix(p, "/")
		if name == p || strings.HasPrefix(name, p+"/") {
			return true
		}
	}
	return false
}
