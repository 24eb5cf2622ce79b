package fleet

import (
	"encoding/json"
	"math"
	"sort"
	"strconv"
	"strings"
)

// maxFacetValues bounds the values of one facet in a page; the most frequent stay.
const maxFacetValues = 200

// appendCell writes one cell in the JSON form of its column type.
func (c *column) appendCell(b []byte, slot int32) []byte {
	cell := c.cells[slot]
	if c.texts == nil {
		return c.appendNumber(b, cell)
	}
	text := c.texts.texts[cell]
	switch c.Type {
	case TypeStatus:
		tone, word := splitStatus(text)
		return append(appendString(append(append(b, `["`...), tone+`",`...), word), ']')
	case TypeList:
		return appendList(b, text)
	case TypeLabels:
		return appendLabels(b, text)
	default:
		if cell == 0 {
			return append(b, "null"...)
		}
		return appendString(b, text)
	}
}

func (c *column) appendNumber(b []byte, cell int64) []byte {
	if cell == null {
		return append(b, "null"...)
	}
	switch c.Type {
	case TypeNumber:
		f := TypeNumber.float(cell)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return append(b, "null"...)
		}
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	case TypeFraction:
		n, of := splitFraction(cell)
		b = strconv.AppendInt(append(b, '['), int64(n), 10)
		return append(strconv.AppendInt(append(b, ','), int64(of), 10), ']')
	default:
		return strconv.AppendInt(b, cell, 10)
	}
}

func appendList(b []byte, joined string) []byte {
	b = append(b, '[')
	if joined != "" {
		for i, part := range strings.Split(joined, separator) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, part)
		}
	}
	return append(b, ']')
}

func appendLabels(b []byte, joined string) []byte {
	b = append(b, '{')
	parts := strings.Split(joined, separator)
	for i := 0; i+1 < len(parts); i += 2 {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(appendString(b, parts[i]), ':'), parts[i+1])
	}
	return append(b, '}')
}

// appendString writes a JSON string; most need no escaping.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(b, `""`...) // a string always has a JSON form
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// appendRow writes a Row.
func (p *plan) appendRow(b []byte, slot int32) []byte {
	s := p.member.store
	b = appendString(append(b, `{"uid":`...), s.rows[slot].uid)
	if namespace := s.cols[namespaceField].text(slot); namespace != "" {
		b = appendString(append(b, `,"namespace":`...), namespace)
	}
	b = appendString(append(b, `,"name":`...), s.cols[nameField].text(slot))
	b = append(b, `,"cells":[`...)
	for i, c := range p.columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.cols[c].appendCell(b, slot)
	}
	return append(b, "]}"...)
}

// appendFacets writes Page.Facets: the values that occur, the most frequent first when
// there are too many.
func (p *plan) appendFacets(b []byte, facets []facetCount) []byte {
	s := p.member.store
	b = append(b, '{')
	for i, f := range facets {
		if i > 0 {
			b = append(b, ',')
		}
		c := &s.cols[f.field]
		b = append(appendString(b, c.ID), ':', '{')
		for j, id := range frequent(f.counts) {
			if j > 0 {
				b = append(b, ',')
			}
			text := c.texts.texts[id]
			if c.Type == TypeStatus {
				_, text = splitStatus(text)
			}
			b = strconv.AppendInt(append(appendString(b, text), ':'), int64(f.counts[id]), 10)
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// frequent lists the ids that are counted, by how often (then by id), at most maxFacetValues.
func frequent(counts []int32) []int {
	ids := make([]int, 0, 16)
	for id, n := range counts {
		if n > 0 {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool {
		if counts[ids[i]] != counts[ids[j]] {
			return counts[ids[i]] > counts[ids[j]]
		}
		return ids[i] < ids[j]
	})
	return ids[:min(len(ids), maxFacetValues)]
}

// appendLead writes the members of a Page before its seq.
func (p *plan) appendLead(b []byte) []byte {
	b = appendString(append(b, `{"cluster":`...), p.query.Cluster)
	b = appendString(append(b, `,"resource":`...), p.query.Resource)
	return appendString(append(b, `,"epoch":`...), p.member.store.epoch)
}

func (p *plan) appendColumns(b []byte) []byte {
	b = strconv.AppendInt(append(b, `,"offset":`...), int64(p.query.Offset), 10)
	b = append(b, `,"columns":`...)
	columns := make([]Column, len(p.columns))
	for i, c := range p.columns {
		columns[i] = p.member.store.fields[c].Column
	}
	raw, err := json.Marshal(columns)
	if err != nil {
		raw = []byte("[]") // columns always have a JSON form
	}
	return append(b, raw...)
}
