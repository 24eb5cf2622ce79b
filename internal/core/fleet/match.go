package fleet

import (
	"slices"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
)

// matcher decides row by row. It is made for one state of a store, under its lock: values
// are compared by their ids, and each distinct text is looked at once.
type matcher struct {
	s       *store
	seen    func(slot int32) bool   // rights and namespaces
	tests   []func(slot int32) bool // all must hold
	counted []facetTest             // filters on facet columns: their own facet ignores them
}

type facetTest struct {
	field int
	holds func(slot int32) bool
}

func (p *plan) matcher(now time.Time) *matcher {
	s := p.member.store
	m := &matcher{s: s, seen: seer(s, p.visible)}
	if p.labels != nil {
		m.tests = append(m.tests, p.labelTest())
	}
	if p.text != "" {
		m.tests = append(m.tests, p.textTest())
	}
	for _, f := range p.filters {
		holds := f.test(s, now)
		if s.fields[f.field].Facet {
			m.counted = append(m.counted, facetTest{f.field, holds})
		} else {
			m.tests = append(m.tests, holds)
		}
	}
	return m
}

// match tells whether a row is in the result. Otherwise near is the one facet field whose
// filter alone keeps it out, or -1.
func (m *matcher) match(slot int32) (in bool, near int) {
	if m.s.rows[slot].uid == "" || !m.seen(slot) {
		return false, -1
	}
	for _, t := range m.tests {
		if !t(slot) {
			return false, -1
		}
	}
	near = -1
	for _, c := range m.counted {
		if c.holds(slot) {
			continue
		}
		if near >= 0 && near != c.field {
			return false, -1
		}
		near = c.field
	}
	return near < 0, near
}

// seer decides what may be seen, by the ids of namespaces.
func seer(s *store, v authz.Visible) func(slot int32) bool {
	if v.All {
		return func(int32) bool { return true }
	}
	namespaces := &s.cols[namespaceField]
	whole := make([]bool, len(namespaces.texts.texts))
	for n := range v.Namespaces {
		if id, ok := namespaces.texts.find(n); ok && n != "" {
			whole[id] = true
		}
	}
	if len(v.Names) == 0 {
		return func(slot int32) bool { return whole[namespaces.cells[slot]] }
	}
	names := &s.cols[nameField]
	return func(slot int32) bool {
		return whole[namespaces.cells[slot]] || v.Sees(namespaces.text(slot), names.text(slot))
	}
}

// remember makes a test of a text column that looks at each distinct value once.
func remember(c *column, holds func(id int64) bool) func(slot int32) bool {
	known := make([]int8, len(c.texts.texts))
	return func(slot int32) bool {
		id := c.cells[slot]
		if known[id] == 0 {
			known[id] = -1
			if holds(id) {
				known[id] = 1
			}
		}
		return known[id] > 0
	}
}

func (p *plan) labelTest() func(slot int32) bool {
	c := &p.member.store.cols[labelsField]
	return remember(c, func(id int64) bool { return p.labels.Matches(c.texts.sets[id]) })
}

// textTest looks for the text in name, namespace and status.
func (p *plan) textTest() func(slot int32) bool {
	s := p.member.store
	contains := func(c *column) func(int32) bool {
		return remember(c, func(id int64) bool {
			text := c.texts.texts[id]
			if c.Type == TypeStatus {
				_, text = splitStatus(text)
			}
			return strings.Contains(strings.ToLower(text), p.text)
		})
	}
	tests := []func(int32) bool{contains(&s.cols[namespaceField])}
	if i := s.fieldIndex("status"); i >= 0 {
		tests = append(tests, contains(&s.cols[i]))
	}
	names := &s.cols[nameField]
	return func(slot int32) bool {
		for _, t := range tests {
			if t(slot) {
				return true
			}
		}
		name := names.text(slot)
		if names.texts.mixed > 0 { // nearly never: most names must be lower case
			name = strings.ToLower(name)
		}
		return strings.Contains(name, p.text)
	}
}

// reversed turns a comparison of ages into one of times.
var reversed = map[string]string{">": "<", ">=": "<=", "<": ">", "<=": ">="}

func (f filter) test(s *store, now time.Time) func(slot int32) bool {
	c := &s.cols[f.field]
	if c.texts != nil {
		return f.textTest(c)
	}
	numbers := slices.Clone(f.numbers)
	op := f.op
	if f.ages { // younger than an hour = created after an hour ago
		for i := range numbers {
			numbers[i] = float64(now.Unix()) - numbers[i]
		}
		if r, ok := reversed[op]; ok {
			op = r
		}
	}
	return func(slot int32) bool {
		cell := c.cells[slot]
		if cell == null {
			return op == opUnequal
		}
		return compareNumber(op, c.Type.float(cell), numbers)
	}
}

func compareNumber(op string, n float64, with []float64) bool {
	switch op {
	case opEqual:
		return slices.Contains(with, n)
	case opUnequal:
		return !slices.Contains(with, n)
	case ">":
		return n > with[0]
	case ">=":
		return n >= with[0]
	case "<":
		return n < with[0]
	default:
		return n <= with[0]
	}
}

// textTest: a status is compared by its text, a list holds when it contains a value.
func (f filter) textTest(c *column) func(slot int32) bool {
	return remember(c, func(id int64) bool {
		text := c.texts.texts[id]
		found := false
		switch c.Type {
		case TypeStatus:
			_, text = splitStatus(text)
			found = slices.Contains(f.texts, text)
		case TypeList:
			for _, part := range strings.Split(text, separator) {
				found = found || slices.Contains(f.texts, part)
			}
		default:
			found = slices.Contains(f.texts, text)
		}
		return found == (f.op == opEqual)
	})
}
