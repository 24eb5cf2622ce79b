package file

import (
	"bufio"
	"context"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// checksum prints the digest of each file, or with -c checks such a list.
func checksum(name string, algorithm func() hash.Hash) applet.Func {
	digest := func(r io.Reader) (string, error) {
		h := algorithm()
		_, err := io.Copy(h, r)
		return fmt.Sprintf("%x", h.Sum(nil)), err
	}
	return func(_ context.Context, std applet.Std, args []string) error {
		fs := applet.Flags(std, name, "[-c] [FILE...]")
		check := fs.BoolP("check", "c", false, "read digests from the files and check them")
		if err := fs.Parse(args); err != nil {
			return err
		}
		return applet.EachInput(std, name, fs.Args(), func(file string, r io.Reader) error {
			if *check {
				return checkDigests(std, r, digest)
			}
			sum, err := digest(r)
			if err == nil {
				fmt.Fprintf(std.Out, "%s  %s\n", sum, file)
			}
			return err
		})
	}
}

func checkDigests(std applet.Std, list io.Reader, digest func(io.Reader) (string, error)) error {
	bad := 0
	scanner := bufio.NewScanner(list)
	for scanner.Scan() {
		want, file, found := strings.Cut(scanner.Text(), " ")
		if !found {
			return fmt.Errorf("%q is no digest and file name", scanner.Text())
		}
		file = strings.TrimPrefix(strings.TrimPrefix(file, " "), "*")
		verdict := "OK"
		if got, err := digestFile(file, digest); err != nil || got != want {
			verdict = "FAILED"
			bad++
		}
		fmt.Fprintf(std.Out, "%s: %s\n", file, verdict)
	}
	if bad > 0 {
		return fmt.Errorf("%d files did not match", bad)
	}
	return scanner.Err()
}

func digestFile(file string, digest func(io.Reader) (string, error)) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	return digest(f)
}
