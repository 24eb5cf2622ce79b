package fleet

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"kubemate.io/kubemate/internal/core/errs"
)

// filter is one checked condition on a field.
type filter struct {
	field   int
	op      string
	texts   []string  // for interned fields
	numbers []float64 // for the others
	ages    bool      // numbers are seconds before now, of a time field
}

// The comparison operators of a Filter.
const (
	opEqual   = "="
	opUnequal = "!="
)

var operators = []string{opEqual, opUnequal, ">", ">=", "<", "<="}

func (p *plan) checkFilters(usable []bool) error {
	s := p.member.store
	for _, q := range p.query.Filters {
		i := s.fieldIndex(q.Column)
		if i < 0 || !usable[i] || !s.fields[i].Filterable {
			return p.unknown("filter", q.Column, p.filterable(usable))
		}
		f, err := checkFilter(&s.fields[i], i, q)
		if err != nil {
			return err
		}
		p.filters = append(p.filters, f)
	}
	return nil
}

func (p *plan) filterable(usable []bool) (out []int) {
	for i := range p.member.store.fields {
		f := &p.member.store.fields[i]
		if f.Filterable && usable[i] && !f.hidden {
			out = append(out, i)
		}
	}
	return out
}

func checkFilter(fd *field, at int, q Filter) (filter, error) {
	f := filter{field: at, op: q.Op}
	if !slices.Contains(operators, q.Op) {
		return f, errs.New(errs.Invalid, "the filter on %s has an unknown operator %q", q.Column, q.Op).
			WithField("filter", "unknown operator").WithHint("use one of: %s", strings.Join(operators, " "))
	}
	if len(q.Values) == 0 || len(q.Values) > maxValues {
		return f, errs.New(errs.Invalid, "the filter on %s has %d values; 1 to %d are possible", q.Column, len(q.Values), maxValues).
			WithField("filter", "wrong number of values")
	}
	equality := q.Op == opEqual || q.Op == opUnequal
	if !equality && (len(q.Values) > 1 || fd.Type.interned()) {
		return f, errs.New(errs.Invalid, "the filter on %s cannot use %q", q.Column, q.Op).
			WithField("filter", "wrong operator").WithHint("%s is a %s column: compare text with = or !=, and one number with the others", q.Column, fd.Type)
	}
	if fd.Type.interned() {
		f.texts = q.Values
		return f, nil
	}
	for _, v := range q.Values {
		n, age, err := parseCell(fd.Type, v)
		if err != nil {
			return f, errs.New(errs.Invalid, "the filter on %s has a value %q that is no %s", q.Column, short(v), fd.Type).
				WithField("filter", "wrong value").WithHint("%s", examples[fd.Type])
		}
		f.numbers = append(f.numbers, n)
		f.ages = f.ages || age
	}
	return f, nil
}

var examples = map[ColumnType]string{
	TypeNumber: "for instance 5 or 0.5", TypeCPU: "for instance 500m or 2 (cores)", TypeBytes: "for instance 128Mi or 1G",
	TypeTime: "for instance 15m, 2h or 3d (age), or 2026-01-31T12:00:00Z", TypeFraction: "for instance 1/2 or 0.5",
}

func short(s string) string {
	if len(s) > 64 {
		return s[:64] + "…"
	}
	return s
}

// parseCell reads a filter's value in the unit of the column. age tells that it is a
// duration before now.
func parseCell(t ColumnType, s string) (n float64, age bool, err error) {
	s = strings.TrimSpace(s)
	switch t {
	case TypeCPU, TypeBytes:
		if len(s) > 32 { // quantities of absurd length are slow to parse
			return 0, false, strconv.ErrRange
		}
		q, err := resource.ParseQuantity(s)
		if err != nil {
			return 0, false, err
		}
		n = q.AsApproximateFloat64()
		if t == TypeCPU {
			n *= 1000
		}
	case TypeTime:
		return parseTime(s)
	case TypeFraction:
		num, den, ok := strings.Cut(s, "/")
		if n, err = strconv.ParseFloat(num, 64); err == nil && ok {
			var d float64
			d, err = strconv.ParseFloat(den, 64)
			n = TypeFraction.float(fractionValue(int32(n), int32(d)).n)
		}
	default:
		n, err = strconv.ParseFloat(s, 64)
	}
	if err == nil && (math.IsNaN(n) || math.IsInf(n, 0)) {
		err = strconv.ErrRange
	}
	return n, false, err
}

// parseTime reads an age ("90s", "15m", "3d"), an RFC 3339 time or Unix seconds.
func parseTime(s string) (n float64, age bool, err error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil {
			return n * 86400, true, nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d.Seconds(), true, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return float64(t.Unix()), false, nil
	}
	n, err = strconv.ParseFloat(s, 64)
	return n, false, err
}
