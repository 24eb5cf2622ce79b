package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/launch/preflight"
)

// Down stops the platform that runs from a data folder, also one whose `up` was killed. With
// remove it deletes the data, too: what is left of the folder is what Kubemate did not make.
func Down(ctx context.Context, dataDir string, remove bool, out io.Writer) error {
	dataDir, err := completeDataDir(dataDir)
	if err != nil {
		return err
	}
	if err := ours(dataDir); err != nil {
		return err
	}
	s, ok, err := ReadState(dataDir)
	if err != nil {
		return err
	}
	if ok && s.alive() {
		_, _ = fmt.Fprintf(out, "stopping the platform (process %d)\n", s.PID)
		if err := endProcess(ctx, s.PID, s.Started, stopTimeout+30*time.Second); err != nil {
			return err
		}
	}
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := embedded.Undo(ctx, dataDir, log); err != nil {
		return err
	}
	if err := endLeftovers(ctx, dataDir); err != nil {
		return err
	}
	if !remove {
		_ = os.Remove(statePath(dataDir))
		_, _ = fmt.Fprintf(out, "stopped; data stays in %s\n", dataDir)
		return nil
	}
	if err := deleteAll(ctx, dataDir, log); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "removed: nothing that Kubemate made is left on this host\n")
	return nil
}

// ours refuses a folder that holds something else: `down --delete` must never remove it.
func ours(dataDir string) error {
	entries, err := os.ReadDir(dataDir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist: nothing was started from there", dataDir)
	}
	if err != nil {
		return err
	}
	if len(entries) > 0 && !embedded.Claimed(dataDir) {
		return fmt.Errorf("%s is no data folder of Kubemate: it has no file %s; nothing was touched", dataDir, preflight.FormatFile)
	}
	return nil
}

// deleteAll removes the data, after Undo. The mark goes last, with the cluster's parts: until
// then an interrupted removal can be repeated.
func deleteAll(ctx context.Context, dataDir string, log *slog.Logger) error {
	for _, dir := range []string{serverName, "registry"} {
		if err := os.RemoveAll(filepath.Join(dataDir, dir)); err != nil {
			return err
		}
	}
	if err := embedded.Delete(ctx, dataDir, log); err != nil {
		return err
	}
	// Only an empty folder went: what else lies in it is not ours.
	if _, err := os.Stat(dataDir); err == nil {
		log.Warn("the data folder holds something that Kubemate did not make; it stays", "folder", dataDir)
	}
	return nil
}
