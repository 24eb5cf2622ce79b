package fleet

import (
	"crypto/rand"
	"hash/maphash"
	"slices"
	"sync"

	"kubemate.io/kubemate/internal/core/kube"
)

// ringSize bounds the list of latest changes; who is further behind looks at everything.
const ringSize = 8192

// row is what a store keeps of one object beside its cells. An empty uid is a free slot.
type row struct {
	uid     string
	version uint64 // resourceVersion, 0 if it is no number
	seq     uint64 // of its last change
	seen    uint32 // generation of the last list that had it
	blob    blob   // the object without managedFields
}

// objectKey finds an object by name; the namespace is the id of its interned name.
type objectKey struct {
	namespace uint32
	name      string
}

// change is one entry of the ring: which row changed at seq.
type change struct {
	seq  uint64
	slot int32
}

// store holds one kind of one cluster. Rows live in slots, which are reused.
type store struct {
	kind   kube.Kind
	fields []field
	epoch  string
	full   bool // blobs hold whole objects, not only metadata
	seed   maphash.Seed

	mu      sync.RWMutex
	cols    []column
	rows    []row
	free    []int32
	count   int
	bytes   int64 // of all blobs
	byUID   map[string]int32
	byKey   map[objectKey]int32
	owners  map[uint32][]int32 // owner uid's id → slots
	indexes map[order]*index
	seq     uint64
	ring    []change // latest changes, seq ascending
	lowest  uint64   // changes after this seq are all in the ring
	gone    tombstones
	scan    uint32 // generation of the running list
	synced  bool   // one full list was stored

	listeners listeners
}

func newStore(kind kube.Kind, sp spec) *store {
	s := &store{
		kind: kind, fields: sp.fields(kind), epoch: rand.Text()[:12], full: sp.full, seed: maphash.MakeSeed(),
		byUID: map[string]int32{}, byKey: map[objectKey]int32{}, owners: map[uint32][]int32{},
		indexes: map[order]*index{}, gone: newTombstones(),
	}
	s.cols = make([]column, len(s.fields))
	for i := range s.fields {
		s.cols[i] = newColumn(&s.fields[i])
	}
	return s
}

// fieldIndex finds a column by id, -1 when there is none.
func (s *store) fieldIndex(id string) int {
	return slices.IndexFunc(s.fields, func(f field) bool { return f.ID == id })
}

// record is one object ready to be stored.
type record struct {
	uid     string
	real    bool // the uid is the object's own, not made from its name
	version uint64
	cells   []value // one per field
	blob    blob
}

// apply stores and removes objects in the order given and tells the listeners once.
func (s *store) apply(ops []op) {
	if len(ops) == 0 {
		return
	}
	s.mu.Lock()
	before := s.seq
	for i := range ops {
		if ops[i].remove {
			s.remove(&ops[i].record)
		} else {
			s.upsert(&ops[i].record)
		}
	}
	changed := s.seq != before
	s.mu.Unlock()
	if changed {
		s.listeners.tell()
	}
}

// holds says whether a version of an object is stored already, and marks it as seen.
func (s *store) holds(uid string, version uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	slot, ok := s.byUID[uid]
	if !ok || version == 0 || s.rows[slot].version != version {
		return false
	}
	s.rows[slot].seen = s.scan
	return true
}

// op is one change on its way into the store.
type op struct {
	record
	remove bool
}

func (s *store) upsert(r *record) {
	if r.real && s.gone.has(r.uid) {
		return // a late event of an object that is gone: a uid never comes back
	}
	slot, known := s.byUID[r.uid]
	if !known {
		s.insert(r)
		return
	}
	w := &s.rows[slot]
	w.seen = s.scan
	if r.version != 0 && r.version <= w.version {
		return // a repeated or late event
	}
	s.update(slot, r)
}

func (s *store) insert(r *record) {
	slot := s.slot()
	w := &s.rows[slot]
	w.uid, w.version, w.seen = r.uid, r.version, s.scan
	w.blob = r.blob
	s.bytes += int64(len(r.blob.data))
	for i := range s.cols {
		if s.fields[i].get != nil {
			s.cols[i].set(slot, r.cells[i])
		}
	}
	s.byUID[r.uid] = slot
	s.byKey[s.keyOf(slot)] = slot
	s.own(slot)
	for _, ix := range s.indexes {
		ix.tree.Set(slot)
	}
	s.count++
	s.changed(slot)
}

func (s *store) slot() int32 {
	if n := len(s.free); n > 0 {
		slot := s.free[n-1]
		s.free = s.free[:n-1]
		return slot
	}
	s.rows = append(s.rows, row{})
	for i := range s.cols {
		s.cols[i].grow()
	}
	return int32(len(s.rows) - 1) //nolint:gosec // slots fit
}

// update writes the cells that differ. An index is corrected before and after its column.
func (s *store) update(slot int32, r *record) {
	w := &s.rows[slot]
	w.version = r.version
	s.bytes += int64(len(r.blob.data)) - int64(len(w.blob.data))
	w.blob = r.blob
	for i := range s.cols {
		if s.fields[i].get != nil && !s.cols[i].same(slot, r.cells[i]) {
			s.write(slot, i, r.cells[i])
		}
	}
	s.changed(slot)
}

func (s *store) write(slot int32, col int, v value) {
	for o, ix := range s.indexes {
		if o.col == col {
			ix.tree.Delete(slot)
		}
	}
	if col == ownerField {
		s.disown(slot)
	}
	s.cols[col].set(slot, v)
	if col == ownerField {
		s.own(slot)
	}
	for o, ix := range s.indexes {
		if o.col == col {
			ix.tree.Set(slot)
		}
	}
}

func (s *store) remove(r *record) {
	slot, known := s.byUID[r.uid]
	if r.real {
		s.gone.add(r.uid)
	}
	if known {
		s.drop(slot)
	}
}

func (s *store) drop(slot int32) {
	for _, ix := range s.indexes {
		ix.tree.Delete(slot)
	}
	s.disown(slot)
	if key := s.keyOf(slot); s.byKey[key] == slot {
		delete(s.byKey, key)
	}
	delete(s.byUID, s.rows[slot].uid)
	for i := range s.cols {
		s.cols[i].clear(slot)
	}
	s.bytes -= int64(len(s.rows[slot].blob.data))
	s.rows[slot] = row{}
	s.free = append(s.free, slot)
	s.count--
	s.changed(slot)
}

func (s *store) keyOf(slot int32) objectKey {
	return objectKey{namespace: uint32(s.cols[namespaceField].cells[slot]), name: s.cols[nameField].text(slot)} //nolint:gosec // an id
}

func (s *store) own(slot int32) {
	if id := uint32(s.cols[ownerField].cells[slot]); id != 0 { //nolint:gosec // an id
		s.owners[id] = append(s.owners[id], slot)
	}
}

func (s *store) disown(slot int32) {
	id := uint32(s.cols[ownerField].cells[slot]) //nolint:gosec // an id
	if id == 0 {
		return
	}
	owned := s.owners[id]
	if i := slices.Index(owned, slot); i >= 0 {
		owned[i] = owned[len(owned)-1]
		owned = owned[:len(owned)-1]
	}
	if len(owned) == 0 {
		delete(s.owners, id)
	} else {
		s.owners[id] = owned
	}
}

// changed numbers a change and remembers it in the ring.
func (s *store) changed(slot int32) {
	s.seq++
	s.rows[slot].seq = s.seq
	s.ring = append(s.ring, change{s.seq, slot})
	if len(s.ring) >= 2*ringSize {
		s.ring = append(s.ring[:0], s.ring[ringSize:]...)
		s.lowest = s.ring[0].seq - 1
	}
}

// begin starts a full list: rows that it does not show are removed by finish.
func (s *store) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scan++
}

func (s *store) finish() {
	s.mu.Lock()
	s.synced = true
	before := s.seq
	for slot := range s.rows {
		if w := &s.rows[slot]; w.uid != "" && w.seen != s.scan {
			s.drop(int32(slot)) //nolint:gosec // slots fit
		}
	}
	changed := s.seq != before
	s.mu.Unlock()
	if changed {
		s.listeners.tell()
	}
}
