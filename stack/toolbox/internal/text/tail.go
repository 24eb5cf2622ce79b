package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// followEvery is how often tail -f looks for more.
const followEvery = 250 * time.Millisecond

// tail prints the last lines or bytes of each file, or all from a given one on.
func tail(ctx context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "tail", "[-n [+]LINES | -c [+]BYTES] [-f] [FILE...]")
	count := fs.StringP("lines", "n", "10", "last lines to print; +N: all from line N on")
	size := fs.StringP("bytes", "c", "", "last bytes to print; +N: all from byte N on")
	follow := fs.BoolP("follow", "f", false, "wait for more at the end of the last file")
	quiet := fs.BoolP("quiet", "q", false, "no file names above the output")
	if err := fs.Parse(oldCount(args)); err != nil {
		return err
	}
	text, unit := *count, tailLines
	if *size != "" {
		text, unit = *size, tailBytes
	}
	n, fromStart, err := parseTailCount(text)
	if err != nil {
		return err
	}
	titles := titler(std, fs.Args(), *quiet)
	return applet.EachInput(std, "tail", fs.Args(), func(name string, r io.Reader) error {
		titles(name)
		if err := unit(std.Out, r, n, fromStart); err != nil {
			return err
		}
		if f, isFile := r.(*os.File); isFile && *follow && name == lastOf(fs.Args()) {
			return followFile(ctx, std.Out, f)
		}
		return nil
	})
}

func parseTailCount(text string) (n int64, fromStart bool, err error) {
	text, fromStart = strings.CutPrefix(text, "+")
	n, err = strconv.ParseInt(strings.TrimPrefix(text, "-"), 10, 64)
	if err != nil || n < 0 {
		return 0, false, fmt.Errorf("%q is no count", text)
	}
	return n, fromStart, nil
}

func lastOf(names []string) string {
	if len(names) == 0 {
		return "-"
	}
	return names[len(names)-1]
}

func tailLines(w io.Writer, r io.Reader, n int64, fromStart bool) error {
	if fromStart {
		skip := max(n-1, 0)
		return lines(r, func(line []byte) bool {
			if skip > 0 {
				skip--
				return true
			}
			fmt.Fprintf(w, "%s\n", line)
			return true
		})
	}
	var kept [][]byte
	err := lines(r, func(line []byte) bool {
		kept = append(kept, bytes.Clone(line))
		if int64(len(kept)) > n {
			kept = kept[1:]
		}
		return true
	})
	for _, line := range kept {
		fmt.Fprintf(w, "%s\n", line)
	}
	return err
}

func tailBytes(w io.Writer, r io.Reader, n int64, fromStart bool) error {
	if fromStart {
		if _, err := io.CopyN(io.Discard, r, max(n-1, 0)); err != nil {
			return ignoreEOF(err)
		}
		_, err := io.Copy(w, r)
		return err
	}
	var kept []byte
	buf := make([]byte, 64<<10)
	for {
		got, err := r.Read(buf)
		kept = append(kept, buf[:got]...)
		if extra := int64(len(kept)) - n; extra > 0 {
			kept = append(kept[:0], kept[extra:]...)
		}
		if errors.Is(err, io.EOF) {
			_, err = w.Write(kept)
			return err
		}
		if err != nil {
			return err
		}
	}
}

// followFile copies what is appended to f until ctx ends. A file that became
// shorter was started anew and is read from its beginning.
func followFile(ctx context.Context, w io.Writer, f *os.File) error {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		if _, err := io.Copy(w, f); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			continue // a pipe has no position
		}
		if info, err := f.Stat(); err == nil && info.Size() < at {
			_, _ = f.Seek(0, io.SeekStart)
		}
	}
}
