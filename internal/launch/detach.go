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
	"slices"
	"strings"
	"syscall"
	"time"

	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/launch/preflight"
)

// upInBackground starts `up` in a process of its own and returns once the console answers. What
// can be refused is refused here, before there is a data folder for the log to lie in.
func upInBackground(ctx context.Context, o Options, out io.Writer) error {
	o, err := o.complete()
	if err != nil {
		return err
	}
	if err := refuseSecond(o.DataDir); err != nil {
		return err
	}
	if report := preflight.Run(ctx, o.preflight()); !report.OK() {
		return refuse(report, out) // otherwise the process in the background tells what it found
	}
	if o.mode() == ModeExisting {
		if err := o.checkExisting(ctx); err != nil {
			return err
		}
	}
	if err := embedded.Claim(o.DataDir); err != nil {
		return err
	}
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(a string) bool { return strings.HasPrefix(a, "--detach") })
	return detach(ctx, o.DataDir, args, out)
}

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
	cmd := exec.Command(exe, args...) //nolint:noctx // it outlives this program
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
	lines := lineCopier{in: bufio.NewReader(f), out: out}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		ready, err := lines.copy()
		if err != nil || ready {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the platform goes on starting in the background (log: %s); `kubemate down` ends it: %w", logFile, context.Cause(ctx))
		case err := <-died:
			if _, copyErr := lines.copy(); copyErr != nil {
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

// lineCopier copies what was written to a log so far, again and again.
type lineCopier struct {
	in   *bufio.Reader
	out  io.Writer
	half string // a line whose end was not written yet
}

// copy copies whole lines; ready says that the mark came.
func (c *lineCopier) copy() (ready bool, err error) {
	for {
		part, err := c.in.ReadString('\n')
		c.half += part
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		line := c.half
		c.half = ""
		if line == readyMark+"\n" {
			return true, nil
		}
		if _, err := io.WriteString(c.out, line); err != nil {
			return false, err
		}
	}
}
