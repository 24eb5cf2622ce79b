package text

import (
	"context"
	"errors"
	"fmt"
	"io"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// head prints the first lines or bytes of each file.
func head(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "head", "[-n LINES | -c BYTES] [FILE...]")
	count := fs.Int64P("lines", "n", 10, "lines to print")
	size := fs.Int64P("bytes", "c", -1, "bytes to print instead of lines")
	quiet := fs.BoolP("quiet", "q", false, "no file names above the output")
	if err := fs.Parse(oldCount(args)); err != nil {
		return err
	}
	if *count < 0 {
		return fmt.Errorf("%d lines can't be printed", *count)
	}
	titles := titler(std, fs.Args(), *quiet)
	return applet.EachInput(std, "head", fs.Args(), func(name string, r io.Reader) error {
		titles(name)
		if *size >= 0 {
			_, err := io.CopyN(std.Out, r, *size)
			return ignoreEOF(err)
		}
		left := *count
		if left == 0 {
			return nil
		}
		return lines(r, func(line []byte) bool {
			fmt.Fprintf(std.Out, "%s\n", line)
			left--
			return left > 0
		})
	})
}

// titler prints the name above each of several files.
func titler(std applet.Std, names []string, quiet bool) func(name string) {
	first := true
	return func(name string) {
		if quiet || len(names) < 2 {
			return
		}
		if !first {
			fmt.Fprintln(std.Out)
		}
		first = false
		fmt.Fprintf(std.Out, "==> %s <==\n", name)
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
