// Package shell is the toolbox's sh: POSIX and most of bash, interpreted in the
// process by mvdan.cc/sh, with line editing where it stands on a terminal.
// Job control, umask and ulimit are not there.
package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// killAfter is how long a command that was interrupted has to end by itself.
const killAfter = 2 * time.Second

// New returns the shell. The named tools run even where no link to them is in PATH.
func New(tools []string) applet.Func {
	return func(ctx context.Context, std applet.Std, args []string) error {
		ctx, stop := untilTerminated(ctx)
		defer stop()
		return exitCode(ctx, run(ctx, std, args, tools))
	}
}

// call is what the command line asks for.
type call struct {
	command     string // of -c
	fromCommand bool
	interactive bool
	options     []string // like -e, handed to the interpreter
	params      []string
}

// parseCall reads sh's own arguments: flags come bundled ("-ec"), and what
// follows the first operand belongs to the script.
func parseCall(args []string) (call, error) {
	var c call
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			break
		}
		if arg == "--login" || arg == "--norc" || arg == "--noprofile" || arg == "--posix" {
			continue
		}
		if strings.HasPrefix(arg, "--") {
			return c, fmt.Errorf("unknown option %q", arg)
		}
		for _, letter := range arg[1:] {
			switch letter {
			case 'c':
				c.fromCommand = true
			case 'i':
				c.interactive = true
			case 'l', 's':
			case 'o':
				if len(args) == 0 {
					return c, errors.New("-o needs the name of an option")
				}
				c.options = append(c.options, arg[:1]+"o", args[0])
				args = args[1:]
			default:
				c.options = append(c.options, arg[:1]+string(letter))
			}
		}
	}
	if c.fromCommand {
		if len(args) == 0 {
			return c, errors.New("-c needs a command")
		}
		c.command, args = args[0], args[1:]
	}
	c.params = args
	return c, nil
}

func run(ctx context.Context, std applet.Std, args []string, tools []string) error {
	c, err := parseCall(args)
	if err != nil {
		return err
	}
	params := c.params
	var script *os.File
	name := "sh"
	switch {
	case c.fromCommand && len(params) > 0: // sh -c COMMAND $0 $1…
		name, params = params[0], params[1:]
	case !c.fromCommand && len(params) > 0: // sh SCRIPT $1…
		name, params = params[0], params[1:]
		if script, err = os.Open(name); err != nil {
			return err
		}
		defer func() { _ = script.Close() }()
	}
	runner, err := interp.New(
		interp.StdIO(std.In, std.Out, std.Err),
		interp.Params(append(append(c.options, "--"), params...)...),
		interp.Interactive(c.interactive),
		interp.CallHandler(renameBuiltins),
		interp.ExecHandlers(toolRunner(tools)),
	)
	if err != nil {
		return err
	}
	switch {
	case c.fromCommand:
		return runScript(ctx, runner, strings.NewReader(c.command), name)
	case script != nil:
		return runScript(ctx, runner, script, name)
	case isTerminal(std.In):
		return runInteractive(ctx, runner, std)
	default:
		return runScript(ctx, runner, std.In, name)
	}
}

func runScript(ctx context.Context, runner *interp.Runner, r io.Reader, name string) error {
	program, err := syntax.NewParser().Parse(r, name)
	if err != nil {
		return fmt.Errorf("%w: %w", errSyntax, err)
	}
	return runner.Run(ctx, program)
}

var errSyntax = errors.New("syntax error")

func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminated is the cause of a shell that a signal ended.
type terminated struct{ signal syscall.Signal }

func (t terminated) Error() string { return t.signal.String() }

// untilTerminated cancels at SIGTERM and SIGHUP: as a container's first process
// the shell must end by its own hand, since the kernel ignores both for it.
func untilTerminated(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case s := <-signals:
			cancel(terminated{s.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
		<-done
	}
}

// exitCode turns the interpreter's results into the exit codes that sh has.
func exitCode(ctx context.Context, err error) error {
	var bySignal terminated
	if errors.As(context.Cause(ctx), &bySignal) {
		return applet.Exit(128 + int(bySignal.signal))
	}
	var status interp.ExitStatus
	if errors.As(err, &status) {
		return applet.Exit(int(status))
	}
	return err
}
