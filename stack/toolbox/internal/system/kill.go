package system

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// kill sends a signal: kill PID, kill -9 PID, kill -TERM PID, kill -s HUP PID.
func kill(_ context.Context, std applet.Std, args []string) error {
	number := syscall.SIGTERM
	if len(args) > 0 && args[0] == "-l" {
		for n := syscall.Signal(1); n < 32; n++ {
			fmt.Fprintf(std.Out, "%d %s\n", n, strings.TrimPrefix(unix.SignalName(n), "SIG"))
		}
		return nil
	}
	if len(args) > 1 && args[0] != "--" && strings.HasPrefix(args[0], "-") {
		name := args[0][1:]
		args = args[1:]
		if name == "s" || name == "n" {
			name, args = args[0], args[1:]
		}
		var err error
		if number, err = signalNumber(name); err != nil {
			return err
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return errors.New("which process?")
	}
	var failed error
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if err != nil {
			return fmt.Errorf("%q is no process number", arg)
		}
		if err := syscall.Kill(pid, number); err != nil {
			failed = errors.Join(failed, fmt.Errorf("process %d: %w", pid, err))
		}
	}
	return failed
}

func signalNumber(name string) (syscall.Signal, error) {
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n <= 64 {
		return syscall.Signal(n), nil
	}
	upper := strings.ToUpper(name)
	if n := unix.SignalNum("SIG" + strings.TrimPrefix(upper, "SIG")); n != 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%q is no signal: kill -l lists them", name)
}
