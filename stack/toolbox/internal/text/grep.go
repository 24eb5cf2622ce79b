package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

type grepOptions struct {
	invert, count, names, quiet, number, only, noName, withName bool
	before, after                                               int
}

func fgrep(ctx context.Context, std applet.Std, args []string) error {
	return grep(ctx, std, append([]string{"-F"}, args...))
}

// grep prints the lines that match an extended regular expression (Go's RE2).
// The exit code is 0 where a line matched, 1 where none did, 2 at an error.
func grep(_ context.Context, std applet.Std, args []string) error {
	var o grepOptions
	fs := applet.Flags(std, "grep", "[FLAGS] PATTERN [FILE...]")
	fs.BoolVarP(&o.invert, "invert-match", "v", false, "print the lines that don't match")
	fs.BoolVarP(&o.count, "count", "c", false, "print how many lines match")
	fs.BoolVarP(&o.names, "files-with-matches", "l", false, "print the names of files that match")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "print nothing")
	fs.BoolVarP(&o.number, "line-number", "n", false, "print line numbers")
	fs.BoolVarP(&o.only, "only-matching", "o", false, "print only what matched")
	fs.BoolVarP(&o.noName, "no-filename", "h", false, "no file names before lines")
	fs.BoolVarP(&o.withName, "with-filename", "H", false, "file names before lines")
	fs.IntVarP(&o.after, "after-context", "A", 0, "lines to print after a match")
	fs.IntVarP(&o.before, "before-context", "B", 0, "lines to print before a match")
	around := fs.IntP("context", "C", 0, "lines to print before and after a match")
	ignoreCase := fs.BoolP("ignore-case", "i", false, "upper and lower case are the same")
	fixed := fs.BoolP("fixed-strings", "F", false, "the pattern is plain text")
	word := fs.BoolP("word-regexp", "w", false, "match whole words")
	recursive := fs.BoolP("recursive", "r", false, "read folders")
	fs.BoolP("extended-regexp", "E", true, "extended regular expressions (always on)")
	patterns := fs.StringArrayP("regexp", "e", nil, "a pattern; may be given several times")
	if err := fs.Parse(args); err != nil {
		return errors.Join(err, applet.Exit(2))
	}
	o.before, o.after = max(o.before, *around), max(o.after, *around)
	names := fs.Args()
	if len(*patterns) == 0 {
		if len(names) == 0 {
			return errors.New("a pattern is needed")
		}
		*patterns, names = names[:1], names[1:]
	}
	re, err := grepPattern(*patterns, *fixed, *word, *ignoreCase)
	if err != nil {
		fmt.Fprintf(std.Err, "grep: %v\n", err)
		return applet.Exit(2)
	}
	if *recursive {
		names = walkFiles(std, names)
	}
	o.withName = !o.noName && (o.withName || len(names) > 1 || *recursive)
	return grepAll(std, re, o, names)
}

func grepPattern(patterns []string, fixed, word, ignoreCase bool) (*regexp.Regexp, error) {
	parts := make([]string, len(patterns))
	for i, p := range patterns {
		if fixed {
			p = regexp.QuoteMeta(p)
		}
		if word {
			p = `\b(?:` + p + `)\b`
		}
		parts[i] = "(?:" + p + ")"
	}
	expression := strings.Join(parts, "|")
	if ignoreCase {
		expression = "(?i)" + expression
	}
	return regexp.Compile(expression)
}

func walkFiles(std applet.Std, names []string) []string {
	if len(names) == 0 {
		names = []string{"."}
	}
	var files []string
	for _, name := range names {
		_ = filepath.WalkDir(name, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				fmt.Fprintf(std.Err, "grep: %v\n", err)
			} else if e.Type().IsRegular() {
				files = append(files, path)
			}
			return nil
		})
	}
	return files
}

func grepAll(std applet.Std, re *regexp.Regexp, o grepOptions, names []string) error {
	matched := false
	err := applet.EachInput(std, "grep", names, func(name string, r io.Reader) error {
		found, err := grepOne(std.Out, re, o, name, r)
		matched = matched || found > 0
		return err
	})
	switch {
	case err != nil && (!matched || !o.quiet):
		return applet.Exit(2)
	case !matched:
		return applet.Exit(1)
	}
	return nil
}

// grepOne reads one file and returns how many lines matched.
func grepOne(w io.Writer, re *regexp.Regexp, o grepOptions, name string, r io.Reader) (int, error) {
	found, number, after := 0, 0, 0
	var before [][]byte
	emit := func(number int, separator string, text []byte) {
		if o.withName {
			fmt.Fprintf(w, "%s%s", name, separator)
		}
		if o.number {
			fmt.Fprintf(w, "%d%s", number, separator)
		}
		fmt.Fprintf(w, "%s\n", text)
	}
	silent := o.quiet || o.names || o.count
	err := lines(r, func(line []byte) bool {
		number++
		if re.Match(line) == o.invert {
			switch {
			case silent:
			case after > 0:
				after--
				emit(number, "-", line)
			case o.before > 0:
				before = append(before, bytes.Clone(line))
				before = before[max(len(before)-o.before, 0):]
			}
			return true
		}
		found++
		if silent {
			return o.count
		}
		for i, b := range before {
			emit(number-len(before)+i, "-", b)
		}
		before, after = nil, o.after
		if o.only && !o.invert {
			for _, part := range re.FindAll(line, -1) {
				emit(number, ":", part)
			}
			return true
		}
		emit(number, ":", line)
		return true
	})
	switch {
	case o.names && found > 0 && !o.quiet:
		fmt.Fprintln(w, name)
	case o.count && !o.quiet:
		emitCount(w, o, name, found)
	}
	return found, err
}

func emitCount(w io.Writer, o grepOptions, name string, found int) {
	if o.withName {
		fmt.Fprintf(w, "%s:", name)
	}
	fmt.Fprintln(w, found)
}
