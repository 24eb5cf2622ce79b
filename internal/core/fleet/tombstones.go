package fleet

// buried is how many deleted uids a store remembers, against late events.
const buried = 4096

// tombstones remembers the uids deleted last.
type tombstones struct {
	set  map[string]struct{}
	ring []string
	next int
}

func newTombstones() tombstones { return tombstones{set: map[string]struct{}{}} }

func (t *tombstones) has(uid string) bool {
	_, ok := t.set[uid]
	return ok
}

func (t *tombstones) add(uid string) {
	if t.has(uid) {
		return
	}
	t.set[uid] = struct{}{}
	if len(t.ring) < buried {
		t.ring = append(t.ring, uid)
		return
	}
	delete(t.set, t.ring[t.next])
	t.ring[t.next] = uid
	t.next = (t.next + 1) % buried
}
