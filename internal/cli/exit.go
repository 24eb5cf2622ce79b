package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/core/errs"
)

// The exit codes. exec gives the exit code of its command instead.
const (
	ExitFailure     = 1
	ExitUsage       = 2
	ExitNotFound    = 3
	ExitForbidden   = 4 // also: not signed in
	ExitUnreachable = 5
	ExitConflict    = 6
	ExitInterrupted = 130
)

// exitError is what a command returns to the process: one line, and the exit code.
type exitError struct{ err error }

// Error is what a person reads; "" when everything was said.
func (e *exitError) Error() string {
	var b strings.Builder
	Report(&b, e.err)
	return strings.TrimRight(b.String(), "\n")
}

// ExitCode is the exit code of the process.
func (e *exitError) ExitCode() int { return ExitCode(e.err) }

// Unwrap gives the error itself.
func (e *exitError) Unwrap() error { return e.err }

// withExitCodes makes a command and those below it return errors that know their exit code, and
// end in order at Ctrl-C.
func withExitCodes(cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			stop := endByInterrupt(cmd)
			defer stop()
			if err := run(cmd, args); err != nil {
				return &exitError{err}
			}
			return nil
		}
	}
	for _, child := range cmd.Commands() {
		withExitCodes(child)
	}
}

// endByInterrupt ends a command's context at the first Ctrl-C; the second ends the program.
// A sign-in waits at a prompt, which no context ends.
func endByInterrupt(cmd *cobra.Command) (stop func()) {
	if cmd.Name() == "sign-in" {
		return func() {}
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	cmd.SetContext(ctx)
	return stop
}

// usageError says that a command was written wrongly.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

// ExitCode is that of a wrong command line.
func (e *usageError) ExitCode() int { return ExitUsage }

func usage(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

// quietError ends the program with a code; everything was said already.
type quietError struct{ code int }

func (e *quietError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// ExitCode gives the exit code of what a command returned.
func ExitCode(err error) int {
	var wrong *usageError
	var quiet *quietError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &quiet):
		return quiet.code
	case errors.As(err, &wrong):
		return ExitUsage
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	}
	var known *errs.Error
	if !errors.As(err, &known) {
		return ExitFailure
	}
	switch known.Kind {
	case errs.NotFound, errs.Gone:
		return ExitNotFound
	case errs.Forbidden, errs.Unauthenticated:
		return ExitForbidden
	case errs.Unavailable, errs.Timeout, errs.BadUpstream:
		return ExitUnreachable
	case errs.Conflict:
		return ExitConflict
	default:
		return ExitFailure
	}
}

// Report tells a person what went wrong: one line, and one more for each wrong field.
func Report(w io.Writer, err error) {
	var quiet *quietError
	if err == nil || errors.As(err, &quiet) {
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "interrupted")
		return
	}
	fmt.Fprintln(w, errorLine(err))
	var known *errs.Error
	if errors.As(err, &known) {
		for _, f := range known.Fields {
			if !strings.Contains(known.Message, f.Message) {
				fmt.Fprintf(w, "  %s: %s\n", f.Path, f.Message)
			}
		}
	}
}

// errorLine puts an error and what to do about it on one line. Causes of known errors are for
// the one who looks for them, not for this line.
func errorLine(err error) string {
	var known *errs.Error
	if !errors.As(err, &known) {
		return clean(err.Error())
	}
	line := clean(known.Message)
	if known.Object != "" && !strings.Contains(line, lastWord(known.Object)) {
		line = known.Object + ": " + line
	}
	if known.Hint != "" {
		line = strings.TrimSuffix(line, ".") + "; " + clean(known.Hint)
	}
	return line
}

func lastWord(object string) string {
	name := object[strings.LastIndexAny(object, " /")+1:]
	return name
}
