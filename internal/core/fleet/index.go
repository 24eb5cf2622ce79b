package fleet

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/tidwall/btree"
)

// order names a sorted index: a column and a direction. Ties are always broken upwards.
type order struct {
	col  int
	desc bool
}

// index keeps the slots of all rows sorted. It is made when somebody first sorts that way.
type index struct {
	tree *btree.BTreeG[int32]
	used atomic.Int64 // Unix seconds of the last look
}

// less orders slots by the column, then by namespace, name and uid.
func (s *store) less(o order) func(a, b int32) bool {
	c := &s.cols[o.col]
	return func(a, b int32) bool {
		if r := c.compare(a, b); r != 0 {
			return (r < 0) != o.desc
		}
		return s.tie(a, b) < 0
	}
}

func (s *store) tie(a, b int32) int {
	if r := s.cols[namespaceField].compare(a, b); r != 0 {
		return r
	}
	if r := s.cols[nameField].compare(a, b); r != 0 {
		return r
	}
	return strings.Compare(s.rows[a].uid, s.rows[b].uid)
}

// sorted gives the index for an order, building it when there is none. The caller holds no lock.
func (s *store) sorted(o order, now time.Time) *index {
	s.mu.RLock()
	ix := s.indexes[o]
	s.mu.RUnlock()
	if ix == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if ix = s.indexes[o]; ix == nil {
			ix = s.build(o)
		}
	}
	ix.used.Store(now.Unix())
	return ix
}

func (s *store) build(o order) *index {
	ix := &index{tree: btree.NewBTreeGOptions(s.less(o), btree.Options{NoLocks: true})}
	for slot := range s.rows {
		if s.rows[slot].uid != "" {
			ix.tree.Set(int32(slot)) //nolint:gosec // slots fit
		}
	}
	s.indexes[o] = ix
	return ix
}

// dropIndexes forgets the orders that nobody asked for since a time.
func (s *store) dropIndexes(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for o, ix := range s.indexes {
		if ix.used.Load() < before.Unix() {
			delete(s.indexes, o)
		}
	}
}
