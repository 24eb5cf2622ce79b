package hostjournal

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// undoPath removes below e.Name the symbolic links into our folder, the sockets that nobody listens on and the files
// that a pattern tells to be ours; and, unless the path was there before, the folders that are empty then. Whatever else
// lies there belongs to somebody else and stays.
func undoPath(ctx context.Context, e Entry) error {
	var dirs []string
	err := filepath.WalkDir(e.Name, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir():
			dirs = append(dirs, path)
			return nil
		}
		if !removable(ctx, path, d, e) {
			return nil
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	if err != nil || e.Before == "present" {
		return err
	}
	for _, dir := range slices.Backward(dirs) {
		_ = os.Remove(dir) // fails if it isn't empty: as it should
	}
	return nil
}

// removable tells whether the file is ours.
func removable(ctx context.Context, path string, d fs.DirEntry, e Entry) bool {
	switch {
	case matchesAny(e.Patterns, d.Name()):
		return true
	case d.Type()&fs.ModeSocket != 0:
		return deadSocket(ctx, path)
	case e.DataDir == "":
		return false
	case d.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		return err == nil && strings.HasPrefix(target, e.DataDir+"/")
	case d.Type().IsRegular() && matchesAny(e.Mentioning, d.Name()):
		return mentions(path, e.DataDir+"/")
	}
	return false
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := filepath.Match(pattern, name)
		return err == nil && ok
	})
}

// mentions looks for text in the first 64 KiB of a file: what is looked for are small JSON files.
func mentions(path, text string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return err == nil && strings.Contains(string(data), text)
}

// deadSocket is true if nobody listens: another container runtime's sockets lie beside ours.
func deadSocket(ctx context.Context, path string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err == nil {
		_ = conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
