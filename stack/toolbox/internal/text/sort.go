package text

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// sortLines is sort: by bytes, or by number; by the whole line, or one field.
func sortLines(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "sort", "[-nru] [-t SEPARATOR] [-k FIELD] [FILE...]")
	numeric := fs.BoolP("numeric-sort", "n", false, "compare numbers")
	reverse := fs.BoolP("reverse", "r", false, "largest first")
	unique := fs.BoolP("unique", "u", false, "print equal lines once")
	key := fs.StringP("key", "k", "", "compare from this field on, the first being 1")
	separator := fs.StringP("field-separator", "t", "", "what separates fields (blanks)")
	if err := fs.Parse(args); err != nil {
		return err
	}
	field, err := keyField(*key, numeric, reverse)
	if err != nil {
		return err
	}
	var all []string
	failed := applet.EachInput(std, "sort", fs.Args(), func(_ string, r io.Reader) error {
		return lines(r, func(line []byte) bool {
			all = append(all, string(line))
			return true
		})
	})
	compare := func(a, b string) int {
		a, b = fieldOf(a, *separator, field), fieldOf(b, *separator, field)
		if *numeric {
			return cmp.Compare(leadingNumber(a), leadingNumber(b))
		}
		return strings.Compare(a, b)
	}
	slices.SortStableFunc(all, func(a, b string) int {
		if *reverse {
			a, b = b, a
		}
		return compare(a, b)
	})
	if *unique {
		all = slices.CompactFunc(all, func(a, b string) bool { return compare(a, b) == 0 })
	}
	for _, line := range all {
		fmt.Fprintln(std.Out, line)
	}
	return failed
}

// keyField reads "2", "2,2", "2n", "2nr".
func keyField(key string, numeric, reverse *bool) (int, error) {
	if key == "" {
		return 0, nil
	}
	first, _, _ := strings.Cut(key, ",")
	digits := strings.TrimRight(first, "nr")
	*numeric = *numeric || strings.Contains(key, "n")
	*reverse = *reverse || strings.Contains(key, "r")
	field, err := strconv.Atoi(digits)
	if err != nil || field < 1 {
		return 0, fmt.Errorf("%q is no field", key)
	}
	return field, nil
}

func fieldOf(line, separator string, field int) string {
	if field == 0 {
		return line
	}
	parts := strings.Fields(line)
	if separator != "" {
		parts = strings.Split(line, separator)
	}
	if field > len(parts) {
		return ""
	}
	return strings.Join(parts[field-1:], separator)
}

func leadingNumber(s string) float64 {
	s = strings.TrimLeft(s, " \t")
	end := 0
	for end < len(s) && strings.ContainsRune("+-.0123456789", rune(s[end])) {
		end++
	}
	n, err := strconv.ParseFloat(s[:end], 64)
	if err != nil {
		return 0
	}
	return n
}
