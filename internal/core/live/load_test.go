package live

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
)

// TestAThousandSubscriptions of one tab: as many as are allowed are served, the others are
// refused by name, and the connection goes on.
func TestAThousandSubscriptions(t *testing.T) {
	b := newBench(t, "thousand")
	c := b.open(t)
	const all = 1000
	go func() {
		for i := range all {
			c.say(fmt.Sprintf(`{"op":"sub","id":"s%d","query":{"cluster":"local","resource":"configmaps","limit":1}}`, i))
		}
	}()
	pages, refused := map[string]bool{}, map[string]bool{}
	c.hear("an answer to each", func(m message) bool {
		switch m.Op {
		case "page":
			pages[m.ID] = true
		case "error":
			refused[m.ID] = true
			if m.Problem.Status != http.StatusTooManyRequests || !strings.Contains(m.Problem.Detail, "100 subscriptions") {
				t.Errorf("%s: %+v", m.ID, m.Problem)
			}
		case "bye":
			t.Fatalf("cut off: %s", m.Reason)
		}
		return len(pages)+len(refused) == all
	})
	if len(pages) != MaxSubscriptions {
		t.Errorf("%d are served, %d refused", len(pages), len(refused))
	}
	c.say(`{"op":"unsub","id":"s1"}`)
	c.sub("again", b.ns, "")
	c.hear("a page after making room", func(m message) bool { return m.Op == "page" && m.ID == "again" })
	c.end()
	b.gone(t)
}

// TestRevokedSessionEndsWhileTheClusterHangs: a look at the rights that does not come back
// holds up neither the end of the session nor that of the connection.
func TestRevokedSessionEndsWhileTheClusterHangs(t *testing.T) {
	b := newBench(t, "hang")
	c := b.open(t)
	for i := range 20 {
		c.sub(fmt.Sprint("q", i), b.ns, "")
		c.op("page")
	}
	b.rules.mu.Lock()
	b.rules.hang = true
	b.rules.mu.Unlock()
	b.rules.generation.Add(1)
	until(t, "the rights are being looked at", func() bool { return stacksHave("live.(*rules).Visible") })
	began := time.Now()
	close(b.ended)
	if m := c.op("bye"); m.Reason != byeSignedOut {
		t.Errorf("got %+v", m)
	}
	b.gone(t)
	if took := time.Since(began); took > makeWithin/2 {
		t.Errorf("it took %s", took)
	}
}

// TestNothingIsLeft: whoever ends a connection with pages, objects and jobs on it, and whatever
// is being made at that moment, no goroutine of it or of its pages is left.
func TestNothingIsLeft(t *testing.T) {
	for name, end := range map[string]func(b *bench, c *tab){
		"by the client":          func(_ *bench, c *tab) { c.end() },
		"by the session":         func(b *bench, _ *tab) { close(b.ended) },
		"by a lost right":        func(b *bench, c *tab) { b.rules.set(authz.Visible{}); c.op("error"); c.end() },
		"by the client, halfway": func(_ *bench, c *tab) { c.sub("more", "default", ""); c.sub("more", "default", ""); c.end() },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "left")
			b.put(t, "one", "a")
			for range 3 {
				c := b.open(t)
				c.sub("q", b.ns, "")
				c.say(fmt.Sprintf(`{"op":"sub","id":"o","object":{"cluster":"local","resource":"configmaps","namespace":%q,"name":"one"}}`, b.ns))
				c.say(`{"op":"sub","id":"j","job":"known"}`)
				waiting := map[string]bool{"page": true, "object": true, "job": true}
				c.hear("one of each", func(m message) bool { delete(waiting, m.Op); return len(waiting) == 0 })
				end(b, c)
				if name != "by the client, halfway" && name != "by the client" {
					break
				}
			}
			b.gone(t)
		})
	}
}

// gone waits until the hub serves nobody and the fleet computes no page.
func (b *bench) gone(t *testing.T) {
	t.Helper()
	until(t, "nothing of the connections is left", func() bool {
		return !stacksHave("live.(*conn)") && !stacksHave("fleet.(*group).run") && !stacksHave("fleet.(*Fleet).watchObject")
	})
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	if len(b.hub.tabs) != 0 {
		t.Errorf("tabs are still counted: %v", b.hub.tabs)
	}
}

func (c *tab) end() { _ = c.ws.CloseNow() }

func stacksHave(what string) bool {
	stacks := make([]byte, 4<<20)
	return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), what)
}
