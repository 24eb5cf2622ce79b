package main

import (
	"fmt"
	"strings"
)

// same compares the file with what it should be; without the npm packages' texts only what
// stands before those.
func same(have, want string, texts bool) error {
	if !texts {
		mark := "\n" + npmTexts
		have, _, _ = strings.Cut(have, mark)
		want, _, _ = strings.Cut(want, mark)
	}
	if have == want {
		return nil
	}
	line, has, wants := firstDifference(have, want)
	return fmt.Errorf("%s is out of date at line %d: it has %q, and should have %q; run `go run ./scripts/notices` and commit it", output, line, has, wants)
}

func firstDifference(a, b string) (line int, inA, inB string) {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(left), len(right)) {
		inA, inB = at(left, i), at(right, i)
		if inA != inB {
			return i + 1, inA, inB
		}
	}
	return 0, "", ""
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(the end)"
}
