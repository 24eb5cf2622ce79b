package launch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// detach starts this program again in a session of its own, with its output in logs/up.log,
// passes on what it prints until it prints the sign-in line or dies, and returns.
func detach(ctx context.Context, dataDir string, args []string, out io.Writer) error {
	logs := filepath.Join(dataDir, "logs")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return err
	}
	logFile := filepath.Join(logs, "up.log")
	f, err := os.OpenFile(logFile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(exe, args...)
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start in the background: %w", err)
	}
	died := make(chan error, 1)
	go func() { died <- cmd.Wait() }()
	return follow(ctx, logFile, died, out)
}

// follow copies the log to out until the ready line or the end of the process.
func follow(ctx context.Context, logFile string, died <-chan error, out io.Writer) error {
	f, err := os.Open(logFile)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReader(f)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		ready, err := copyLines(r, out)
		if err != nil || ready {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-died:
			if _, copyErr := copyLines(r, out); copyErr != nil {
				return copyErr
			}
			if err == nil {
				err = errors.New("it ended by itself")
			}
			return fmt.Errorf("the platform did not start (log: %s): %w", logFile, err)
		case <-tick.C:
		}
	}
}

// readyMark ends what a detached start prints; the detached process goes on behind it.
const readyMark = "Press Ctrl-C to stop; data stays."

// copyLines copies whole lines; ready says that the mark came.
func copyLines(r *bufio.Reader, out io.Writer) (ready bool, err error) {
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return false, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		if line == readyMark+"\n" {
			return true, nil
		}
		if _, err := io.WriteString(out, line); err != nil {
			return false, err
		}
	}
}
