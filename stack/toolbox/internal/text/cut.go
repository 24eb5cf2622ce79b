package text

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// span is a closed range of positions, the first being 1; last 0 means the end.
type span struct{ first, last int }

func (s span) has(n int) bool { return n >= s.first && (s.last == 0 || n <= s.last) }

// cut prints fields or characters of every line.
func cut(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "cut", "(-f LIST [-d SEPARATOR] | -c LIST) [FILE...]")
	fields := fs.StringP("fields", "f", "", "fields, as 1,3-5")
	characters := fs.StringP("characters", "c", "", "characters, as 1-10")
	separator := fs.StringP("delimiter", "d", "\t", "what separates fields")
	only := fs.BoolP("only-delimited", "s", false, "leave out lines without a separator")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if (*fields == "") == (*characters == "") {
		return errors.New("one of -f and -c is needed")
	}
	spans, err := parseSpans(*fields + *characters)
	if err != nil {
		return err
	}
	joiner := *separator
	if *characters != "" {
		joiner = ""
	}
	return applet.EachInput(std, "cut", fs.Args(), func(_ string, r io.Reader) error {
		return lines(r, func(line []byte) bool {
			text := string(line)
			if joiner != "" && !strings.Contains(text, joiner) {
				if !*only {
					fmt.Fprintln(std.Out, text)
				}
				return true
			}
			fmt.Fprintln(std.Out, strings.Join(pick(strings.Split(text, joiner), spans), joiner))
			return true
		})
	})
}

func parseSpans(list string) ([]span, error) {
	var spans []span
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		s := span{first: 1}
		var err error
		if first != "" {
			if s.first, err = strconv.Atoi(first); err != nil {
				return nil, fmt.Errorf("%q is no list of positions", list)
			}
		}
		switch {
		case !isRange:
			s.last = s.first
		case last != "":
			if s.last, err = strconv.Atoi(last); err != nil {
				return nil, fmt.Errorf("%q is no list of positions", list)
			}
		}
		if s.first < 1 || isRange && first == "" && last == "" || s.last != 0 && s.last < s.first {
			return nil, fmt.Errorf("%q is no list of positions", list)
		}
		spans = append(spans, s)
	}
	return spans, nil
}

func pick(parts []string, spans []span) []string {
	var picked []string
	for i, part := range parts {
		for _, s := range spans {
			if s.has(i + 1) {
				picked = append(picked, part)
				break
			}
		}
	}
	return picked
}
