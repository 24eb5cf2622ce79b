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
		fmt.Fprintf(out, "stopping the platform (process %d)\n", s.PID)
		if err := endProcess(ctx, s.PID, s.Started, stopTimeout+30*time.Second); err != nil {
			return err
		}
	}
	if err := endLeftovers(ctx, dataDir); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if !remove {
		if err := embedded.Undo(ctx, dataDir, log); err != nil {
			return err
		}
		_ = os.Remove(statePath(dataDir))
		fmt.Fprintf(out, "stopped; data stays in %s\n", dataDir)
		return nil
	}
	if err := deleteAll(ctx, dataDir, log); err != nil {
		return err
	}
	fmt.Fprintf(out, "removed: nothing that Kubemate made is left on this host\n")
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
	for _, e := range entries {
		if e.Name() == "run" {
			return nil
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return fmt.Errorf("%s is no data folder of Kubemate: it has no folder run/; nothing was touched", dataDir)
}

// deleteAll undoes the changes on the host and removes the data: the cluster's own parts first,
// since they may hold mounts.
func deleteAll(ctx context.Context, dataDir string, log *slog.Logger) error {
	if err := embedded.Delete(ctx, dataDir, log); err != nil {
		return err
	}
	for _, dir := range []string{"server", "registry", "run", "logs"} {
		if err := os.RemoveAll(filepath.Join(dataDir, dir)); err != nil {
			return err
		}
	}
	// Only an empty folder goes: what else lies in it is not ours.
	if err := os.Remove(dataDir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("the data folder holds something that Kubemate did not make; it stays", "folder", dataDir)
	}
	return nil
}
