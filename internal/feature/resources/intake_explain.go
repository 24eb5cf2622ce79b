package resources

import (
	"regexp"
	"strconv"
	"strings"

	"kubemate.io/kubemate/internal/core/errs"
)

var yamlLine = regexp.MustCompile(`line (\d+): `)

// explain turns an error of the YAML reader into one with a place in the whole text.
func (p part) explain(err error) *errs.Error {
	message := strings.TrimPrefix(err.Error(), "error converting YAML to JSON: ")
	message = strings.TrimPrefix(message, "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits only; the largest text has fewer lines than an int holds
		message = strings.Replace(message, m[0], "", 1)
	}
	lines := strings.Split(p.text, "\n")
	if tab := tabLine(lines, line); tab > 0 {
		column := strings.IndexByte(lines[tab-1], '\t') + 1
		return at(p.offset+tab, column, "a tab is used for indentation, and YAML allows only spaces there").
			WithHint("replace the tab by spaces")
	}
	if line > len(lines) {
		line = len(lines)
	}
	column := 1
	if line > 0 {
		column = 1 + len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " "))
	}
	return at(p.offset+line, column, "%s", message).WithHint("%s", yamlHint(message))
}

// tabLine finds a line near the error whose indentation has a tab; 0 when there is none.
// The reader often names the line before or after.
func tabLine(lines []string, near int) int {
	for _, n := range []int{near, near + 1, near - 1} {
		if n < 1 || n > len(lines) {
			continue
		}
		indent := lines[n-1][:len(lines[n-1])-len(strings.TrimLeft(lines[n-1], " \t"))]
		if strings.Contains(indent, "\t") {
			return n
		}
	}
	return 0
}

func yamlHint(message string) string {
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		return "look for a colon inside an unquoted value, or for a line that is indented too far"
	case strings.Contains(message, "could not find expected ':'"):
		return "look for a key without a colon, or for a quote or block that was not closed"
	case strings.Contains(message, "did not find expected key"), strings.Contains(message, "did not find expected '-' indicator"):
		return "look at the indentation: this line does not stand under the line before as it should"
	case strings.Contains(message, "found unknown escape character"):
		return "in double quotes a backslash begins an escape; use single quotes to keep it"
	case strings.Contains(message, "cannot start any token"):
		return "put a value that begins with @ or ` or % in quotes"
	case strings.Contains(message, "unknown anchor"):
		return "an alias (*name) needs an anchor (&name) before it in the same document"
	case strings.Contains(message, "control characters"):
		return "remove the invisible control character"
	}
	return "check this line and the one before it"
}
