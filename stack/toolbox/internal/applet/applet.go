// Package applet is what every tool of the toolbox has in common: its streams,
// its exit code, its flags.
package applet

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"
)

// Std is the streams of a tool.
type Std struct {
	In       io.Reader
	Out, Err io.Writer
}

// Func runs a tool. An error becomes a message and exit code 1, an [Exit] its own code.
type Func func(ctx context.Context, std Std, args []string) error

// Exit is an exit code without a message.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Code prints what a tool named name returned, and gives its exit code.
func Code(std Std, name string, err error) int {
	var exit Exit
	switch {
	case err == nil, errors.Is(err, pflag.ErrHelp):
		return 0
	case errors.As(err, &exit):
		return int(exit)
	default:
		fmt.Fprintf(std.Err, "%s: %v\n", name, err)
		return 1
	}
}

// Flags returns an empty set of flags for the tool. Flags after the first
// operand are flags as well, as GNU's tools have it.
func Flags(std Std, name, usage string) *pflag.FlagSet {
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SetOutput(std.Err)
	fs.SortFlags = true
	fs.Usage = func() {
		fmt.Fprintf(std.Err, "usage: %s %s\n%s", name, usage, fs.FlagUsages())
	}
	return fs
}
