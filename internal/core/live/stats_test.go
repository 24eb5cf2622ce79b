package live

import (
	"fmt"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
)

func TestStats(t *testing.T) {
	b := newBench(t, "stats")
	b.put(t, "one", "a")
	c := b.open(t)
	c.say(`{"op":"sub","id":"q","query":{"cluster":"local","resource":"configmaps","limit":500}}`)
	c.op("page")
	c.say(fmt.Sprintf(`{"op":"sub","id":"o","object":{"cluster":"local","resource":"configmaps","namespace":%q,"name":"one"}}`, b.ns))
	c.op("object")
	c.say(`{"op":"sub","id":"j","job":"known"}`)
	c.op("job")
	s := b.hub.Stats()
	if s.Connections != 1 || s.Subscriptions[ofTable] != 1 || s.Subscriptions[ofObject] != 1 || s.Subscriptions[ofJob] != 1 {
		t.Errorf("what is open: %+v", s)
	}
	if s.Updates["page"] != 1 || s.Updates["object"] != 1 || s.Updates["job"] != 1 || s.Resyncs != 0 {
		t.Errorf("what was sent: %+v", s)
	}
	b.put(t, "two", "a")
	c.hear("the change", func(m message) bool { return m.Op == "patch" && len(m.Set) > 0 })
	b.rules.set(authz.Visible{Namespaces: map[string]struct{}{b.ns: {}}}) // other rows are visible: a whole page
	c.op("page")
	if s = b.hub.Stats(); s.Updates["patch"] == 0 || s.Updates["page"] != 2 || s.Resyncs != 1 {
		t.Errorf("after changes: %+v", s)
	}
	c.say(`{"op":"unsub","id":"o"}`)
	c.say(`{"op":"ping"}`)
	c.op("pong")
	if s = b.hub.Stats(); s.Subscriptions[ofObject] != 0 || s.Subscriptions[ofTable] != 1 {
		t.Errorf("after an unsub: %+v", s)
	}
	c.end()
	until(t, "the client is gone", func() bool { s := b.hub.Stats(); return s.Connections == 0 && s.Ended[byeClient] == 1 })
	other := b.open(t)
	other.op("hello")
	close(b.ended)
	other.op("bye")
	until(t, "the revoked session is counted", func() bool { return b.hub.Stats().Ended[byeSignedOut] == 1 })
	if n := b.hub.Stats().Subscriptions[ofTable]; n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}

// A message that a newer one replaced was coalesced; one that was taken was sent.
func TestLatestCounts(t *testing.T) {
	var c counters
	l := latest{sent: &c.object, coalesced: &c.coalesced}
	l.put([]byte("1"))
	l.put([]byte("2"))
	l.put([]byte("3"))
	if m, _ := l.next(); string(m) != "3" {
		t.Errorf("got %s", m)
	}
	if m, _ := l.next(); m != nil {
		t.Errorf("got %s again", m)
	}
	if c.object.Load() != 1 || c.coalesced.Load() != 2 {
		t.Errorf("sent %d, coalesced %d", c.object.Load(), c.coalesced.Load())
	}
}
