package fleet_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/testkit"
)

// everything is the rules of somebody who may do all.
type everything struct{}

func (everything) Allowed(context.Context, authz.Identity, authz.Attributes) (allowed bool, reason string, err error) {
	return true, "", nil
}

func (everything) Visible(context.Context, authz.Identity, string, string, string) (authz.Visible, error) {
	return authz.Visible{All: true}, nil
}
func (everything) Generation() uint64 { return 1 }

func allScope() *authz.Scope {
	id := authz.Identity{User: "admin", Groups: []string{"platform-admins"}}
	return authz.NewScope(id, func(string) (authz.Rules, error) { return everything{}, nil })
}

// suite is a Fleet over the real API server.
type suite struct {
	*fleet.Fleet
	admin kubernetes.Interface
	scope *authz.Scope
}

func newSuite(t *testing.T) *suite {
	t.Helper()
	cp := testkit.APIServer(t)
	registry := kube.NewConnector(kube.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err := registry.Add("local", "Local", kube.Fixed(cp.Server)); err != nil {
		t.Fatal(err)
	}
	f := fleet.New(fleet.Deps{Clusters: registry, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { _ = registry.Run(ctx); done <- struct{}{} }()
	go func() { _ = f.Run(ctx); done <- struct{}{} }()
	t.Cleanup(func() { cancel(); <-done; <-done })
	admin, err := kubernetes.NewForConfig(cp.Admin)
	if err != nil {
		t.Fatal(err)
	}
	return &suite{Fleet: f, admin: admin, scope: allScope()}
}

// until repeats a check, for a minute at most, until it holds.
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

// namespace makes one whose name begins as given, with the service account that pods need.
func (s *suite) namespace(t *testing.T, prefix string) string {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: prefix + "-"}}
	ns, err := s.admin.CoreV1().Namespaces().Create(t.Context(), ns, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err := s.admin.CoreV1().ServiceAccounts(ns.Name).Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return ns.Name
}

func (s *suite) list(t *testing.T, q fleet.Query) *fleet.Page {
	t.Helper()
	q.Cluster = "local"
	p, err := s.List(t.Context(), s.scope, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func names(p *fleet.Page) (out []string) {
	for _, r := range p.Rows {
		out = append(out, r.Name)
	}
	return out
}

func pod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "teller"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "example/teller:1"}}},
	}
}

func TestListFollowsTheAPIServer(t *testing.T) {
	s := newSuite(t)
	ns := s.namespace(t, "follow")
	q := fleet.Query{Resource: "po", Namespaces: []string{ns}}
	if p := s.list(t, q); p.Resource != "pods" || p.State.Phase != "live" {
		t.Fatalf("got %+v", p)
	}
	for i := range 3 {
		if _, err := s.admin.CoreV1().Pods(ns).Create(t.Context(), pod(fmt.Sprintf("teller-%d", i)), metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "three pods", func() bool { return s.list(t, q).Total == 3 })
	err := s.admin.CoreV1().Pods(ns).Delete(t.Context(), "teller-1", *metav1.NewDeleteOptions(0))
	if err != nil {
		t.Fatal(err)
	}
	until(t, "one pod less", func() bool { return fmt.Sprint(names(s.list(t, q))) == "[teller-0 teller-2]" })
	p := s.list(t, fleet.Query{Resource: "pods", Namespaces: []string{ns}, Labels: "app=teller", Columns: []string{"status", "ready", "images"}})
	if got := fmt.Sprint(p.Rows[0].Cells); got != "[[progress Pending] [0 1] [example/teller:1]]" {
		t.Errorf("cells %s", got)
	}
	u, state, err := s.Get(t.Context(), s.scope, kube.Ref{Cluster: "local", Resource: "pods", Namespace: ns, Name: "teller-0"})
	if err != nil || state.Phase != "live" || u.GetKind() != "Pod" || u.GetManagedFields() != nil {
		t.Errorf("Get gave %v, %v, %v", u, state, err)
	}
}

func TestSecretsKeepTheirValuesOutside(t *testing.T) {
	s := newSuite(t)
	ns := s.namespace(t, "hush")
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "key", Annotations: map[string]string{corev1.LastAppliedConfigAnnotation: "d2hpc3Blcg=="}},
		StringData: map[string]string{"password": "whisper", "user": "a"}, Type: corev1.SecretTypeOpaque,
	}
	if _, err := s.admin.CoreV1().Secrets(ns).Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	q := fleet.Query{Resource: "secrets", Namespaces: []string{ns}, Columns: []string{"name", "type", "data"}}
	until(t, "the secret", func() bool { return s.list(t, q).Total == 1 })
	if got := fmt.Sprint(s.list(t, q).Rows[0].Cells); got != "[key Opaque 2]" {
		t.Errorf("cells %s", got)
	}
	for u, err := range s.Select(t.Context(), s.scope, fleet.Selection{Cluster: "local", Resource: "secrets", Namespaces: []string{ns}}) {
		if err != nil {
			t.Fatal(err)
		}
		if u.Object["data"] != nil || len(u.GetAnnotations()) != 0 {
			t.Errorf("the cache holds %v", u.Object)
		}
	}
	secret.Labels = map[string]string{"changed": "yes"}
	if _, err := s.admin.CoreV1().Secrets(ns).Update(t.Context(), secret, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	q.Labels = "changed"
	until(t, "the changed secret", func() bool { p := s.list(t, q); return p.Total == 1 && fmt.Sprint(p.Rows[0].Cells) == "[key Opaque 2]" })
}

func TestEveryKindIsListed(t *testing.T) {
	s := newSuite(t)
	registryKinds := s.kinds(t)
	for _, k := range registryKinds {
		if !contains(k.Verbs, "list") {
			continue
		}
		p, err := s.List(t.Context(), s.scope, fleet.Query{Cluster: "local", Resource: k.Resource, Limit: 5})
		if err != nil {
			t.Errorf("%s: %v", k.Resource, err)
			continue
		}
		if p.State.Phase != "live" {
			t.Errorf("%s: %+v", k.Resource, p.State)
		}
	}
}

func (s *suite) kinds(t *testing.T) []kube.Kind {
	t.Helper()
	registry := kube.NewConnector(kube.Options{})
	if err := registry.Add("local", "", kube.Fixed(testkit.APIServer(t).Server)); err != nil {
		t.Fatal(err)
	}
	c, _ := registry.Cluster("local")
	kinds, err := c.Kinds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestSourceGivesTypedObjects(t *testing.T) {
	s := newSuite(t)
	src := s.System("local", "clusterroles.rbac.authorization.k8s.io")
	found := false
	err := src.Each(t.Context(), func(o metav1.Object) error {
		found = found || o.GetName() == "cluster-admin"
		return nil
	})
	if err != nil || !found || src.Seq() == 0 {
		t.Errorf("found %v, seq %d, %v", found, src.Seq(), err)
	}
}

func TestUnknownKindAndCluster(t *testing.T) {
	s := newSuite(t)
	for _, q := range []fleet.Query{{Cluster: "local", Resource: "wombats"}, {Cluster: "mars", Resource: "pods"}} {
		if _, err := s.List(t.Context(), s.scope, q); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
