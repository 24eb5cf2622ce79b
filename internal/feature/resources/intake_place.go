package resources

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"kubemate.io/kubemate/internal/core/errs"
)

// place finds line and column of a JSON path in the text: of the key itself where it
// stands, else of the nearest thing around it. Keys with dots, such as label names, are
// found as the longest key that fits.
func (d *document) place(path string) (line, column int) {
	line, column = d.line, 1
	n := follow(d.node)
	for path = strings.TrimPrefix(path, "."); n != nil && path != ""; {
		var found *yaml.Node
		switch n.Kind {
		case yaml.MappingNode:
			key, value, rest := stepKey(n, path)
			if key == nil {
				return line, column
			}
			line, column = d.offset+key.Line, key.Column
			found, path = value, rest
		case yaml.SequenceNode:
			i, rest, ok := stepIndex(n, path)
			if !ok || i >= len(n.Content) {
				return line, column
			}
			found, path = n.Content[i], rest
			line, column = d.offset+found.Line, found.Column
		default:
			return line, column
		}
		n = follow(found)
	}
	return line, column
}

// stepKey takes the longest key of n that path begins with.
func stepKey(n *yaml.Node, path string) (key, value *yaml.Node, rest string) {
	best := -1
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := follow(n.Content[i]).Value
		if after, ok := strings.CutPrefix(path, name); ok && len(name) > best && startsStep(after) {
			best, key, value, rest = len(name), n.Content[i], n.Content[i+1], strings.TrimPrefix(after, ".")
			continue
		}
		if after, ok := strings.CutPrefix(path, "["+name+"]"); ok && len(name) > best && startsStep(after) {
			best, key, value, rest = len(name), n.Content[i], n.Content[i+1], strings.TrimPrefix(after, ".")
		}
	}
	return key, value, rest
}

func startsStep(s string) bool { return s == "" || s[0] == '.' || s[0] == '[' }

// stepIndex reads "[3].rest", or "[name=\"app\"].rest" as server-side apply writes it.
func stepIndex(n *yaml.Node, path string) (i int, rest string, ok bool) {
	inner, rest, found := strings.Cut(strings.TrimPrefix(path, "["), "]")
	if !found || !strings.HasPrefix(path, "[") {
		return 0, "", false
	}
	rest = strings.TrimPrefix(rest, ".")
	if strings.Contains(inner, "=") {
		i, ok = indexOfKeys(n, inner)
		return i, rest, ok
	}
	i, err := strconv.Atoi(inner)
	return i, rest, err == nil && i >= 0
}

// indexOfKeys finds the item of a list that has all of name="app",port=80.
func indexOfKeys(n *yaml.Node, keys string) (int, bool) {
	for i, item := range n.Content {
		all := true
		for pair := range strings.SplitSeq(keys, ",") {
			key, want, _ := strings.Cut(pair, "=")
			have := child(item, key)
			all = all && have != nil && have.Value == strings.Trim(want, `"`)
		}
		if all {
			return i, true
		}
	}
	return 0, false
}

// plainPath writes the list positions of a path as numbers.
func (d *document) plainPath(path string) string {
	n, out := follow(d.node), ""
	for path = strings.TrimPrefix(path, "."); n != nil && path != ""; {
		var next *yaml.Node
		switch n.Kind {
		case yaml.MappingNode:
			key, value, rest := stepKey(n, path)
			if key == nil {
				return strings.TrimPrefix(out+"."+path, ".")
			}
			out, next, path = out+"."+follow(key).Value, value, rest
		case yaml.SequenceNode:
			i, rest, ok := stepIndex(n, path)
			if !ok || i >= len(n.Content) {
				return strings.TrimPrefix(out+path, ".")
			}
			out, next, path = fmt.Sprintf("%s[%d]", out, i), n.Content[i], rest
		default:
			return strings.TrimPrefix(out+"."+path, ".")
		}
		n = follow(next)
	}
	return strings.TrimPrefix(out, ".")
}

// fieldNames find the fields in what the API server's decoders say.
var fieldNames = regexp.MustCompile(`(unknown|duplicate) field "([^"]{1,500})"|(?:^|[\s:])(\.[A-Za-z][^\s:]{0,500}): field not declared in schema`)

// locate adds to an error of the API server where in the text its fields stand.
func (d *document) locate(err error) error {
	var e *errs.Error
	if !errors.As(err, &e) {
		return err
	}
	if len(e.Fields) == 0 {
		for _, m := range fieldNames.FindAllStringSubmatch(e.Message, 50) {
			path, message := m[2], m[1]+" field"
			if path == "" {
				path, message = d.plainPath(m[3]), "unknown field"
			}
			_ = e.WithField(path, message)
		}
		if len(e.Fields) > 0 {
			e.Message = d.unknownFields(e.Fields)
			_ = e.WithHint("correct the spelling or remove the field; the schema of %s has the names", d.object.GetKind())
		}
	}
	for i, f := range e.Fields {
		line, column := d.place(f.Path)
		e.Fields[i].Message = fmt.Sprintf("line %d, column %d: %s", line, column, f.Message)
		if i == 0 {
			_ = e.WithExtra("line", line).WithExtra("column", column)
		}
	}
	return err
}

func (d *document) unknownFields(fields []errs.Field) string {
	parts := make([]string, 0, len(fields))
	for _, f := range fields {
		line, _ := d.place(f.Path)
		parts = append(parts, fmt.Sprintf("%s %q in line %d", f.Message, f.Path, line))
	}
	return d.name() + " has " + strings.Join(parts, ", ")
}
