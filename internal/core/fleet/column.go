package fleet

import (
	"cmp"
	"math"
	"sort"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// null is the cell of a number-like column that has no value.
const null = math.MinInt64

// value is one cell on its way into a column. Interned columns use s ("" = no value): text;
// tone and text of a status; the joined parts of a list or label set. The others use n.
type value struct {
	n int64
	s string
}

// field is one column of a kind: how it is described, and how it is taken from an object.
type field struct {
	Column
	get    func(o metav1.Object) value // nil: filled by a join, see store.join
	needs  string                      // resource of which the caller must see every object, or the column is hidden
	hidden bool                        // for filters and indexes only
}

// interned says whether cells of the type are kept as ids of strings.
func (t ColumnType) interned() bool {
	return t == TypeText || t == TypeStatus || t == TypeList || t == TypeLabels
}

// column is the cells of one field for all rows.
type column struct {
	*field
	cells []int64 // number: Float64bits; fraction: number<<32|of; time, cpu, bytes: the value; interned: the id
	texts *interner
}

func newColumn(f *field) column {
	c := column{field: f}
	if f.Type.interned() {
		c.texts = newInterner(f.Type == TypeLabels)
	}
	return c
}

// grow makes room for one more row, with no value in it.
func (c *column) grow() {
	if c.texts == nil {
		c.cells = append(c.cells, null)
		return
	}
	c.texts.refs[0]++
	c.cells = append(c.cells, 0)
}

// same says whether the cell already has the value.
func (c *column) same(slot int32, v value) bool {
	if c.texts == nil {
		return c.cells[slot] == v.n
	}
	id, ok := c.texts.find(v.s)
	return ok && int64(id) == c.cells[slot]
}

func (c *column) set(slot int32, v value) {
	if c.texts == nil {
		c.cells[slot] = v.n
		return
	}
	old := c.cells[slot]
	c.cells[slot] = int64(c.texts.acquire(v.s))
	c.texts.release(uint32(old)) //nolint:gosec // an id
}

func (c *column) clear(slot int32) { c.set(slot, value{n: null}) }

func (c *column) text(slot int32) string { return c.texts.texts[c.cells[slot]] }

// compare orders two rows by this column. No value comes first; a status is ordered by how
// bad it is, then by its text.
func (c *column) compare(a, b int32) int {
	x, y := c.cells[a], c.cells[b]
	if x == y {
		return 0
	}
	switch c.Type {
	case TypeText, TypeList, TypeLabels:
		return strings.Compare(c.texts.texts[x], c.texts.texts[y])
	case TypeStatus:
		return strings.Compare(c.texts.texts[x], c.texts.texts[y]) // the tone's byte comes first
	case TypeNumber, TypeFraction:
		if x == null || y == null {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(c.Type.float(x), c.Type.float(y))
	default:
		return cmp.Compare(x, y)
	}
}

// float gives a cell as the number that comparisons use: the ratio for a fraction.
func (t ColumnType) float(cell int64) float64 {
	switch t {
	case TypeNumber:
		return math.Float64frombits(uint64(cell)) //nolint:gosec // bits
	case TypeFraction:
		n, of := splitFraction(cell)
		if of == 0 {
			return 1
		}
		return float64(n) / float64(of)
	default:
		return float64(cell)
	}
}

func splitFraction(cell int64) (n, of int32) {
	return int32(cell >> 32), int32(cell) //nolint:gosec // packed by fractionValue
}

func noValue() value { return value{n: null} }

func textValue(s string) value { return value{s: s} }

func intValue(n int64) value { return numberValue(float64(n)) }

func numberValue(f float64) value {
	if f == 0 {
		f = 0 // the bits of -0 mean "no value"
	}
	return value{n: int64(math.Float64bits(f + 0))} //nolint:gosec // bits
}

func plainValue(n int64) value { return value{n: n} }

func fractionValue(n, of int32) value { return value{n: int64(n)<<32 | int64(uint32(of))} } //nolint:gosec // packed

func timeValue(t metav1.Time) value {
	if t.IsZero() {
		return noValue()
	}
	return value{n: t.Unix()}
}

func listValue(parts []string) value { return value{s: strings.Join(parts, separator)} }

func labelsValue(set map[string]string) value { return value{s: joinLabels(set)} }

// The tones of a status, in the order in which they sort.
const (
	toneOK       = "ok"
	toneNeutral  = "neutral"
	toneProgress = "progress"
	toneWarning  = "warning"
	toneError    = "error"
)

// tones maps the byte that begins a status cell to its tone.
var tones = [...]string{toneOK, toneNeutral, toneProgress, toneWarning, toneError}

func statusValue(tone, text string) value {
	for i, t := range tones {
		if t == tone {
			return value{s: string(rune('0'+i)) + text}
		}
	}
	return value{s: "1" + text}
}

func splitStatus(s string) (tone, text string) {
	if s == "" {
		return toneNeutral, ""
	}
	return tones[s[0]-'0'], s[1:]
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
