package resources

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
	sigsyaml "sigs.k8s.io/yaml"

	"kubemate.io/kubemate/internal/core/errs"
)

// Limits of a YAML text. They are checked before anything grows.
const (
	maxYAML    = 2 << 20 // bytes
	maxObjects = 500     // objects in one text, lists flattened
	maxNodes   = 500_000 // values after anchors are filled in
	maxDepth   = 200     // levels of nesting
)

// document is one object of a YAML text.
type document struct {
	line   int // where it begins, from 1
	object *unstructured.Unstructured
	node   *yaml.Node // the same object with positions; nil for items that have none
	offset int        // lines before the text that node was read from
}

// name says which object is meant in messages: "Deployment teller (line 12)".
func (d *document) name() string {
	name := d.object.GetName()
	if name == "" {
		name = d.object.GetGenerateName() + "…"
	}
	return fmt.Sprintf("%s %s (line %d)", d.object.GetKind(), name, d.line)
}

// parseDocuments reads the objects of a YAML or JSON text: several documents, lists
// flattened, empty ones left out. Errors name line and column, and every wrong field.
func parseDocuments(text string) ([]*document, error) {
	if len(text) > maxYAML {
		return nil, errs.New(errs.TooLarge, "the YAML text has %d bytes, more than the limit of %d (2 MiB)", len(text), maxYAML).
			WithHint("split it into several texts").WithExtra("limitBytes", maxYAML)
	}
	text = strings.TrimPrefix(text, "\ufeff")
	if err := checkEncoding(text); err != nil {
		return nil, err
	}
	var out []*document
	for _, part := range splitDocuments(text) {
		objects, err := part.parse()
		if err != nil {
			return nil, err
		}
		if out = append(out, objects...); len(out) > maxObjects {
			return nil, errs.New(errs.TooLarge, "the text has more than %d objects", maxObjects).WithHint("split it into several texts")
		}
	}
	if len(out) == 0 {
		return nil, errs.New(errs.Invalid, "the text holds no object").
			WithHint("write at least apiVersion, kind and metadata.name")
	}
	return out, nil
}

// parseOne reads a text that must hold exactly one object.
func parseOne(text string) (*document, error) {
	docs, err := parseDocuments(text)
	if err != nil {
		return nil, err
	}
	if len(docs) != 1 {
		return nil, errs.New(errs.Invalid, "the text holds %d objects; here it must be one", len(docs)).
			WithHint("use apply for several objects at once")
	}
	return docs[0], nil
}

func checkEncoding(text string) error {
	line := 1
	for i, r := range text {
		switch {
		case r == '\n':
			line++
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			return at(line, i-strings.LastIndexByte(text[:i], '\n'), "this is not UTF-8 text").
				WithHint("save the file as UTF-8")
		}
	}
	return nil
}

// part is the text between two document marks.
type part struct {
	text   string
	offset int // lines before it
}

// splitDocuments cuts a stream at its document marks: lines that begin with three dashes.
func splitDocuments(text string) []part {
	var out []part
	var b strings.Builder
	start, line := 0, 0
	flush := func(next int) {
		if strings.TrimSpace(b.String()) != "" {
			out = append(out, part{text: b.String(), offset: start})
		}
		b.Reset()
		start = next
	}
	for l := range strings.Lines(text) {
		rest, mark := strings.CutPrefix(l, "---")
		if mark && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n")) {
			flush(line)
			l = "   " + rest // keeps columns
		}
		b.WriteString(l)
		line++
	}
	flush(line)
	return out
}

// parse reads one document; none when it is empty.
func (p part) parse() ([]*document, error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(p.text), &root); err != nil {
		return nil, p.explain(err)
	}
	if root.Kind == 0 || len(root.Content) == 0 || isNull(root.Content[0]) {
		return nil, nil
	}
	top := root.Content[0]
	if err := p.check(top); err != nil {
		return nil, err
	}
	if top.Kind != yaml.MappingNode {
		return nil, at(p.offset+top.Line, top.Column, "this document is %s, not an object", describeNode(top)).
			WithHint("an object begins with apiVersion and kind")
	}
	text, err := sigsyaml.YAMLToJSON([]byte(p.text))
	if err != nil {
		return nil, p.explain(err)
	}
	content := map[string]any{}
	if err := json.Unmarshal(text, &content); err != nil {
		return nil, at(p.offset+top.Line, top.Column, "this document cannot be read as an object: %s", err)
	}
	return p.flatten(&document{
		line: p.offset + top.Line, object: &unstructured.Unstructured{Object: content}, node: top, offset: p.offset,
	})
}

// flatten takes the items out of a list kind, and checks each object.
func (p part) flatten(d *document) ([]*document, error) {
	items, isItems := d.object.Object["items"].([]any)
	kind, _ := d.object.Object["kind"].(string)
	if !strings.HasSuffix(kind, "List") || !isItems {
		return []*document{d}, checkIdentity(d)
	}
	nodes := child(d.node, "items")
	var out []*document
	for i, item := range items {
		content, ok := item.(map[string]any)
		e := &document{line: d.line, offset: d.offset}
		if nodes != nil && nodes.Kind == yaml.SequenceNode && i < len(nodes.Content) {
			e.node = follow(nodes.Content[i])
			e.line = d.offset + e.node.Line
		}
		if !ok {
			return nil, at(e.line, 1, "item %d of the %s is not an object", i, kind)
		}
		if kind != "List" { // items of a typed list need not repeat its type
			setDefault(content, "kind", strings.TrimSuffix(kind, "List"))
			setDefault(content, "apiVersion", d.object.Object["apiVersion"])
		}
		e.object = &unstructured.Unstructured{Object: content}
		if err := checkIdentity(e); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func setDefault(m map[string]any, key string, value any) {
	if _, ok := m[key]; !ok && value != nil {
		m[key] = value
	}
}

// at makes an error about a place in the text.
func at(line, column int, format string, args ...any) *errs.Error {
	text := fmt.Sprintf(format, args...)
	return errs.New(errs.Invalid, "line %d, column %d: %s", line, column, text).
		WithExtra("line", line).WithExtra("column", column)
}
