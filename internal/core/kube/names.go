package kube

import (
	"sort"
	"strings"
)

// names maps every way to name a kind to its index. A plain name belongs to the core group
// first, then to built-in groups, then to custom ones, as kubectl has it.
func names(kinds []Kind) map[string]int {
	order := make([]int, len(kinds))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool {
		return rank(kinds[order[a]]) < rank(kinds[order[b]])
	})
	out := make(map[string]int, 4*len(kinds))
	put := func(name string, i int) {
		name = strings.ToLower(name)
		if _, taken := out[name]; !taken && name != "" {
			out[name] = i
		}
	}
	for _, i := range order { // exact keys win over everything
		put(kinds[i].Resource, i)
	}
	for _, i := range order {
		k := kinds[i]
		for _, n := range append([]string{k.Plural, k.Kind}, k.ShortNames...) {
			put(n, i)
			put(n+"."+k.Group, i)
			put(n+"."+k.Version+"."+k.Group, i)
		}
	}
	return out
}

func rank(k Kind) int {
	switch {
	case k.Group == "":
		return 0
	case !k.Custom:
		return 1
	}
	return 2
}

// near gives up to three resource keys whose names resemble name.
func (d *discoverer) near(name string) []string {
	name = strings.ToLower(name)
	if len(name) > 64 {
		return nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	best := map[string]int{}
	for n, i := range d.byName {
		dist := distance(name, n)
		if strings.Contains(n, name) && len(name) > 2 {
			dist = 1
		}
		if dist > 2 || dist >= max(len(name)-1, 1) {
			continue
		}
		key := d.kinds[i].Resource
		if old, ok := best[key]; !ok || dist < old {
			best[key] = dist
		}
	}
	keys := make([]string, 0, len(best))
	for k := range best {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if best[keys[i]] != best[keys[j]] {
			return best[keys[i]] < best[keys[j]]
		}
		return keys[i] < keys[j]
	})
	return keys[:min(len(keys), 3)]
}

// distance counts the edits between two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		previous := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			previous, row[j] = row[j], min(row[j]+1, row[j-1]+1, previous+cost)
		}
	}
	return row[len(b)]
}
