package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/config"
	"kubemate.io/kubemate/internal/testkit"
)

// running is a whole server over the suite's API server, with the server's own narrow account.
type running struct {
	t       *testing.T
	config  config.Server
	address string
	socket  *http.Client
	stop    func()
}

func startServer(t *testing.T, dataDir string) *running {
	t.Helper()
	return startServerOn(t, dataDir, filepath.Join(testkit.APIServer(t).Dir, "kubeconfig", "server.kubeconfig"))
}

func startServerOn(t *testing.T, dataDir, kubeconfig string) *running {
	t.Helper()
	c := config.NewServer()
	c.DataDir, c.Listen = dataDir, "127.0.0.1:0"
	c.Kubeconfig = kubeconfig
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, c, slog.New(slog.NewTextHandler(t.Output(), nil)), func(a net.Addr) { ready <- a.String() })
	}()
	r := &running{t: t, config: c}
	select {
	case r.address = <-ready:
	case err := <-ended:
		cancel()
		t.Fatalf("the server ended: %v", err)
	}
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("the server does not stop")
		}
	}
	t.Cleanup(func() { r.stop() })
	r.socket = &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", c.AdminSocket) },
	}}
	testkit.Eventually(t, "the server is ready", func() bool {
		status, _ := r.call(http.DefaultClient, "GET", "/readyz", "", "")
		return status == http.StatusOK
	})
	return r
}

// call sends a request; path is below the address, token may be "".
func (r *running) call(client *http.Client, method, path, token, body string) (int, []byte) {
	r.t.Helper()
	req, err := http.NewRequest(method, "http://"+r.address+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Kubemate-Client", "cli")
	}
	resp, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, content
}

// signIn makes a user by the admin socket, sets his password, and gives his token.
func (r *running) signIn(name string, groups ...string) string {
	r.t.Helper()
	body, _ := json.Marshal(map[string]any{"name": name, "groups": groups})
	status, answer := r.call(r.socket, "POST", "/api/v1/users", "", string(body))
	if status != http.StatusCreated {
		r.t.Fatalf("create %s: %d %s", name, status, answer)
	}
	var made struct{ Link struct{ URL string } }
	if err := json.Unmarshal(answer, &made); err != nil {
		r.t.Fatal(err)
	}
	_, token, _ := strings.Cut(made.Link.URL, "#token=")
	status, answer = r.call(http.DefaultClient, "POST", "/api/v1/auth/sign-in-link", "", `{"token":"`+token+`"}`)
	var session struct{ Token string }
	if err := json.Unmarshal(answer, &session); err != nil || status != http.StatusOK {
		r.t.Fatalf("sign in %s: %d %s", name, status, answer)
	}
	status, answer = r.call(http.DefaultClient, "POST", "/api/v1/auth/password", session.Token, `{"new":"correct horse battery"}`)
	if status != http.StatusNoContent {
		r.t.Fatalf("password of %s: %d %s", name, status, answer)
	}
	return session.Token
}

const podsPage = "/api/v1/clusters/local/resources/configmaps"

type page struct {
	Total int
	Rows  []struct{ Namespace, Name string }
}

func (r *running) page(token, path string) page {
	r.t.Helper()
	status, answer := r.call(http.DefaultClient, "GET", path, token, "")
	var p page
	if err := json.Unmarshal(answer, &p); err != nil || status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, status, answer)
	}
	return p
}

// TestRightsFollowTheCluster: who gets a RoleBinding sees that namespace, and nothing else,
// within a second or so; a new login is not needed.
func TestRightsFollowTheCluster(t *testing.T) {
	r := startServer(t, t.TempDir())
	ctx := context.Background()
	admin, err := kubernetes.NewForConfig(testkit.APIServer(t).Admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, ns := range []string{"red", "blue"} {
		if _, err := admin.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := admin.CoreV1().ConfigMaps(ns).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: ns + "-settings"}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	bob := r.signIn("bob", "red-team")
	if status, answer := r.call(http.DefaultClient, "GET", podsPage, bob, ""); status == http.StatusOK && bytes.Contains(answer, []byte("-settings")) {
		t.Fatalf("bob sees configmaps without a right: %s", answer)
	}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: "red", Name: "red-team"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "kubemate:developer"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "Group", Name: "kubemate:red-team"}},
	}
	if _, err := admin.RbacV1().RoleBindings("red").Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "bob sees the configmaps of red, and only them", func() bool {
		status, answer := r.call(http.DefaultClient, "GET", podsPage, bob, "")
		if bytes.Contains(answer, []byte("blue")) {
			t.Fatalf("bob sees blue: %s", answer)
		}
		return status == http.StatusOK && bytes.Contains(answer, []byte("red-settings"))
	})
	if p := r.page(bob, podsPage); p.Total != len(p.Rows) {
		t.Errorf("the total tells of hidden objects: %+v", p)
	}
	if status, answer := r.call(http.DefaultClient, "GET", "/api/v1/clusters/local/resources/configmaps/objects/blue/blue-settings", bob, ""); status != http.StatusForbidden && status != http.StatusNotFound {
		t.Errorf("bob opens an object of blue: %d %s", status, answer)
	}
	if err := admin.RbacV1().RoleBindings("red").Delete(ctx, "red-team", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "bob sees nothing any more", func() bool {
		_, answer := r.call(http.DefaultClient, "GET", podsPage, bob, "")
		return !bytes.Contains(answer, []byte("red-settings"))
	})
}

// TestRestart: sessions, users and links survive; the socket of a killed server is replaced.
func TestRestart(t *testing.T) {
	folder := t.TempDir()
	r := startServer(t, folder)
	carol := r.signIn("carol", "viewers")
	r.stop()
	r = startServer(t, folder)
	status, answer := r.call(http.DefaultClient, "GET", "/api/v1/auth/session", carol, "")
	if status != http.StatusOK || !bytes.Contains(answer, []byte(`"name":"carol"`)) {
		t.Errorf("after a restart: %d %s", status, answer)
	}
	if status, _ := r.call(http.DefaultClient, "GET", "/metrics", carol, ""); status != http.StatusForbidden {
		t.Errorf("metrics as a viewer: %d", status)
	}
	status, answer = r.call(r.socket, "GET", "/metrics", "", "")
	if status != http.StatusOK || !bytes.Contains(answer, []byte(`kubemate_http_request_duration_seconds_count{method="GET",route="/api/v1/auth/session"`)) {
		t.Errorf("metrics by the socket: %d", status)
	}
	info, err := os.Stat(filepath.Join(folder, "server", "kubemate.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("database %v %v", info, err)
	}
}

// TestImpersonatedCallsObeyTheCluster: a change goes out as the user, so the cluster refuses
// what he may not do, whatever the server thinks.
func TestImpersonatedCallsObeyTheCluster(t *testing.T) {
	r := startServer(t, t.TempDir())
	dora := r.signIn("dora", "viewers")
	object := `{"yaml":"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: dora-was-here\n"}`
	if status, answer := r.call(http.DefaultClient, "POST", "/api/v1/clusters/local/objects", dora, object); status < 400 && !bytes.Contains(answer, []byte("failed")) {
		t.Errorf("a viewer could create a namespace: %d %s", status, answer)
	}
	admin, err := kubernetes.NewForConfig(testkit.APIServer(t).Admin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.CoreV1().Namespaces().Get(context.Background(), "dora-was-here", metav1.GetOptions{}); err == nil {
		t.Error("the namespace was made")
	}
	status, answer := r.call(http.DefaultClient, "GET", "/api/v1/clusters/local/resources/secrets", dora, "")
	if status == http.StatusOK && bytes.Contains(answer, []byte("user-")) {
		t.Errorf("a viewer sees secrets: %s", answer)
	}
}
