package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli"
	"kubemate.io/kubemate/internal/launch"
	"kubemate.io/kubemate/internal/launch/bundle"
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
	root := newRoot(streams) //nolint:contextcheck // each command gets ctx when it is executed
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		_, _ = fmt.Fprintln(streams.Err, "kubemate: "+text) // where else could a failure to print be told?
	}
	var coder exitCoder
	if errors.As(err, &coder) {
		return coder.ExitCode()
	}
	if strings.HasPrefix(err.Error(), "unknown command") { // cobra has no type for it
		return usageError{}.ExitCode()
	}
	return 1
}

func newRoot(streams Streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "kubemate",
		Short:         "A console, an API and a command line for Kubernetes clusters",
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
	addGroup(root, "platform", "Run the platform:", append(launch.Commands(Version), newServerCommand(), bundle.NewCommand(bundle.CommandDeps{}), newOpenAPICommand())...)
	addGroup(root, "use", "Use it:", cli.Commands(cli.Deps{In: streams.In, Out: streams.Out, Err: streams.Err})...)
	return root
}

// addGroup adds commands under a heading of the help text.
func addGroup(root *cobra.Command, id, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: id, Title: title})
	for _, c := range commands {
		c.GroupID = id
		root.AddCommand(c)
	}
}

// usageError is a command line that cannot be understood; its exit code is 2.
type usageError struct{ error }

// ExitCode is 2.
func (usageError) ExitCode() int { return 2 }

func (e usageError) Unwrap() error { return e.error }
