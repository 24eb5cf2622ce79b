package cli

import (
	"fmt"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
)

// printDiff shows what changes, in the form that patch reads.
func (inv *invocation) printDiff(name, before, after string) error {
	before, after = withoutServerFields(before), withoutServerFields(after)
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(before), B: difflib.SplitLines(after),
		FromFile: name + " (now)", ToFile: name + " (then)", Context: 3,
	})
	if err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	if text == "" || before == after {
		return nil
	}
	color := inv.painter() != nil
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		line = keepTabs(line)
		switch {
		case color && strings.HasPrefix(line, "+"):
			line = paint("ok", line)
		case color && strings.HasPrefix(line, "-"):
			line = paint("error", line)
		}
		if _, err := fmt.Fprintln(inv.out, line); err != nil {
			return err
		}
	}
	return nil
}

// keepTabs is clean for a line of code.
func keepTabs(line string) string {
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = clean(parts[i])
	}
	return strings.Join(parts, "\t")
}

// withoutServerFields drops the lines of metadata that the API server writes by itself: they
// change each time and tell nothing.
func withoutServerFields(text string) string {
	var b strings.Builder
	metadata := false
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, " ") {
			metadata = strings.TrimSpace(line) == "metadata:"
		}
		if metadata && serverField(line) {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

func serverField(line string) bool {
	for _, name := range []string{"resourceVersion", "generation", "uid", "creationTimestamp"} {
		if strings.HasPrefix(line, "  "+name+":") {
			return true
		}
	}
	return false
}
