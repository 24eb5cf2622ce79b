package resources

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"kubemate.io/kubemate/internal/core/errs"
)

// checker walks a document before it is turned into values.
type checker struct {
	part  part
	sizes map[*yaml.Node]int // of what anchors stand for, filled in; -1 while being counted
}

// check refuses duplicate keys, deep nesting, anchors that hold themselves, and anchors
// that would fill in to more than maxNodes values.
func (p part) check(top *yaml.Node) error {
	c := &checker{part: p, sizes: map[*yaml.Node]int{}}
	_, err := c.count(top, 0)
	return err
}

// count gives the number of values under a node, with its anchors filled in.
func (c *checker) count(n *yaml.Node, depth int) (int, error) {
	if depth > maxDepth {
		return 0, c.at(n, "values are nested deeper than %d levels", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		return c.countAlias(n, depth)
	}
	if n.Anchor != "" {
		c.sizes[n] = -1
	}
	if n.Kind == yaml.MappingNode {
		if err := c.checkKeys(n); err != nil {
			return 0, err
		}
	}
	total := 1
	for _, child := range n.Content {
		size, err := c.count(child, depth+1)
		if err != nil {
			return 0, err
		}
		if total += size; total > maxNodes {
			return 0, errs.New(errs.TooLarge, "line %d: the text fills in to more than %d values", c.part.offset+n.Line, maxNodes).
				WithHint("use fewer anchors (&) and aliases (*), or split the text")
		}
	}
	if n.Anchor != "" {
		c.sizes[n] = total
	}
	return total, nil
}

func (c *checker) countAlias(n *yaml.Node, depth int) (int, error) {
	size, known := c.sizes[n.Alias]
	switch {
	case known && size < 0:
		return 0, c.at(n, "the anchor %q holds itself", n.Value)
	case known:
		return size, nil
	case n.Alias == nil:
		return 0, c.at(n, "the alias %q stands for nothing", n.Value)
	}
	return c.count(n.Alias, depth)
}

// checkKeys refuses keys that are no plain values, and keys that stand twice.
func (c *checker) checkKeys(n *yaml.Node) error {
	lines := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := follow(n.Content[i])
		if key.Kind != yaml.ScalarNode {
			return c.at(n.Content[i], "a key must be a plain word, but it is %s", describeNode(key))
		}
		if key.Tag == "!!merge" {
			continue
		}
		if first, twice := lines[key.Value]; twice {
			return c.at(n.Content[i], "the key %q is given twice, first in line %d", key.Value, c.part.offset+first).
				WithHint("remove one of the two")
		}
		lines[key.Value] = key.Line
	}
	return nil
}

func (c *checker) at(n *yaml.Node, format string, args ...any) *errs.Error {
	return at(c.part.offset+n.Line, n.Column, format, args...)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// follow gives what an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

// describeNode says in words what a node is.
func describeNode(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "an object"
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!int", "!!float":
			return "the number " + n.Value
		case "!!bool":
			return "the truth value " + n.Value
		case "!!null":
			return "empty"
		}
		return fmt.Sprintf("the text %.40q", n.Value)
	}
	return "no value"
}
