package access

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/records"
	"kubemate.io/kubemate/internal/testkit"
)

const goodPassword = "correct horse battery"

// suite is the feature behind the real border, over a real API server.
type suite struct {
	*Feature
	testkit.Scenarios
	t     *testing.T
	clock *testkit.Clock
	admin kubernetes.Interface
	rbac  *authz.RBAC
}

// newSuite starts the feature on the suite's API server, with the rights that the server has in
// the embedded cluster. Its tests do not run in parallel:
// users are shared by all.
func newSuite(t *testing.T) *suite {
	t.Helper()
	cp := testkit.APIServer(t)
	admin, err := kubernetes.NewForConfig(cp.Admin)
	if err != nil {
		t.Fatal(err)
	}
	connector := kube.NewConnector(kube.Options{})
	if err := connector.Add("local", "Local", kube.Fixed(cp.Server)); err != nil {
		t.Fatal(err)
	}
	cluster, err := connector.Cluster("local")
	if err != nil {
		t.Fatal(err)
	}
	store, err := records.Open(context.Background(), filepath.Join(t.TempDir(), "test.db"), []records.Migration{{Number: 1, Name: "sessions", SQL: Schema}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s := &suite{t: t, clock: testkit.NewClock(), admin: admin, rbac: authz.NewRBAC(authz.RBACOptions{Cluster: "local"})}
	s.clock.Turn(time.Since(s.clock.Now())) // cookies are judged by the real time of clients
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	rules := func(string) (authz.Rules, error) { return s.rbac, nil }
	s.Feature = New(Deps{
		Log: log, Records: store, Cluster: cluster, Rights: s.rbac, Rules: rules, URL: func() string { return "http://kubemate.test" },
		Version: "test", Now: s.clock.Now,
	})
	s.hasher = newHasher(hashCost{memory: 64, passes: 1, threads: 1}) // tests sign in often
	border, err := httpapi.New(httpapi.Options{
		Log: log, Auth: s.Authenticator(), Rules: rules, Now: s.clock.Now,
		Limits: httpapi.Limits{SessionRate: 1e6, SessionBurst: 1e6, AddressRate: 1e6, AddressBurst: 1e6},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Routes(border.API())
	server := httptest.NewServer(border)
	t.Cleanup(server.Close)
	s.Scenarios = testkit.Scenarios{URL: server.URL, Tokens: map[string]string{}}
	s.run()
	return s
}

func (s *suite) run() {
	s.t.Helper()
	s.removeUsers()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Feature.Run(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("Run: %v", err)
		}
	})
	testkit.Eventually(s.t, "users and roles are loaded", func() bool { return s.Ready(ctx) == nil })
	s.loadRules()
}

// removeUsers removes what an earlier test left.
func (s *suite) removeUsers() {
	s.t.Helper()
	ctx := context.Background()
	list, err := s.directory.cluster.System().Dynamic.Resource(usersResource()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return // the resource is not installed yet
	}
	for _, o := range list.Items {
		if err := s.directory.cluster.System().Dynamic.Resource(usersResource()).Delete(ctx, o.GetName(), metav1.DeleteOptions{}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// loadRules reads the cluster's rules; in the server a watch does so.
func (s *suite) loadRules() {
	s.t.Helper()
	ctx, all := context.Background(), metav1.ListOptions{}
	var p authz.Policy
	cr, err1 := s.admin.RbacV1().ClusterRoles().List(ctx, all)
	crb, err2 := s.admin.RbacV1().ClusterRoleBindings().List(ctx, all)
	rb, err3 := s.admin.RbacV1().RoleBindings("").List(ctx, all)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			s.t.Fatal(err)
		}
	}
	for i := range cr.Items {
		p.ClusterRoles = append(p.ClusterRoles, &cr.Items[i])
	}
	for i := range crb.Items {
		p.ClusterRoleBindings = append(p.ClusterRoleBindings, &crb.Items[i])
	}
	for i := range rb.Items {
		p.RoleBindings = append(p.RoleBindings, &rb.Items[i])
	}
	s.rbac.Replace(p)
}

// user makes a user with a password and signs him in by a token.
func (s *suite) user(name string, groups ...string) {
	s.t.Helper()
	ctx := context.Background()
	u, err := s.directory.create(ctx, user{Name: name, Groups: groups})
	if err != nil {
		s.t.Fatal(err)
	}
	s.password(u)
	s.Tokens[name] = s.token(name, goodPassword)
}

func (s *suite) password(u user) {
	s.t.Helper()
	ctx := context.Background()
	hash, err := s.hasher.hash(ctx, goodPassword)
	if err == nil {
		err = s.credentials.store(ctx, u, hash, s.now())
	}
	if err == nil {
		err = s.directory.notePassword(ctx, u.Name, s.now())
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *suite) token(name, password string) string {
	s.t.Helper()
	resp := s.Do(s.t, signInAs(name, password, "X-Kubemate-Client", "cli"))
	return decode[Session](s.t, resp, http.StatusOK).Token
}

func signInAs(name, password string, header ...string) testkit.Scenario {
	row := testkit.Scenario{
		Method: "POST", Path: "/api/v1/auth/sign-in", Body: `{"username":"` + name + `","password":"` + password + `"}`, Header: map[string]string{},
	}
	for i := 0; i < len(header); i += 2 {
		row.Header[header[i]] = header[i+1]
	}
	return row
}

func decode[T any](t *testing.T, resp *http.Response, status int) T {
	t.Helper()
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("status %d, want %d: %s (%v)", resp.StatusCode, status, body, err)
	}
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

// bind gives a Kubemate group a role made of rules.
func (s *suite) bind(group string, rules ...rbacv1.PolicyRule) {
	s.t.Helper()
	ctx, name := context.Background(), "test-"+group
	_, err := s.admin.RbacV1().ClusterRoles().Create(ctx, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}, metav1.CreateOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = s.admin.RbacV1().ClusterRoleBindings().Create(ctx, &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "Group", Name: "kubemate:" + group}},
	}, metav1.CreateOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = s.admin.RbacV1().ClusterRoles().Delete(ctx, name, metav1.DeleteOptions{})
		_ = s.admin.RbacV1().ClusterRoleBindings().Delete(ctx, name, metav1.DeleteOptions{})
	})
	s.loadRules()
}

// browser is a client that keeps a cookie.
type browser struct {
	s      *suite
	cookie string
	csrf   string
}

func (b *browser) do(method, path, body string, header ...string) *http.Response {
	b.s.t.Helper()
	row := testkit.Scenario{Method: method, Path: path, Body: body, Header: map[string]string{"X-Kubemate-CSRF": b.csrf}}
	if b.cookie != "" {
		row.Header["Cookie"] = b.cookie
	}
	for i := 0; i < len(header); i += 2 {
		row.Header[header[i]] = header[i+1]
	}
	resp := b.s.Do(b.s.t, row)
	for _, c := range resp.Cookies() {
		b.cookie = c.Name + "=" + c.Value
	}
	return resp
}

func (b *browser) status(method, path, body string, header ...string) int {
	b.s.t.Helper()
	resp := b.do(method, path, body, header...)
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// visit signs a browser in by a one-time link for a user.
func (s *suite) visit(name string) *browser {
	s.t.Helper()
	u, err := s.findUser(name)
	if err != nil {
		s.t.Fatal(err)
	}
	url, _, err := s.newLink(context.Background(), u)
	if err != nil {
		s.t.Fatal(err)
	}
	_, token, _ := strings.Cut(url, "#token=")
	b := &browser{s: s}
	b.csrf = decode[Session](s.t, b.do("POST", "/api/v1/auth/sign-in-link", `{"token":"`+token+`"}`), http.StatusOK).CSRF
	return b
}
