package resources

import (
	"cmp"
	"maps"
	"slices"
)

// sortedKeys gives the keys of a map in order, so that answers do not change by themselves.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
