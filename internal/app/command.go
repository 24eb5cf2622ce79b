package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Streams are what a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// exitCoder is an error that knows its exit code.
type exitCoder interface{ ExitCode() int }

// Run runs a command line and gives its exit code.
func Run(ctx context.Context, args []string, streams Streams) int {
	root := newRoot(streams)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(streams.Err, "kubemate: "+text)
	}
	var coder exitCoder
	if errors.As(err, &coder) {
		return coder.ExitCode()
	}
	return 1
}

func newRoot(streams Streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "kubemate",
		Short:         "Kubernetes for people who run a bank on it",
		Version:       Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(newServerCommand(), newOpenAPICommand())
	return root
}

// usageError is a command line that cannot be understood; its exit code is 2.
type usageError struct{ error }

// ExitCode is 2.
func (usageError) ExitCode() int { return 2 }

func (e usageError) Unwrap() error { return e.error }
