package file

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

type lsOptions struct {
	all, almostAll, long, human, folders, recurse bool
	byTime, bySize, reverse, classify             bool
	now                                           time.Time
}

// lsEntry is a file under the name that it is shown by.
type lsEntry struct {
	name, path string
	info       fs.FileInfo
}

// ls lists files, one a line.
func ls(_ context.Context, std applet.Std, args []string) error {
	o := lsOptions{now: time.Now()}
	fs := applet.Flags(std, "ls", "[-aAdFhlRrSt1] [FILE...]")
	fs.BoolVarP(&o.all, "all", "a", false, "names with a leading dot too")
	fs.BoolVarP(&o.almostAll, "almost-all", "A", false, "the same without . and ..")
	fs.BoolVarP(&o.long, "long", "l", false, "mode, links, owner, group, size, time")
	fs.BoolVarP(&o.human, "human-readable", "h", false, "sizes with units")
	fs.BoolVarP(&o.folders, "directory", "d", false, "folders themselves, not what is in them")
	fs.BoolVarP(&o.recurse, "recursive", "R", false, "folders in folders too")
	fs.BoolVarP(&o.byTime, "time", "t", false, "newest first")
	fs.BoolVarP(&o.bySize, "size", "S", false, "largest first")
	fs.BoolVarP(&o.reverse, "reverse", "r", false, "the other way round")
	fs.BoolVarP(&o.classify, "classify", "F", false, "mark folders, links and programs")
	fs.BoolP("one", "1", true, "one a line (always)")
	fs.String("color", "", "accepted for scripts' sake")
	fs.Lookup("color").NoOptDefVal = "auto"
	if err := fs.Parse(args); err != nil {
		return err
	}
	names := fs.Args()
	if len(names) == 0 {
		names = []string{"."}
	}
	return o.list(std, names)
}

// list shows plain files first, then each folder's content.
func (o lsOptions) list(std applet.Std, names []string) error {
	var files []lsEntry
	var folders []string
	failed := false
	for _, name := range names {
		info, err := o.stat(name)
		if err != nil {
			fmt.Fprintf(std.Err, "ls: %v\n", plain(err))
			failed = true
			continue
		}
		if info.IsDir() && !o.folders {
			folders = append(folders, name)
			continue
		}
		files = append(files, lsEntry{name, name, info})
	}
	o.print(std, files)
	titled := len(names) > 1 || o.recurse
	for i, folder := range folders {
		if titled && (i > 0 || len(files) > 0) {
			fmt.Fprintln(std.Out)
		}
		if err := o.listFolder(std, folder, titled); err != nil {
			fmt.Fprintf(std.Err, "ls: %v\n", plain(err))
			failed = true
		}
	}
	if failed {
		return applet.Exit(2)
	}
	return nil
}

// stat looks through a link that is named itself, unless the link is asked about.
func (o lsOptions) stat(name string) (fs.FileInfo, error) {
	if !o.long && !o.folders {
		if info, err := os.Stat(name); err == nil {
			return info, nil
		}
	}
	return os.Lstat(name)
}

func (o lsOptions) listFolder(std applet.Std, folder string, titled bool) error {
	list, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var entries []lsEntry
	if o.all {
		for _, name := range []string{".", ".."} {
			if info, err := os.Lstat(filepath.Join(folder, name)); err == nil {
				entries = append(entries, lsEntry{name, filepath.Join(folder, name), info})
			}
		}
	}
	var below []string
	for _, e := range list {
		info, err := e.Info()
		if err != nil || strings.HasPrefix(e.Name(), ".") && !o.all && !o.almostAll {
			continue // gone meanwhile, or hidden
		}
		entries = append(entries, lsEntry{e.Name(), filepath.Join(folder, e.Name()), info})
		if e.IsDir() {
			below = append(below, filepath.Join(folder, e.Name()))
		}
	}
	if titled {
		fmt.Fprintf(std.Out, "%s:\n", folder)
	}
	o.print(std, entries)
	if !o.recurse {
		return nil
	}
	for _, folder := range below {
		fmt.Fprintln(std.Out)
		if err := o.listFolder(std, folder, true); err != nil {
			fmt.Fprintf(std.Err, "ls: %v\n", plain(err))
		}
	}
	return nil
}

func (o lsOptions) print(std applet.Std, entries []lsEntry) {
	slices.SortStableFunc(entries, func(a, b lsEntry) int {
		if o.reverse {
			a, b = b, a
		}
		switch {
		case o.byTime:
			return cmp.Or(b.info.ModTime().Compare(a.info.ModTime()), strings.Compare(a.name, b.name))
		case o.bySize:
			return cmp.Or(cmp.Compare(b.info.Size(), a.info.Size()), strings.Compare(a.name, b.name))
		}
		return strings.Compare(a.name, b.name)
	})
	table := tabwriter.NewWriter(std.Out, 0, 0, 1, ' ', 0)
	for _, e := range entries {
		if !o.long {
			fmt.Fprintln(std.Out, e.name+o.mark(e.info.Mode()))
			continue
		}
		fmt.Fprintln(table, o.longLine(e))
	}
	_ = table.Flush()
}

func (o lsOptions) mark(mode fs.FileMode) string {
	switch {
	case !o.classify:
		return ""
	case mode.IsDir():
		return "/"
	case mode&fs.ModeSymlink != 0:
		return "@"
	case mode&0o111 != 0:
		return "*"
	}
	return ""
}
