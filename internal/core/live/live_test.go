package live

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/testkit"
)

// rules lets everybody see what visible says.
type rules struct {
	mu         sync.Mutex
	visible    authz.Visible
	generation atomic.Uint64
	hang       bool // answers only when the question's context ends
}

func (r *rules) Allowed(context.Context, authz.Identity, authz.Attributes) (allowed bool, reason string, err error) {
	return true, "", nil
}

func (r *rules) Visible(ctx context.Context, _ authz.Identity, _, _, _ string) (authz.Visible, error) {
	r.mu.Lock()
	hang, visible := r.hang, r.visible
	r.mu.Unlock()
	if hang {
		<-ctx.Done()
		return authz.Visible{}, ctx.Err()
	}
	return visible, nil
}

func (r *rules) Generation() uint64 { return r.generation.Load() }

func (r *rules) set(v authz.Visible) {
	r.mu.Lock()
	r.visible = v
	r.mu.Unlock()
	r.generation.Add(1)
}

// bench is a hub over a fleet over the real API server, behind a real HTTP server.
type bench struct {
	*httptest.Server
	hub     *Hub
	rules   *rules
	admin   kubernetes.Interface
	ns      string
	ended   chan struct{}
	session httpapi.Session
	details details
	stop    func()
}

// details answers with a number that the test sets, or an error.
type details struct {
	mu  sync.Mutex
	n   int
	err error
}

func (d *details) Detail(_ context.Context, _ *authz.Scope, ref kube.Ref) (json.RawMessage, string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return nil, "", d.err
	}
	return json.RawMessage(fmt.Sprintf(`{"name":%q,"n":%d}`, ref.Name, d.n)), "1", nil
}

func (d *details) set(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n = n
}

func (d *details) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

type jobs struct{}

func (jobs) WatchJob(_ context.Context, _ *authz.Scope, id string) (<-chan json.RawMessage, error) {
	if id != "known" {
		return nil, errs.New(errs.NotFound, "there is no job %s", id)
	}
	c := make(chan json.RawMessage, 1)
	c <- json.RawMessage(`{"phase":"succeeded"}`)
	close(c)
	return c, nil
}

func newBench(t *testing.T, name string) *bench {
	t.Helper()
	cp := testkit.APIServer(t)
	registry := kube.NewConnector(kube.Options{})
	if err := registry.Add("local", "", kube.Fixed(cp.Server)); err != nil {
		t.Fatal(err)
	}
	f := fleet.New(fleet.Deps{Clusters: registry})
	b := &bench{rules: &rules{}, ns: "live-" + name, ended: make(chan struct{})}
	b.rules.set(authz.Visible{All: true})
	b.hub = New(Deps{
		Views: f, Details: &b.details, Jobs: jobs{}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Version: "v1",
		Ended: func(string) <-chan struct{} { return b.ended },
	})
	b.session = httpapi.Session{ID: "s1", Identity: authz.Identity{User: "eve"}, Expires: time.Now().Add(time.Hour)}
	b.Server = httptest.NewServer(http.HandlerFunc(b.serve))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 3)
	for _, run := range []func(context.Context) error{registry.Run, f.Run, b.hub.Run} {
		go func() { done <- run(ctx) }()
	}
	b.stop = sync.OnceFunc(func() { cancel(); <-done; <-done; <-done })
	t.Cleanup(func() { b.stop(); b.CloseClientConnections(); b.Close() })
	admin, err := kubernetes.NewForConfig(cp.Admin)
	if err != nil {
		t.Fatal(err)
	}
	b.admin = admin
	b.create(t)
	return b
}

func (b *bench) create(t *testing.T) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: b.ns + "-"}}
	ns, err := b.admin.CoreV1().Namespaces().Create(t.Context(), ns, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b.ns = ns.Name
}

func (b *bench) serve(w http.ResponseWriter, r *http.Request) {
	scope := authz.NewScope(b.session.Identity, func(string) (authz.Rules, error) { return b.rules, nil })
	req := &httpapi.Request{ID: "r1", Session: b.session, Scope: scope}
	if err := b.hub.serve(w, r.WithContext(httpapi.WithRequest(r.Context(), req))); err != nil {
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func (b *bench) put(t *testing.T, name, label string) {
	t.Helper()
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"l": label}}}
	_, err := b.admin.CoreV1().ConfigMaps(b.ns).Create(t.Context(), cm, metav1.CreateOptions{})
	if err != nil {
		_, err = b.admin.CoreV1().ConfigMaps(b.ns).Update(t.Context(), cm, metav1.UpdateOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// tab is a client.
type tab struct {
	t  *testing.T
	ws *websocket.Conn
}

// message is any message of the server.
type message struct {
	Op, ID, Reason string
	Page           *fleet.Page
	State          *fleet.State
	Epoch          string
	Seq, Prev      uint64
	Total          int
	Set            []fleet.Row
	Del, Order     []string
	Detail         struct {
		Name string
		N    int
	}
	Job     struct{ Phase string }
	Problem *struct {
		Status int
		Detail string
	}
	MaxSubscriptions int
}

func (b *bench) open(t *testing.T) *tab {
	t.Helper()
	ws, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(b.URL, "http"), &websocket.DialOptions{Subprotocols: []string{Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		resp.Body.Close()
	}
	ws.SetReadLimit(-1)
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &tab{t, ws}
}

func (c *tab) say(v string) {
	c.t.Helper()
	if err := c.ws.Write(c.t.Context(), websocket.MessageText, []byte(v)); err != nil {
		c.t.Fatal(err)
	}
}

// sub follows the config maps of a namespace.
func (c *tab) sub(id, ns, rest string) {
	c.t.Helper()
	c.say(fmt.Sprintf(`{"op":"sub","id":%q,"query":{"cluster":"local","resource":"configmaps","namespaces":[%q],"columns":["name","labels"]}%s}`, id, ns, rest))
}

// hear gives the next message that check accepts; a minute is generous.
func (c *tab) hear(what string, check func(message) bool) message {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	for {
		_, raw, err := c.ws.Read(ctx)
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", what, err)
		}
		var m message
		if err := json.Unmarshal(raw, &m); err != nil {
			c.t.Fatalf("%v in %s", err, raw)
		}
		if check(m) {
			return m
		}
	}
}

func (c *tab) op(op string) message {
	c.t.Helper()
	return c.hear(op, func(m message) bool { return m.Op == op })
}

func TestConversation(t *testing.T) {
	b := newBench(t, "talk")
	b.put(t, "one", "a")
	c := b.open(t)
	if m := c.op("hello"); m.MaxSubscriptions != MaxSubscriptions {
		t.Errorf("hello %+v", m)
	}
	c.say(`{"op":"ping"}`)
	c.op("pong")
	c.sub("q", b.ns, "")
	page := c.hear("the whole page", func(m message) bool { return m.Op == "page" && m.ID == "q" }).Page
	seq, rows := page.Seq, len(page.Rows)
	for rows < 1 {
		m := c.op("patch")
		seq, rows = m.Seq, rows+len(m.Set)
	}
	b.put(t, "two", "a")
	m := c.hear("a patch", func(m message) bool { return m.Op == "patch" && m.Total == 2 })
	if m.Prev != seq || len(m.Set) != 1 || m.Set[0].Name != "two" || len(m.Order) != 2 {
		t.Errorf("after %d: %+v", seq, m)
	}
	c.say(`{"op":"unsub","id":"q"}`)
	b.put(t, "three", "a")
	c.say(`{"op":"ping"}`)
	c.hear("pong and no patch", func(m message) bool {
		if m.Op == "patch" && m.Total == 3 {
			t.Error("a patch after unsub")
		}
		return m.Op == "pong"
	})
}

func TestResume(t *testing.T) {
	b := newBench(t, "resume")
	b.put(t, "one", "a")
	c := b.open(t)
	c.sub("q", b.ns, "")
	m := c.hear("a page with one row", func(m message) bool { return m.Page != nil || m.Total == 1 })
	epoch, seq := m.Epoch, m.Seq
	if m.Page != nil {
		epoch, seq = m.Page.Epoch, m.Page.Seq
	}
	_ = c.ws.CloseNow()
	c = b.open(t)
	c.sub("q", b.ns, fmt.Sprintf(`,"epoch":%q,"seq":%d`, epoch, seq))
	if m := c.hear("the resumption", func(m message) bool { return m.ID == "q" }); m.Op != "patch" || m.Prev != seq {
		t.Errorf("got %+v", m)
	}
	c.sub("q", b.ns, `,"epoch":"another","seq":7`)
	c.op("page")
}

func TestMistakes(t *testing.T) {
	b := newBench(t, "mistakes")
	cases := map[string]struct {
		say    string
		status int
	}{
		"unknown column": {`{"op":"sub","id":"x","query":{"cluster":"local","resource":"pods","sort":"wombat"}}`, 400},
		"unknown kind":   {`{"op":"sub","id":"x","query":{"cluster":"local","resource":"wombats"}}`, 404},
		"no cluster":     {`{"op":"sub","id":"x","query":{"cluster":"mars","resource":"pods"}}`, 404},
		"no target":      {`{"op":"sub","id":"x"}`, 400},
		"two targets":    {`{"op":"sub","id":"x","job":"j","object":{"name":"a"}}`, 400},
		"bare object":    {`{"op":"sub","id":"x","object":{"cluster":"local"}}`, 400},
		"unknown job":    {`{"op":"sub","id":"x","job":"nope"}`, 404},
		"unknown op":     {`{"op":"explode","id":"x"}`, 400},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			c := b.open(t)
			c.say(k.say)
			m := c.op("error")
			if m.ID != "x" || m.Problem == nil || m.Problem.Status != k.status {
				t.Errorf("got %+v %+v", m, m.Problem)
			}
			c.say(`{"op":"ping"}`)
			c.op("pong")
		})
	}
	for _, bad := range []string{"{", "[]", `{"op":"sub"}`, `{"op":7}`, ""} {
		c := b.open(t)
		c.say(bad)
		if m := c.op("bye"); m.Reason != byeProtocol {
			t.Errorf("%q: got %+v", bad, m)
		}
	}
}

func TestTabLimit(t *testing.T) {
	b := newBench(t, "tabs")
	for range MaxTabs {
		b.open(t)
	}
	_, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(b.URL, "http"), &websocket.DialOptions{Subprotocols: []string{Protocol}})
	if err == nil || resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("got %v", err)
	}
}

func TestSubprotocolIsDemanded(t *testing.T) {
	b := newBench(t, "protocol")
	ws, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(b.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := ws.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("got %v", err)
	}
}
