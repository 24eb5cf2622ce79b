package file

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

func listMembers(std applet.Std, o tarOptions, r *tar.Reader, paths []string) error {
	return eachMember(r, paths, func(h *tar.Header) error {
		if o.verbose {
			fmt.Fprintf(std.Out, "%s %d/%d %d %s ", h.FileInfo().Mode(), h.Uid, h.Gid, h.Size, h.ModTime.UTC().Format(time.DateTime))
		}
		fmt.Fprintln(std.Out, h.Name)
		return nil
	})
}

func eachMember(r *tar.Reader, paths []string, use func(*tar.Header) error) error {
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("this is no tar archive, or a broken one: %w", err)
		}
		if !wanted(h.Name, paths) {
			continue
		}
		if err := use(h); err != nil {
			return err
		}
	}
}

// unpacker writes members below a folder that they can't leave: neither a name
// with "..", nor a link that an earlier member planted, leads out of os.Root.
type unpacker struct {
	std    applet.Std
	o      tarOptions
	root   *os.Root
	umask  fs.FileMode
	failed bool
	later  []func() error // modes and times of folders, which filling them would change
}

func extractMembers(std applet.Std, o tarOptions, r *tar.Reader, paths []string) error {
	root, err := os.OpenRoot(o.dir)
	if err != nil {
		return plain(err)
	}
	defer func() { _ = root.Close() }()
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	u := &unpacker{std: std, o: o, root: root, umask: fs.FileMode(mask)}
	err = eachMember(r, paths, func(h *tar.Header) error {
		if err := u.member(h, r); err != nil {
			fmt.Fprintf(std.Err, "tar: %s: %v\n", h.Name, reason(err))
			u.failed = true
		}
		return nil
	})
	for i := len(u.later) - 1; i >= 0; i-- {
		if err := u.later[i](); err != nil {
			fmt.Fprintf(std.Err, "tar: %v\n", err)
			u.failed = true
		}
	}
	if err == nil && u.failed {
		return applet.Exit(2)
	}
	return err
}

// reason leaves out the path, which the caller prints.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (u *unpacker) member(h *tar.Header, r io.Reader) error {
	if u.o.toOut {
		if h.Typeflag == tar.TypeReg {
			_, err := io.Copy(u.std.Out, r)
			return err
		}
		return nil
	}
	name := u.localName(h.Name)
	if name == "" {
		return nil
	}
	if u.o.verbose {
		fmt.Fprintln(u.std.Err, h.Name)
	}
	if parent := path.Dir(name); parent != "." {
		if err := u.root.MkdirAll(parent, 0o777); err != nil {
			return err
		}
	}
	return u.write(name, h, r)
}

// localName cleans a member's name; "" is a member that is not to be written.
func (u *unpacker) localName(name string) string {
	name = strings.TrimLeft(name, "/")
	for range u.o.stripComponents {
		_, rest, found := strings.Cut(name, "/")
		if !found {
			return ""
		}
		name = rest
	}
	if name = strings.TrimSuffix(name, "/"); name == "" {
		return ""
	}
	return strings.TrimPrefix(name, "./")
}

func (u *unpacker) write(name string, h *tar.Header, r io.Reader) error {
	switch h.Typeflag {
	case tar.TypeDir:
		return u.folder(name, h)
	case tar.TypeReg:
		return u.regular(name, h, r)
	case tar.TypeSymlink:
		if err := u.makeRoom(name); err != nil {
			return err
		}
		return u.root.Symlink(h.Linkname, name)
	case tar.TypeLink:
		if err := u.makeRoom(name); err != nil {
			return err
		}
		return u.root.Link(u.localName(h.Linkname), name)
	default:
		return fmt.Errorf("a member of type %q can't be unpacked here", h.Typeflag)
	}
}

func (u *unpacker) folder(name string, h *tar.Header) error {
	if err := u.root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	u.later = append(u.later, func() error { return u.attributes(name, h) })
	return nil
}

func (u *unpacker) regular(name string, h *tar.Header, r io.Reader) error {
	if err := u.makeRoom(name); err != nil {
		return err
	}
	f, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return u.attributes(name, h)
}

// makeRoom removes what has the name, so that nothing is written through a link.
func (u *unpacker) makeRoom(name string) error {
	if u.o.keepOld {
		return nil
	}
	err := u.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (u *unpacker) attributes(name string, h *tar.Header) error {
	mode := h.FileInfo().Mode()
	if !u.o.samePerms {
		mode &= 0o777 &^ u.umask
	}
	if u.o.sameOwner {
		// Before chmod: a change of owner clears the set-user-id bit.
		if err := u.root.Lchown(name, h.Uid, h.Gid); err != nil {
			return err
		}
	}
	if err := u.root.Chmod(name, mode); err != nil {
		return err
	}
	if u.o.touch || h.ModTime.IsZero() {
		return nil
	}
	return u.root.Chtimes(name, h.ModTime, h.ModTime)
}
