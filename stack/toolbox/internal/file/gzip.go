package file

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// gzipTool compresses, or with -d unpacks. always are the flags that the name
// under which it is called stands for.
func gzipTool(name string, always ...string) applet.Func {
	return func(_ context.Context, std applet.Std, args []string) error {
		fs := applet.Flags(std, name, "[-cdk] [-1…-9] [FILE...]")
		unpack := fs.BoolP("decompress", "d", false, "unpack")
		toOut := fs.BoolP("stdout", "c", false, "write to standard output, keep the file")
		keep := fs.BoolP("keep", "k", false, "keep the file")
		fs.BoolP("force", "f", false, "accepted for scripts' sake")
		fast, best := fs.BoolP("fast", "1", false, "compress fast"), fs.BoolP("best", "9", false, "compress well")
		if err := fs.Parse(append(always, args...)); err != nil {
			return err
		}
		level := gzip.DefaultCompression
		switch {
		case *fast:
			level = gzip.BestSpeed
		case *best:
			level = gzip.BestCompression
		}
		convert := func(w io.Writer, r io.Reader) error { return compress(w, r, level) }
		if *unpack {
			convert = decompress
		}
		return applet.EachInput(std, name, fs.Args(), func(file string, r io.Reader) error {
			if file == "-" || *toOut {
				return convert(std.Out, r)
			}
			target, err := gzipTarget(file, *unpack)
			if err != nil {
				return err
			}
			if err := convertFile(target, r, convert); err != nil || *keep {
				return err
			}
			return os.Remove(file)
		})
	}
}

func gzipTarget(file string, unpack bool) (string, error) {
	if !unpack {
		return file + ".gz", nil
	}
	if base, found := strings.CutSuffix(file, ".tgz"); found {
		return base + ".tar", nil
	}
	base, found := strings.CutSuffix(file, ".gz")
	if !found {
		return "", fmt.Errorf("%s: the name doesn't end in .gz: use -c", file)
	}
	return base, nil
}

func convertFile(target string, r io.Reader, convert func(io.Writer, io.Reader) error) error {
	f, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return plain(err)
	}
	if err := errors.Join(convert(f, r), f.Close()); err != nil {
		return errors.Join(err, os.Remove(target))
	}
	return nil
}

func compress(w io.Writer, r io.Reader, level int) error {
	zw, err := gzip.NewWriterLevel(w, level)
	if err != nil {
		return err
	}
	if _, err := io.Copy(zw, r); err != nil {
		return err
	}
	return zw.Close()
}

func decompress(w io.Writer, r io.Reader) error {
	zr, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, zr); err != nil {
		return err
	}
	return zr.Close()
}
