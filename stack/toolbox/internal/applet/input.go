package applet

import (
	"fmt"
	"io"
	"os"
)

// EachInput calls use for every named file, or for the standard input where
// there is none or the name is "-". A file that does not open is reported and
// the others are still read; the error is then [Exit] 1.
func EachInput(std Std, tool string, names []string, use func(name string, r io.Reader) error) error {
	if len(names) == 0 {
		names = []string{"-"}
	}
	failed := false
	for _, name := range names {
		if err := useInput(std, name, use); err != nil {
			fmt.Fprintf(std.Err, "%s: %v\n", tool, err)
			failed = true
		}
	}
	if failed {
		return Exit(1)
	}
	return nil
}

func useInput(std Std, name string, use func(string, io.Reader) error) error {
	if name == "-" {
		return use(name, std.In)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return use(name, f)
}
