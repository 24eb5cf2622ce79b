package text

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// tr replaces, deletes (-d) or squeezes (-s) characters.
func tr(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "tr", "[-ds] SET1 [SET2]")
	remove := fs.BoolP("delete", "d", false, "delete the characters of SET1")
	squeeze := fs.BoolP("squeeze-repeats", "s", false, "make one of a run of the last set's characters")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() < 1 || fs.NArg() > 2 || fs.NArg() == 1 && !*remove && !*squeeze {
		return errors.New("SET1 is needed, and SET2 unless -d or -s is given")
	}
	from, to := expandSet(fs.Arg(0)), expandSet(fs.Arg(1))
	squeezed := from
	if len(to) > 0 {
		squeezed = to
	}
	translate := func(char rune) (rune, bool) {
		i := slices.Index(from, char)
		switch {
		case i < 0:
			return char, true
		case *remove:
			return 0, false
		case len(to) == 0:
			return char, true
		}
		return to[min(i, len(to)-1)], true
	}
	in, out := bufio.NewReader(std.In), bufio.NewWriter(std.Out)
	last := rune(-1)
	for {
		char, _, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		char, keep := translate(char)
		if !keep || *squeeze && char == last && slices.Contains(squeezed, char) {
			continue
		}
		last = char
		if _, err := out.WriteRune(char); err != nil {
			return err
		}
	}
}

// expandSet reads "a-z", the usual classes, and the escapes \n, \t, \r, \0, \\.
func expandSet(set string) []rune {
	set = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\0`, "\x00", `\\`, `\`,
		"[:lower:]", "a-z", "[:upper:]", "A-Z", "[:digit:]", "0-9", "[:space:]", " \t\n\r\v\f",
		"[:alpha:]", "A-Za-z", "[:alnum:]", "0-9A-Za-z").Replace(set)
	chars := []rune(set)
	var all []rune
	for i := 0; i < len(chars); i++ {
		if i+2 < len(chars) && chars[i+1] == '-' && chars[i+2] >= chars[i] {
			for c := chars[i]; c <= chars[i+2]; c++ {
				all = append(all, c)
			}
			i += 2
			continue
		}
		all = append(all, chars[i])
	}
	return all
}
