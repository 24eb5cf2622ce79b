package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/launch/embedded/supervise"
	"kubemate.io/kubemate/internal/launch/hostjournal"
	"kubemate.io/kubemate/internal/launch/preflight"
)

// stopTimeout is enough for pods that use their grace and for a slow disk.
const stopTimeout = 2 * time.Minute

// Stop ends pods and processes in order and undoes all changes on the host. Data stays.
func (c *Cluster) Stop(ctx context.Context) error {
	c.o.Progress("stop", "stopping pods and processes")
	// The kubelet first: it would start the pods again.
	for _, name := range []string{processKubelet, processKwok} {
		c.stopProcess(name)
	}
	if c.started(processContainerd) {
		if err := c.stopPods(ctx); err != nil {
			c.o.Log.Warn("pods were not stopped in order", "error", err)
		}
	}
	c.mu.Lock()
	processes := slices.Clone(c.processes)
	c.mu.Unlock()
	for _, p := range slices.Backward(processes) {
		p.Stop()
	}
	err := c.journal.Undo(ctx)
	c.unlock()
	return err
}

func (c *Cluster) find(name string) *supervise.Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.processes {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

func (c *Cluster) stopProcess(name string) {
	if p := c.find(name); p != nil {
		p.Stop()
	}
}

func (c *Cluster) started(name string) bool { return c.find(name) != nil }

// stopPods lets kubemate-node do it, which speaks the runtime's protocol.
func (c *Cluster) stopPods(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.o.NodeBinary, "stop-pods",
		"--runtime-endpoint="+c.l.containerdEndpoint(), "--grace-period=3s")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out[:min(len(out), 4096)])))
	}
	return nil
}

// ErrRunning means that another process holds the data folder.
var ErrRunning = errors.New("in use by another running instance")

// Undo ends what a run of the cluster in dataDir left, if that run itself is gone, and undoes its changes on the host.
// It is what `kubemate down` does after the running process has ended, or when there is none.
func Undo(ctx context.Context, dataDir string, log *slog.Logger) error {
	l := layout(dataDir)
	if _, err := os.Stat(l.run()); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	unlock, err := lockFolder(l.lock())
	if err != nil {
		return err
	}
	defer unlock()
	j, err := hostjournal.Open(l.journal(), log)
	if err != nil {
		return err
	}
	if err := j.Undo(ctx); err != nil {
		return err
	}
	return removePIDFiles(l)
}

// removePIDFiles removes what a killed supervisor could not: the processes are gone.
func removePIDFiles(l layout) error {
	files, err := filepath.Glob(l.join("run", "*.pid"))
	if err != nil {
		return err
	}
	for _, f := range files {
		if isClusterProcess(strings.TrimSuffix(filepath.Base(f), ".pid")) {
			err = errors.Join(err, os.Remove(f))
		}
	}
	return err
}

// Delete is Undo, and then removes the parts of the data folder that the cluster owns, and the folder if it is empty
// then. Nothing is removed while a mount is left, since the removal would go through it.
func Delete(ctx context.Context, dataDir string, log *slog.Logger) error {
	if err := Undo(ctx, dataDir, log); err != nil {
		return err
	}
	l := layout(dataDir)
	var errs []error
	for _, dir := range []string{l.join("node"), l.etcd(), l.kubeconfigs(), l.pki(), l.logs(), l.run()} {
		errs = append(errs, os.RemoveAll(dir))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	marks, err := filepath.Glob(l.join(preflight.HalfFormat + "*"))
	if err != nil {
		return err
	}
	for _, mark := range append(marks, l.join(preflight.FormatFile)) {
		if err := os.Remove(mark); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	_ = os.Remove(dataDir) // fails if other parts of Kubemate still keep theirs here
	return nil
}
