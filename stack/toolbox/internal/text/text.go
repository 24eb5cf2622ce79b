// Package text has the tools that read lines: head, tail, grep, wc, sort, uniq,
// cut, tr, tee, seq. They stream; only sort holds its input in memory.
package text

import (
	"bufio"
	"errors"
	"io"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// Applets returns the tools of this package by name.
func Applets() map[string]applet.Func {
	return map[string]applet.Func{
		"cut": cut, "grep": grep, "egrep": grep, "fgrep": fgrep, "head": head, "seq": seq,
		"sort": sortLines, "tail": tail, "tee": tee, "tr": tr, "uniq": uniq, "wc": wc,
	}
}

// maxLine bounds what one line may take of the memory, in bytes.
const maxLine = 16 << 20

// lines calls use for every line of r, without its newline, until use is false.
func lines(r io.Reader, use func(line []byte) bool) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	scanner.Split(splitLines)
	for scanner.Scan() {
		if !use(scanner.Bytes()) {
			return nil
		}
	}
	if errors.Is(scanner.Err(), bufio.ErrTooLong) {
		return errors.New("a line is longer than 16 MiB")
	}
	return scanner.Err()
}

// splitLines is bufio.ScanLines, but it keeps a carriage return.
func splitLines(data []byte, atEOF bool) (int, []byte, error) {
	for i, b := range data {
		if b == '\n' {
			return i + 1, data[:i], nil
		}
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// oldCount rewrites the old form `-5` to `-n 5`.
func oldCount(args []string) []string {
	if len(args) == 0 || len(args[0]) < 2 || args[0][0] != '-' {
		return args
	}
	for _, c := range args[0][1:] {
		if c < '0' || c > '9' {
			return args
		}
	}
	return append([]string{"-n", args[0][1:]}, args[1:]...)
}
