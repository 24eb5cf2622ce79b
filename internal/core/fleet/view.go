package fleet

import (
	"time"
)

// view is the answer to a plan at one state of its store.
type view struct {
	seq    uint64
	total  int
	slots  []int32 // of the page, in order
	facets []facetCount
	near   bitmap // rows that are in the result or kept out by one facet's filter alone
}

// facetCount is the number of matching rows per value id of one field.
type facetCount struct {
	field  int
	counts []int32
}

// bitmap has one bit per slot.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

func (b bitmap) set(slot int32) { b[slot>>6] |= 1 << (slot & 63) }

func (b bitmap) has(slot int32) bool {
	return int(slot>>6) < len(b) && b[slot>>6]&(1<<(slot&63)) != 0
}

// evaluate answers a plan and hands the view to use while the store is locked for reading,
// so that cells can be encoded from the same state.
func (p *plan) evaluate(now time.Time, use func(*view)) {
	s := p.member.store
	for {
		ix := s.sorted(p.order, now)
		s.mu.RLock()
		if s.indexes[p.order] != ix { // dropped meanwhile
			s.mu.RUnlock()
			continue
		}
		v := p.view(ix, now)
		use(v)
		s.mu.RUnlock()
		return
	}
}

func (p *plan) view(ix *index, now time.Time) *view {
	s := p.member.store
	v := &view{seq: s.seq}
	if p.everything() {
		p.whole(v)
		p.collect(v, ix, func(int32) bool { return true })
		return v
	}
	in := p.scan(v, now)
	p.collect(v, ix, in.has)
	return v
}

// everything says that the plan matches all rows: then the counts are known beforehand.
func (p *plan) everything() bool {
	return p.visible.All && p.labels == nil && p.text == "" && len(p.filters) == 0 && p.query.Owner == ""
}

func (p *plan) whole(v *view) {
	s := p.member.store
	v.total = s.count
	for _, f := range p.facets {
		counts := s.cols[f].texts.refs
		if free := len(s.rows) - s.count; free > 0 { // free slots hold no value
			counts = append([]int32(nil), counts...)
			counts[0] -= int32(free) //nolint:gosec // fewer than rows
		}
		v.facets = append(v.facets, facetCount{f, counts})
	}
}

// scan looks at every row once: which match, how many, and how they spread over the facets.
func (p *plan) scan(v *view, now time.Time) bitmap {
	s := p.member.store
	m := p.matcher(now)
	in := newBitmap(len(s.rows))
	v.near = newBitmap(len(s.rows))
	for _, f := range p.facets {
		v.facets = append(v.facets, facetCount{f, make([]int32, len(s.cols[f].texts.texts))})
	}
	p.candidates(func(slot int32) {
		ok, near := m.match(slot)
		if !ok && near < 0 {
			return
		}
		v.near.set(slot)
		if ok {
			in.set(slot)
			v.total++
		}
		for i := range v.facets {
			if f := v.facets[i].field; ok || f == near {
				v.facets[i].counts[s.cols[f].cells[slot]]++
			}
		}
	})
	return in
}

// candidates calls look for every row that can match.
func (p *plan) candidates(look func(slot int32)) {
	s := p.member.store
	if p.query.Owner != "" {
		if id, ok := s.cols[ownerField].texts.find(p.query.Owner); ok {
			for _, slot := range s.owners[id] {
				look(slot)
			}
		}
		return
	}
	for slot := range s.rows {
		look(int32(slot)) //nolint:gosec // slots fit
	}
}

// collect takes the page out of the sorted index.
func (p *plan) collect(v *view, ix *index, in func(slot int32) bool) {
	skip := p.query.Offset
	if skip >= v.total {
		return
	}
	v.slots = make([]int32, 0, min(p.limit, v.total-skip))
	ix.tree.Scan(func(slot int32) bool {
		if !in(slot) {
			return true
		}
		if skip > 0 {
			skip--
			return true
		}
		v.slots = append(v.slots, slot)
		return len(v.slots) < cap(v.slots)
	})
}
