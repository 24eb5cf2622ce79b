package fleet

import (
	"bytes"
	"slices"
	"strconv"
)

// snapshot is one page as subscribers of a group have it.
type snapshot struct {
	epoch  string
	seq    uint64 // see content
	total  int
	order  []string // uids
	rows   map[string][]byte
	facets []byte
	head   []byte // members between total and rows: offset and columns
	lead   []byte // members before seq
}

// snapshot encodes a view; the store is locked for reading.
func (p *plan) snapshot(v *view) *snapshot {
	s := p.member.store
	out := &snapshot{epoch: s.epoch, total: v.total, rows: make(map[string][]byte, len(v.slots))}
	out.lead, out.head = p.appendLead(nil), p.appendColumns(nil)
	content := s.content(v.total, out.head)
	buffer := make([]byte, 0, len(v.slots)*192)
	for _, slot := range v.slots {
		from := len(buffer)
		buffer = p.appendRow(buffer, slot)
		uid := s.rows[slot].uid
		out.order = append(out.order, uid)
		out.rows[uid] = buffer[from:len(buffer):len(buffer)]
		content.add(out.rows[uid])
	}
	out.facets = p.appendFacets(nil, v.facets)
	content.add(out.facets)
	out.seq = content.seq()
	return out
}

// page encodes the whole Page.
func (s *snapshot) page(state State) []byte {
	b := make([]byte, 0, 1024+len(s.rows)*192)
	b = append(b, s.lead...)
	b = appendCounts(b, s.seq, s.total)
	b = append(b, s.head...)
	b = append(b, `,"rows":[`...)
	for i, uid := range s.order {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, s.rows[uid]...)
	}
	b = append(append(b, `],"facets":`...), s.facets...)
	b = append(b, `,"state":`...)
	return append(appendState(b, state), '}')
}

func appendCounts(b []byte, seq uint64, total int) []byte {
	b = strconv.AppendUint(append(b, `,"seq":`...), seq, 10)
	return strconv.AppendInt(append(b, `,"total":`...), int64(total), 10)
}

// diff gives the members of a patch message that turns old into next: rows to set, uids to
// remove, and the order if it is not the old one without the removed.
func diff(old, next *snapshot) (body []byte, same bool) {
	b := appendString([]byte(`"epoch":`), next.epoch)
	b = strconv.AppendUint(append(b, `,"prev":`...), old.seq, 10)
	b = appendCounts(b, next.seq, next.total)
	same = old.total == next.total
	if !bytes.Equal(old.facets, next.facets) {
		b, same = append(append(b, `,"facets":`...), next.facets...), false
	}
	b, changed := appendChanged(b, old, next)
	b, removed, kept := appendRemoved(b, old, next)
	if !slices.Equal(kept, next.order) {
		b, same = appendUIDs(append(b, `,"order":`...), next.order), false
	}
	return b, same && !changed && !removed
}

func appendChanged(b []byte, old, next *snapshot) (out []byte, any bool) {
	b = append(b, `,"set":[`...)
	for _, uid := range next.order {
		if bytes.Equal(old.rows[uid], next.rows[uid]) {
			continue
		}
		if any {
			b = append(b, ',')
		}
		b, any = append(b, next.rows[uid]...), true
	}
	return append(b, ']'), any
}

func appendRemoved(b []byte, old, next *snapshot) (out []byte, any bool, kept []string) {
	var gone []string
	for _, uid := range old.order {
		if _, still := next.rows[uid]; still {
			kept = append(kept, uid)
		} else {
			gone = append(gone, uid)
		}
	}
	return appendUIDs(append(b, `,"del":`...), gone), len(gone) > 0, kept
}

func appendUIDs(b []byte, uids []string) []byte {
	b = append(b, '[')
	for i, uid := range uids {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, uid)
	}
	return append(b, ']')
}
