package fleet

import (
	"context"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// Totals is what the matches of a query add up to.
type Totals struct {
	Total int
	Tones map[string]int     // tone → rows, empty for kinds without a status
	Sums  map[string]float64 // column → sum in its unit; a column without any value is left out
	State State
}

// Totals adds up numeric columns over the matches of a query; its page and order play no
// part. The errors are those of List.
func (f *Fleet) Totals(ctx context.Context, scope *authz.Scope, q Query, columns ...string) (*Totals, error) {
	p, err := f.plan(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	cols := make([]int, len(columns))
	for i, id := range columns {
		cols[i] = p.member.store.fieldIndex(id)
		if cols[i] < 0 || p.member.store.fields[cols[i]].Type.interned() {
			return nil, errs.New(errs.Invalid, "%s has no column %q to add up", p.member.kind.Resource, id)
		}
	}
	p.member.await(ctx)
	out := p.totals(f, cols)
	out.State = p.member.phase.state()
	return out, nil
}

func (p *plan) totals(f *Fleet, cols []int) *Totals {
	s := p.member.store
	out := &Totals{Tones: map[string]int{}, Sums: map[string]float64{}}
	s.mu.RLock()
	defer s.mu.RUnlock()
	status := s.fieldIndex("status")
	m := p.matcher(f.clock.Now())
	p.candidates(func(slot int32) {
		if ok, _ := m.match(slot); !ok {
			return
		}
		out.Total++
		if status >= 0 {
			tone, _ := splitStatus(s.cols[status].text(slot))
			out.Tones[tone]++
		}
		for _, c := range cols {
			if cell := s.cols[c].cells[slot]; cell != null {
				out.Sums[s.fields[c].ID] += s.fields[c].Type.float(cell)
			}
		}
	})
	return out
}
