package hostjournal

import (
	"context"
	"errors"
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
// that match one of e.Patterns; and, unless the path was there before, the folders that are empty then. Whatever else
// lies there belongs to somebody else and stays.
func undoPath(_ context.Context, e Entry) error {
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
		if !removable(path, d, e) {
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

func removable(path string, d fs.DirEntry, e Entry) bool {
	for _, pattern := range e.Patterns {
		if ok, err := filepath.Match(pattern, d.Name()); err == nil && ok {
			return true
		}
	}
	if d.Type()&fs.ModeSocket != 0 {
		return deadSocket(path)
	}
	if d.Type()&fs.ModeSymlink != 0 && e.LinksInto != "" {
		target, err := os.Readlink(path)
		return err == nil && strings.HasPrefix(target, e.LinksInto+"/")
	}
	return false
}

// deadSocket is true if nobody listens: another container runtime's sockets lie beside ours.
func deadSocket(path string) bool {
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
