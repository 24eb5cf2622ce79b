package text

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

type counts struct{ lines, words, runes, bytes int64 }

// wc counts lines, words, characters (UTF-8) and bytes.
func wc(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "wc", "[-lwmc] [FILE...]")
	showLines := fs.BoolP("lines", "l", false, "count lines")
	showWords := fs.BoolP("words", "w", false, "count words")
	showRunes := fs.BoolP("chars", "m", false, "count characters")
	showBytes := fs.BoolP("bytes", "c", false, "count bytes")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if !*showLines && !*showWords && !*showRunes && !*showBytes {
		*showLines, *showWords, *showBytes = true, true, true
	}
	print := func(c counts, name string) {
		var fields []string
		for _, f := range []struct {
			shown bool
			n     int64
		}{{*showLines, c.lines}, {*showWords, c.words}, {*showRunes, c.runes}, {*showBytes, c.bytes}} {
			if f.shown {
				fields = append(fields, fmt.Sprint(f.n))
			}
		}
		if name != "-" {
			fields = append(fields, name)
		}
		fmt.Fprintln(std.Out, strings.Join(fields, " "))
	}
	var total counts
	err := applet.EachInput(std, "wc", fs.Args(), func(name string, r io.Reader) error {
		c, err := count(r)
		total.lines += c.lines
		total.words += c.words
		total.runes += c.runes
		total.bytes += c.bytes
		print(c, name)
		return err
	})
	if fs.NArg() > 1 {
		print(total, "total")
	}
	return err
}

func count(r io.Reader) (counts, error) {
	var c counts
	inWord := false
	buf := make([]byte, 0, 64<<10)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		c.bytes += int64(n)
		buf = buf[:len(buf)+n]
		for len(buf) > 0 && (utf8.FullRune(buf) || err != nil) {
			char, size := utf8.DecodeRune(buf)
			buf = buf[size:]
			c.runes++
			if char == '\n' {
				c.lines++
			}
			if unicode.IsSpace(char) {
				inWord = false
			} else if !inWord {
				inWord = true
				c.words++
			}
		}
		rest := buf
		buf = append(make([]byte, 0, 64<<10), rest...)
		if err != nil {
			return c, ignoreEOF(err)
		}
	}
}
