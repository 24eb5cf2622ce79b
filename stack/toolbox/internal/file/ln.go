package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// ln makes hard or symbolic links.
func ln(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "ln", "[-sf] TARGET [LINK]")
	symbolic := fs.BoolP("symbolic", "s", false, "make a symbolic link")
	force := fs.BoolP("force", "f", false, "replace what has the link's name")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() < 1 || fs.NArg() > 2 {
		return errors.New("a target is needed, and at most one link")
	}
	target, link := fs.Arg(0), fs.Arg(1)
	if link == "" {
		link = "."
	}
	if info, err := os.Stat(link); err == nil && info.IsDir() {
		link = filepath.Join(link, filepath.Base(target))
	}
	if *force {
		if err := os.Remove(link); err != nil && !os.IsNotExist(err) {
			return plain(err)
		}
	}
	if *symbolic {
		return os.Symlink(target, link)
	}
	return os.Link(target, link)
}

// readlink prints where symbolic links point to, or with -f the real path.
func readlink(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "readlink", "[-f] FILE...")
	follow := fs.BoolP("canonicalize", "f", false, "follow every link and print the full path")
	if err := fs.Parse(args); err != nil {
		return err
	}
	for _, name := range fs.Args() {
		target, err := os.Readlink(name)
		if *follow {
			if target, err = filepath.EvalSymlinks(name); err == nil {
				target, err = filepath.Abs(target)
			}
		}
		if err != nil {
			return applet.Exit(1)
		}
		fmt.Fprintln(std.Out, target)
	}
	return nil
}
