package shell

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
)

// outside marks names that the interpreter reserves for builtins which it lacks,
// and which the toolbox has as programs.
const outside = "toolbox:"

// renameBuiltins lets `kill` reach the program of that name.
func renameBuiltins(_ context.Context, args []string) ([]string, error) {
	if args[0] == "kill" {
		return append([]string{outside + args[0]}, args[1:]...), nil
	}
	return args, nil
}

// toolRunner runs a tool of the toolbox by the running program itself where PATH
// has nothing of that name, so that the shell is of use in an image without links.
func toolRunner(tools []string) func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
	return func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
		fallback := interp.DefaultExecHandler(killAfter)
		return func(ctx context.Context, args []string) error {
			name := strings.TrimPrefix(args[0], outside)
			args = append([]string{name}, args[1:]...)
			hc := interp.HandlerCtx(ctx)
			if _, err := interp.LookPathDir(hc.Dir, hc.Env, name); err == nil || !slices.Contains(tools, name) && name != "sh" {
				return fallback(ctx, args)
			}
			return runSelf(ctx, hc, args)
		}
	}
}

func runSelf(ctx context.Context, hc interp.HandlerContext, args []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = args
	cmd.Dir, cmd.Env = hc.Dir, exported(hc.Env)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = hc.Stdin, hc.Stdout, hc.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = killAfter
	err = cmd.Run()
	if state := cmd.ProcessState; state != nil && ctx.Err() == nil {
		if status := state.Sys().(syscall.WaitStatus); status.Signaled() {
			return interp.ExitStatus(128 + int(status.Signal()))
		}
		return exitStatus(state.ExitCode())
	}
	return err
}

func exitStatus(code int) error {
	if code == 0 {
		return nil
	}
	return interp.ExitStatus(code)
}

// exported returns the variables that a child process is to see.
func exported(env expand.Environ) []string {
	var list []string
	for name, v := range env.Each {
		if v.Exported && v.Kind == expand.String {
			list = append(list, name+"="+v.String())
		}
	}
	return list
}
