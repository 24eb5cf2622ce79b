package hostjournal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// undoModule unloads the module e.Name. One that somebody else has come to use stays: that is no failure.
func undoModule(ctx context.Context, e Entry) error {
	if _, err := os.Stat(filepath.Join("/sys/module", e.Name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, _ = run(ctx, "modprobe", "--remove", e.Name)
	return nil
}
