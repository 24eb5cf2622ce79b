package resources

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/records"
	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/testkit"
)

// world is the feature behind the real border, before a real API server with its controllers.
type world struct {
	testkit.Scenarios
	t       *testing.T
	admin   kubernetes.Interface // of the cluster, not of Kubemate
	feature *Feature
	deps    Deps
	store   jobs.Store
	// stopJobs ends the manager of jobs and waits, as the end of its process would.
	stopJobs func()
}

// users are alice, who may do everything; vera, who may view namespace "shop"; and nils, who has no rights.
func users() map[string]authz.Identity {
	return map[string]authz.Identity{
		"alice": {User: "alice", Groups: []string{"ops"}}, "vera": {User: "vera", Groups: []string{"viewers"}}, "nils": {User: "nils"},
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	cp := testkit.OwnAPIServer(t, embedded.WithComponents(embedded.ControllerManager))
	admin, err := kubernetes.NewForConfig(cp.Admin)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	connector := kube.NewConnector(kube.Options{Log: log})
	if err := connector.Add("local", "Local", kube.Fixed(cp.Server)); err != nil {
		t.Fatal(err)
	}
	cache := fleet.New(fleet.Deps{Clusters: connector, Log: log})
	store, err := records.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), []records.Migration{{Number: 1, Name: "jobs", SQL: jobs.Schema}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	w := &world{t: t, admin: admin, store: jobs.NewSQLStore(store.Write, store.Read), deps: Deps{Clusters: connector, Fleet: cache, Log: log}}
	w.serve(connector.Run, cache.Run)
	w.feature = w.startJobs()
	w.grant()
	w.Scenarios = testkit.Border(t, users(), rulesFrom(admin), func(api *httpapi.API) { w.feature.Routes(api) })
	return w
}

// startJobs starts a manager of jobs over the stored ones, as a new process would.
func (w *world) startJobs() *Feature {
	deps := w.deps
	deps.Jobs = jobs.New(jobs.Options{Store: w.store, Log: deps.Log})
	feature := New(deps)
	w.stopJobs = w.serve(deps.Jobs.Run)
	return feature
}

// serve runs background work until the test ends, or until stop, which waits.
func (w *world) serve(runs ...func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range runs {
		running.Go(func() { _ = run(ctx) })
	}
	stop = func() { cancel(); running.Wait() }
	w.t.Cleanup(stop)
	return stop
}

// rulesFrom asks the cluster itself who may do what.
func rulesFrom(admin kubernetes.Interface) authz.RulesOf {
	ask := func(ctx context.Context, r *authorizationv1.SubjectAccessReview) (*authorizationv1.SubjectAccessReview, error) {
		return admin.AuthorizationV1().SubjectAccessReviews().Create(ctx, r, metav1.CreateOptions{})
	}
	review := authz.NewReview(ask, func(context.Context) ([]string, error) { return []string{"shop", "default"}, nil }, time.Now)
	return func(cluster string) (authz.Rules, error) {
		if cluster != "local" {
			return nil, errs.New(errs.NotFound, "there is no cluster %q", cluster)
		}
		return review, nil
	}
}

// grant binds the users' groups and makes the namespace shop.
func (w *world) grant() {
	w.t.Helper()
	ctx := w.t.Context()
	w.namespace("shop")
	group := func(name string) []rbacv1.Subject {
		return []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "kubemate:" + name}}
	}
	_, err := w.admin.RbacV1().ClusterRoleBindings().Create(ctx, &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "ops"}, Subjects: group("ops"),
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
	}, metav1.CreateOptions{})
	w.ok(err)
	_, err = w.admin.RbacV1().RoleBindings("shop").Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "viewers"}, Subjects: group("viewers"),
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"},
	}, metav1.CreateOptions{})
	w.ok(err)
}

// namespace makes a namespace and waits until its default service account is there.
func (w *world) namespace(name string) {
	w.t.Helper()
	_, err := w.admin.CoreV1().Namespaces().Create(w.t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	w.ok(err)
	testkit.Eventually(w.t, "the default service account of "+name, func() bool {
		_, err := w.admin.CoreV1().ServiceAccounts(name).Get(w.t.Context(), "default", metav1.GetOptions{})
		return err == nil
	})
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// answer is what came back of a call.
type answer struct {
	status int
	body   []byte
	header http.Header
}

// call sends a request as a user; a body is encoded as JSON.
func (w *world) call(as, method, path string, body any) answer {
	w.t.Helper()
	text := ""
	if body != nil {
		encoded, err := json.Marshal(body)
		w.ok(err)
		text = string(encoded)
	}
	resp := w.Do(w.t, testkit.Scenario{Method: method, Path: "/api/v1" + path, As: as, Body: text})
	defer func() { _ = resp.Body.Close() }()
	out, err := io.ReadAll(resp.Body)
	w.ok(err)
	return answer{resp.StatusCode, bytes.TrimSpace(out), resp.Header}
}

// get calls as alice and decodes an answer that must be good.
func get[T any](w *world, method, path string, body any) T {
	w.t.Helper()
	a := w.call("alice", method, path, body)
	if a.status >= 300 {
		w.t.Fatalf("%s %s: status %d: %s", method, path, a.status, a.body)
	}
	var out T
	w.ok(json.Unmarshal(a.body, &out))
	return out
}

// refused calls as alice and decodes a problem that must have a status.
func (w *world) refused(status int, method, path string, body any) map[string]any {
	w.t.Helper()
	a := w.call("alice", method, path, body)
	if a.status != status {
		w.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.body)
	}
	var out map[string]any
	w.ok(json.Unmarshal(a.body, &out))
	return out
}

// object is the path of an object in cluster local.
func object(resource, namespace, name string) string {
	return "/clusters/local/resources/" + resource + "/objects/" + namespace + "/" + name
}
