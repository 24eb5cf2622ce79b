package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/live"
	"kubemate.io/kubemate/internal/testkit"
)

// faulty is a whole server over a real API server that a proxy makes fail.
type faulty struct {
	*running
	proxy *testkit.FaultProxy
	admin kubernetes.Interface
	token string
	ns    string
	count int
}

func (f *faulty) object() string {
	return "/api/v1/clusters/local/resources/configmaps/objects/" + f.ns + "/settings"
}

func newFaulty(t *testing.T) *faulty {
	t.Helper()
	cp := testkit.APIServer(t)
	admin, err := kubernetes.NewForConfig(cp.Admin)
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{proxy: testkit.NewFaultProxy(t, cp.Server), admin: admin}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"+
		"clusters: [{name: c, cluster: {server: %q}}]\nusers: [{name: u, user: {}}]\n", f.proxy.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	ns, err := admin.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "faults-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.ns = ns.Name
	if _, err := admin.CoreV1().ConfigMaps(f.ns).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "settings"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	f.running = startServerOn(t, t.TempDir(), file)
	f.token = f.signIn(f.ns, "platform-admins")
	testkit.Eventually(t, "the object is shown, live", func() bool { return strings.HasPrefix(f.state(), "live") })
	return f
}

// state is phase and cause of the list; it fails if the list has lost the object.
func (f *faulty) state() string {
	f.t.Helper()
	status, answer := f.call(http.DefaultClient, "GET", "/api/v1/clusters/local/resources/configmaps?namespace="+f.ns+"&columns=name,labels&filter=name%3Dsettings", f.token, "")
	var p struct {
		Total int
		State struct{ Phase, Cause string }
	}
	if err := json.Unmarshal(answer, &p); err != nil || status != http.StatusOK || (p.State.Phase != "loading" && p.Total != 1) {
		f.t.Fatalf("the list: %d %s", status, answer)
	}
	return p.State.Phase + ": " + p.State.Cause
}

// change labels the object through the server.
func (f *faulty) change() (int, string) {
	f.t.Helper()
	f.count++
	body := fmt.Sprintf(`{"patch":{"metadata":{"labels":{"n":"%d"}}}}`, f.count)
	status, answer := f.call(http.DefaultClient, "PATCH", f.object(), f.token, body)
	return status, string(answer)
}

// behind changes the object past the server, so that there is something to miss.
func (f *faulty) behind(label string) {
	f.t.Helper()
	patch := fmt.Sprintf(`{"metadata":{"labels":{"behind":%q}}}`, label)
	if _, err := f.admin.CoreV1().ConfigMaps(f.ns).Patch(context.Background(), "settings", "application/merge-patch+json", []byte(patch), metav1.PatchOptions{}); err != nil {
		f.t.Fatal(err)
	}
}

// openPage follows the list over the WebSocket and gives a channel of its messages.
func (f *faulty) openPage() <-chan string {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f.t.Cleanup(cancel)
	header := http.Header{"Authorization": {"Bearer " + f.token}}
	ws, resp, err := websocket.Dial(ctx, "ws://"+f.address+"/api/v1/live", &websocket.DialOptions{Subprotocols: []string{live.Protocol}, HTTPHeader: header})
	if err != nil {
		f.t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	ws.SetReadLimit(-1)
	query := fmt.Sprintf(`{"op":"sub","id":"q","query":{"cluster":"local","resource":"configmaps","namespaces":[%q],"columns":["name","labels"]}}`, f.ns)
	if err := ws.Write(ctx, websocket.MessageText, []byte(query)); err != nil {
		f.t.Fatal(err)
	}
	messages := make(chan string, 1000)
	go func() {
		defer close(messages)
		for {
			_, raw, err := ws.Read(ctx)
			if err != nil {
				return
			}
			messages <- string(raw)
		}
	}()
	return messages
}

// hear waits for a message that has all the parts.
func hear(t *testing.T, messages <-chan string, what string, parts ...string) {
	t.Helper()
	limit := time.After(90 * time.Second)
	for {
		select {
		case m, open := <-messages:
			if !open {
				t.Fatalf("the live page ended before %s", what)
			}
			has := true
			for _, part := range parts {
				has = has && strings.Contains(m, part)
			}
			if has {
				return
			}
		case <-limit:
			t.Fatalf("the live page never told %s", what)
		}
	}
}

// TestAFailingAPIServer: whatever the API server does, changes fail with an error that names the
// object, the reason and the way out; what was known stays, marked; sessions and open pages
// live on; and once it answers again everything has caught up by itself.
func TestAFailingAPIServer(t *testing.T) {
	f := newFaulty(t)
	page := f.openPage()
	hear(t, page, "the page", `"op":"page"`, "settings")
	for _, c := range []struct {
		name   string
		fault  testkit.Fault // nil: the server is down
		status int
		says   []string // parts of what a change is answered
		cause  string   // part of what the list says
	}{
		{"down", nil, 503, []string{"nothing listens", "check that the API server runs"}, "nothing listens"},
		{"half-an-answer", testkit.Half, 502, []string{"ended in the middle", "try again"}, ""},
		{"500", testkit.Refuse(500, 0), 502, []string{"the API server failed", "log of the API server"}, "the API server failed"},
		{"503", testkit.Refuse(503, 0), 503, []string{"not available", "in a moment"}, "not available"},
		{"429", testkit.Refuse(429, 3), 429, []string{"Too Many Requests", "try again in 3 s", `"retryAfterSeconds":3`}, ""},
		{"expired-credentials", testkit.Refuse(401, 0), 503, []string{"does not accept Kubemate's credentials", "renew"}, "credentials"},
		{"no-API-server", testkit.Garbage, 502, []string{"could not be understood", "check that the address"}, "understood"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			if c.fault == nil {
				f.proxy.Down()
			} else {
				f.proxy.Fail(c.fault)
			}
			f.behind(c.name)
			status, answer := f.change()
			if status != c.status {
				t.Errorf("a change is answered %d, want %d: %s", status, c.status, answer)
			}
			for _, part := range append(c.says, `"object":"configmaps `+f.ns+`/settings"`, `"requestId":"`, `"cluster":"local"`) {
				if !strings.Contains(answer, part) {
					t.Errorf("the answer lacks %q: %s", part, answer)
				}
			}
			testkit.Eventually(t, "the list says why it is stale", func() bool {
				s := f.state()
				return strings.HasPrefix(s, "stale: ") && strings.Contains(s, c.cause) && len(s) > len("stale: ")
			})
			hear(t, page, "that it is stale", `"op":"state"`, `"stale"`)
			if status, answer := f.call(http.DefaultClient, "GET", "/api/v1/auth/session", f.token, ""); status != 200 {
				t.Errorf("the session: %d %s", status, answer)
			}
			if status, answer := f.call(http.DefaultClient, "GET", f.object()+"/yaml", f.token, ""); status < 500 && status != 429 {
				t.Errorf("values that are nowhere kept: %d %s", status, answer)
			}

			if c.fault == nil {
				f.proxy.Up()
			} else {
				f.proxy.Fail(nil)
			}
			hear(t, page, "what was missed", `"behind":"`+c.name+`"`)
			testkit.Eventually(t, "the list is live", func() bool { return strings.HasPrefix(f.state(), "live") })
			testkit.Eventually(t, "changes work", func() bool { status, _ := f.change(); return status == http.StatusOK })
			hear(t, page, "the change", fmt.Sprintf(`"n":"%d"`, f.count))
		})
	}
	f.t = t
}

// TestAHangingAPIServer: a change gets its answer within half a minute, what was known stays, and
// everything goes on as soon as the API server does.
func TestAHangingAPIServer(t *testing.T) {
	f := newFaulty(t)
	f.proxy.Fail(testkit.Hang)
	began := time.Now()
	status, answer := f.change()
	if took := time.Since(began); status != http.StatusGatewayTimeout || took > 45*time.Second {
		t.Errorf("after %s: %d %s", took, status, answer)
	}
	for _, part := range []string{"did not answer in time", "may hang or be overloaded", f.ns + "/settings"} {
		if !strings.Contains(answer, part) {
			t.Errorf("the answer lacks %q: %s", part, answer)
		}
	}
	f.state() // fails if the object is gone
	if status, answer := f.call(http.DefaultClient, "GET", "/readyz", "", ""); status != 200 {
		t.Errorf("not ready: %d %s", status, answer)
	}
	f.proxy.Fail(nil)
	testkit.Eventually(t, "changes work", func() bool { status, _ := f.change(); return status == http.StatusOK })
	testkit.Eventually(t, "the list is live", func() bool { return strings.HasPrefix(f.state(), "live") })
}

// TestFaultsLeakNothing: after many outages there are as many goroutines as before.
func TestFaultsLeakNothing(t *testing.T) {
	f := newFaulty(t)
	settled := func() int {
		http.DefaultClient.CloseIdleConnections()
		return runtime.NumGoroutine()
	}
	round := func(fault testkit.Fault, changes int) {
		f.proxy.Fail(fault)
		for range changes {
			f.change()
		}
		f.proxy.Fail(nil)
		testkit.Eventually(t, "changes work", func() bool { status, _ := f.change(); return status == http.StatusOK })
	}
	testkit.Eventually(t, "everything is live", f.allLive)
	round(testkit.Refuse(500, 0), 5) // makes what is made once
	testkit.Eventually(t, "everything is live again", f.allLive)
	before := settled()
	for range 2 {
		round(testkit.Refuse(500, 0), 30)
		round(testkit.Refuse(401, 0), 30)
		round(testkit.OnWrites(testkit.Half), 30)
	}
	testkit.Eventually(t, "everything is live in the end", f.allLive)
	testkit.Eventually(t, fmt.Sprintf("about %d goroutines", before), func() bool { return settled() <= before+15 })
	t.Logf("%d goroutines before, %d after", before, settled())
}

// allLive says whether all kinds that are always watched are watched again: each watch has its
// goroutines. It asks by the socket, which has no rate.
func (f *faulty) allLive() bool {
	for _, resource := range []string{
		"clusterroles", "clusterrolebindings", "roles", "rolebindings", "namespaces", "nodes", "pods", "deployments", "replicasets",
		"statefulsets", "daemonsets", "jobs", "cronjobs", "services", "endpointslices", "ingresses", "events", "resourcequotas",
		"limitranges", "persistentvolumes", "persistentvolumeclaims", "storageclasses", "configmaps", "secrets", "poddisruptionbudgets",
		"horizontalpodautoscalers", "serviceaccounts", "customresourcedefinitions",
	} {
		_, answer := f.call(f.socket, "GET", "/api/v1/clusters/local/resources/"+resource+"?limit=1", "", "")
		if !strings.Contains(string(answer), `"phase":"live"`) {
			return false
		}
	}
	return true
}
