package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// alive says whether the process that wrote the state still is that process: a pid may be reused.
func (s State) alive() bool {
	if s.PID <= 0 {
		return false
	}
	started, err := hostjournal.StartTime(s.PID)
	return err == nil && started == s.Started
}

// refuseSecond fails when a run in this data folder is alive.
func refuseSecond(dataDir string) error {
	s, ok, err := ReadState(dataDir)
	if err != nil || !ok || !s.alive() {
		return err
	}
	where := "it is " + s.Phase
	if s.Address != "" {
		where = "its console is at " + s.Address
	}
	return fmt.Errorf("already running from %s (process %d): %s; stop it with `kubemate down`", dataDir, s.PID, where)
}

// endProcess asks a process to end and waits for it; after the timeout it is killed.
func endProcess(ctx context.Context, pid int, started uint64, timeout time.Duration) error {
	same := func() bool {
		now, err := hostjournal.StartTime(pid)
		return err == nil && now == started
	}
	if !same() {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop process %d: %w", pid, err)
	}
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for same() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("kill process %d: %w", pid, err)
			}
		case <-tick.C:
		}
	}
	return nil
}

// endLeftovers ends what a killed run of this data folder left running, where no host journal
// does: on an existing cluster, `up` has only the server.
func endLeftovers(ctx context.Context, dataDir string) error {
	pids, err := hostjournal.Marked(dataDir)
	if err != nil {
		return err
	}
	for _, pid := range pids {
		if pid == os.Getpid() {
			continue
		}
		started, err := hostjournal.StartTime(pid)
		if err != nil {
			continue // it ended meanwhile
		}
		if err := endProcess(ctx, pid, started, 15*time.Second); err != nil {
			return err
		}
	}
	return nil
}
