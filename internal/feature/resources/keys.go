package resources

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// sortedKeys gives the keys of a map in order, so that answers do not change by themselves.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// replaceName takes a name out of a text, to compare texts about different objects.
func replaceName(text, name string) string {
	if name == "" {
		return text
	}
	return strings.ReplaceAll(text, name, "…")
}
