package fleet

import (
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// separator stands between the parts of a list or label set in an interned string; it
// cannot occur in names, labels or images.
const separator = "\x1f"

// interner keeps each distinct string of one column once. Id 0 is "no value". The count of
// references is at the same time the number of rows that show the value.
type interner struct {
	ids   map[string]uint32
	texts []string
	refs  []int32
	free  []uint32
	sets  []labels.Set // parsed label sets by id, only for label columns
	label bool
	mixed int // texts that are not all lower case
}

func newInterner(label bool) *interner {
	return &interner{ids: map[string]uint32{}, texts: make([]string, 1), refs: make([]int32, 1), sets: make([]labels.Set, 1), label: label}
}

// find gives the id of a string that is held.
func (t *interner) find(s string) (uint32, bool) {
	if s == "" {
		return 0, true
	}
	id, ok := t.ids[s]
	return id, ok
}

// acquire gives the id of s and counts one more reference.
func (t *interner) acquire(s string) uint32 {
	if s == "" {
		t.refs[0]++
		return 0
	}
	id, ok := t.ids[s]
	if !ok {
		id = t.add(s)
	}
	t.refs[id]++
	return id
}

func (t *interner) add(s string) uint32 {
	var set labels.Set
	if t.label {
		set = parseLabels(s)
	}
	var id uint32
	if n := len(t.free); n > 0 {
		id, t.free = t.free[n-1], t.free[:n-1]
		t.texts[id] = s
	} else {
		id = uint32(len(t.texts)) //nolint:gosec // bounded by the number of rows
		t.texts, t.refs = append(t.texts, s), append(t.refs, 0)
		if t.label {
			t.sets = append(t.sets, nil)
		}
	}
	if t.label {
		t.sets[id] = set
	}
	t.ids[s] = id
	if !isLower(s) {
		t.mixed++
	}
	return id
}

// release counts one reference less, and forgets the string with the last.
func (t *interner) release(id uint32) {
	t.refs[id]--
	if id == 0 || t.refs[id] > 0 {
		return
	}
	if !isLower(t.texts[id]) {
		t.mixed--
	}
	delete(t.ids, t.texts[id])
	t.texts[id] = ""
	if t.label {
		t.sets[id] = nil
	}
	t.free = append(t.free, id)
}

func isLower(s string) bool { return strings.ToLower(s) == s }

// joinLabels gives the one string that stands for a label set: sorted "key␟value␟…".
func joinLabels(set map[string]string) string {
	if len(set) == 0 {
		return ""
	}
	var b strings.Builder
	for _, k := range sortedKeys(set) {
		b.WriteString(k)
		b.WriteString(separator)
		b.WriteString(set[k])
		b.WriteString(separator)
	}
	return b.String()
}

func parseLabels(s string) labels.Set {
	parts := strings.Split(s, separator)
	set := make(labels.Set, len(parts)/2)
	for i := 0; i+1 < len(parts); i += 2 {
		set[parts[i]] = parts[i+1]
	}
	return set
}
