package text

import (
	"context"
	"io"
	"os"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// tee copies its input to its output and to files.
func tee(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "tee", "[-a] [FILE...]")
	add := fs.BoolP("append", "a", false, "append to the files")
	if err := fs.Parse(args); err != nil {
		return err
	}
	mode := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if *add {
		mode = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	writers := []io.Writer{std.Out}
	for _, name := range fs.Args() {
		f, err := os.OpenFile(name, mode, 0o666)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		writers = append(writers, f)
	}
	_, err := io.Copy(io.MultiWriter(writers...), std.In)
	return err
}
