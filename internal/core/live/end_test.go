package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

func TestRevokedSessionEnds(t *testing.T) {
	b := newBench(t, "revoked")
	c := b.open(t)
	c.op("hello")
	close(b.ended)
	if m := c.op("bye"); m.Reason != byeSignedOut {
		t.Errorf("got %+v", m)
	}
	if _, _, err := c.ws.Read(t.Context()); err == nil {
		t.Error("the connection goes on")
	}
}

func TestExpiredSessionEnds(t *testing.T) {
	b := newBench(t, "expired")
	b.session.Expires = time.Now().Add(50 * time.Millisecond)
	if m := b.open(t).op("bye"); m.Reason != byeExpired {
		t.Errorf("got %+v", m)
	}
}

func TestShutdownSaysGoodbye(t *testing.T) {
	b := newBench(t, "shutdown")
	c := b.open(t)
	c.op("hello")
	c.sub("q", b.ns, "")
	c.op("page")
	go b.stop()
	if m := c.op("bye"); m.Reason != byeShutdown {
		t.Errorf("got %+v", m)
	}
	b.stop()
	until(t, "no goroutine of a connection is left", func() bool {
		stacks := make([]byte, 1<<20)
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "live.(*conn)")
	})
}

func until(t *testing.T, what string, check func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !check() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func TestChangedRights(t *testing.T) {
	b := newBench(t, "rights")
	b.put(t, "one", "a")
	c := b.open(t)
	c.say(`{"op":"sub","id":"all","query":{"cluster":"local","resource":"configmaps","limit":500}}`)
	c.hear("everything", func(m message) bool { return m.Page != nil && len(m.Page.Rows) > 1 || m.Total > 1 })
	b.rules.set(authz.Visible{Namespaces: map[string]struct{}{b.ns: {}}})
	m := c.hear("less", func(m message) bool { return m.Op == "page" })
	if m.Page.Total != 1 || m.Page.Rows[0].Name != "one" {
		t.Errorf("got %+v", m.Page)
	}
	b.rules.set(authz.Visible{})
	if m := c.op("error"); m.ID != "all" || m.Problem.Status != 403 {
		t.Errorf("got %+v", m)
	}
}

func TestObjects(t *testing.T) {
	b := newBench(t, "objects")
	b.put(t, "one", "a")
	c := b.open(t)
	c.say(fmt.Sprintf(`{"op":"sub","id":"o","object":{"cluster":"local","resource":"configmaps","namespace":%q,"name":"one"}}`, b.ns))
	if m := c.op("object"); m.ID != "o" || m.Detail.Name != "one" {
		t.Errorf("got %+v", m)
	}
	for n := 1; n < 4; n++ {
		b.details.set(n)
		b.put(t, "one", fmt.Sprint("change-", n))
		c.hear("the detail after a change", func(m message) bool { return m.Op == "object" && m.Detail.N == n })
	}
	b.details.fail(errs.New(errs.NotFound, "gone"))
	b.put(t, "one", "c")
	c.op("gone")
	b.details.fail(errs.New(errs.Forbidden, "no"))
	b.rules.set(authz.Visible{All: true})
	if m := c.op("error"); m.ID != "o" || m.Problem.Status != 403 {
		t.Errorf("got %+v", m)
	}
}

func TestJobs(t *testing.T) {
	c := newBench(t, "jobs").open(t)
	c.say(`{"op":"sub","id":"j","job":"known"}`)
	if m := c.op("job"); m.ID != "j" || m.Job.Phase != "succeeded" {
		t.Errorf("got %+v", m)
	}
}

// stuck opens a connection whose client sends a subscription and then reads nothing at all.
func (b *bench) stuck(t *testing.T, subs int) net.Conn {
	t.Helper()
	var raw net.Conn
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4096)
		}
		raw = conn
		return conn, err
	}
	ws, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(b.URL, "http"),
		&websocket.DialOptions{Subprotocols: []string{Protocol}, HTTPClient: clientWith(dial)})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		resp.Body.Close()
	}
	for i := range subs {
		message := fmt.Sprintf(`{"op":"sub","id":"s%d","query":{"cluster":"local","resource":"configmaps","columns":["name","labels","age"],"limit":%d}}`, i, 400+i)
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	return raw
}

// TestAClientThatNeverReads: others go on, and it is cut off in the end.
func TestAClientThatNeverReads(t *testing.T) {
	b := newBench(t, "stuck")
	b.hub.patience = patience{write: time.Second, ping: time.Second, pong: time.Second}
	for i := range 60 {
		b.put(t, fmt.Sprintf("filler-%d", i), strings.Repeat("x", 60))
	}
	b.stuck(t, MaxSubscriptions)
	c := b.open(t)
	c.sub("q", b.ns, "")
	c.op("page")
	for i := range 20 {
		b.put(t, "filler-1", fmt.Sprint("change-", i))
		if i%5 == 0 {
			c.op("patch")
		}
	}
	_ = c.ws.CloseNow()
	until(t, "the silent client is cut off", func() bool {
		b.hub.mu.Lock()
		defer b.hub.mu.Unlock()
		return b.hub.tabs["s1"] == 0
	})
}

func TestByeOf(t *testing.T) {
	if reason, ok := byeOf(fmt.Errorf("x: %w", errBye(byeSlow))); !ok || reason != byeSlow {
		t.Error("the reason is lost")
	}
	if _, ok := byeOf(errors.New("x")); ok {
		t.Error("a reason out of nothing")
	}
}
