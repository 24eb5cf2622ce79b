package clusters

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/testkit"
)

// byUser gives each user a fixed part of everything.
type byUser map[string]authz.Visible

func (b byUser) Visible(_ context.Context, id authz.Identity, _, _, resource string) (authz.Visible, error) {
	v := b[id.User]
	if !v.All && (resource == "nodes" || resource == "namespaces") {
		return authz.Visible{}, nil
	}
	return v, nil
}

func (b byUser) Allowed(_ context.Context, id authz.Identity, a authz.Attributes) (allowed bool, reason string, err error) {
	if b[id.User].Sees(a.Namespace, a.Name) {
		return true, "by the role of the test", nil
	}
	return false, "no rule allows it", nil
}

func (byUser) Generation() uint64 { return 1 }

// bench is the feature behind the real border, over the real API server.
type bench struct {
	testkit.Scenarios
	admin kubernetes.Interface
	ns    string // in which "dev" may do everything
}

func newBench(t *testing.T) *bench {
	t.Helper()
	cp := testkit.APIServer(t)
	admin, err := kubernetes.NewForConfig(cp.Admin)
	if err != nil {
		t.Fatal(err)
	}
	ns, err := admin.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "clusters-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	registry := kube.NewConnector(kube.Options{})
	if err := registry.Add("local", "This cluster", kube.Fixed(cp.Server)); err != nil {
		t.Fatal(err)
	}
	f := fleet.New(fleet.Deps{Clusters: registry})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() { done <- registry.Run(ctx) }()
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; <-done })
	users := byUser{
		"admin": {All: true},
		"dev":   {Namespaces: map[string]struct{}{ns.Name: {}}},
		"eve":   {},
	}
	rules := func(cluster string) (authz.Rules, error) {
		if cluster != "local" {
			return nil, errs.New(errs.NotFound, "there is no cluster %q", cluster)
		}
		return users, nil
	}
	feature := New(Deps{Clusters: registry, Fleet: f, Rules: rules, Actions: func(kube.Kind) []string { return []string{"act"} }})
	identities := map[string]authz.Identity{"admin": {User: "admin"}, "dev": {User: "dev"}, "eve": {User: "eve"}}
	return &bench{Scenarios: testkit.Border(t, identities, rules, feature.Routes), admin: admin, ns: ns.Name}
}

const base = "/api/v1/clusters"

func TestEndpoints(t *testing.T) {
	b := newBench(t)
	var table []testkit.Scenario
	for _, path := range []string{"", "/local", "/local/overview", "/local/kinds", "/local/namespaces"} {
		table = append(table, testkit.Scenario{Name: "nobody gets " + path, Method: http.MethodGet, Path: base + path, Status: 401})
	}
	for _, path := range []string{"/local", "/local/overview", "/local/kinds", "/local/namespaces"} {
		table = append(table, testkit.Scenario{Name: "eve gets " + path, Method: http.MethodGet, Path: base + path, As: "eve", Status: 403, Want: []string{"may see nothing in cluster local"}})
	}
	ask := `{"questions":[{"verb":"get","resource":"po","namespace":"` + b.ns + `"},{"verb":"delete","resource":"nodes","name":"n"}]}`
	table = append(table, []testkit.Scenario{
		{Name: "nobody asks", Method: http.MethodPost, Path: base + "/local/can", Body: ask, Status: 401},
		{Name: "eve sees no cluster", Method: http.MethodGet, Path: base, As: "eve", Status: 200, Want: []string{`"clusters":[]`}},
		{Name: "eve asks", Method: http.MethodPost, Path: base + "/local/can", Body: ask, As: "eve", Status: 200, Want: []string{`"allowed":false`}, Not: []string{`"allowed":true`}},
		{Name: "dev asks", Method: http.MethodPost, Path: base + "/local/can", Body: ask, As: "dev", Status: 200, Want: []string{`"allowed":true`, `"allowed":false`, "no rule allows it"}},
		{Name: "malformed question", Method: http.MethodPost, Path: base + "/local/can", Body: `{"questions":[{"verb":""}]}`, As: "dev", Status: 422},
		{Name: "unknown cluster", Method: http.MethodGet, Path: base + "/mars", As: "admin", Status: 404, Want: []string{"mars"}},
		{Name: "admin sees the cluster", Method: http.MethodGet, Path: base, As: "admin", Status: 200, Want: []string{`"displayName":"This cluster"`, `"nodes":{"ready":0,"total":0}`}},
		{Name: "dev sees no nodes", Method: http.MethodGet, Path: base + "/local", As: "dev", Status: 200, Want: []string{`"nodes":null`, `"capacity":null`, `"pods":{"running":0,"total":0}`}},
		{Name: "kinds", Method: http.MethodGet, Path: base + "/local/kinds", As: "admin", Status: 200, Want: []string{`"resource":"deployments.apps"`, `"id":"restarts"`, `"actions":["act"]`, `"incomplete":[]`}},
		{Name: "dev enters one namespace", Method: http.MethodGet, Path: base + "/local/namespaces", As: "dev", Status: 200, Want: []string{b.ns}, Not: []string{"kube-system"}},
		{Name: "admin enters all", Method: http.MethodGet, Path: base + "/local/namespaces", As: "admin", Status: 200, Want: []string{b.ns, "kube-system"}},
		{Name: "overview of a namespace", Method: http.MethodGet, Path: base + "/local/overview?namespace=" + b.ns, As: "dev", Status: 200, Want: []string{`"problems":[]`}, Not: []string{`"resource":"nodes"`}},
	}...)
	b.Run(t, table)
}

func TestOverviewShowsTrouble(t *testing.T) {
	b := newBench(t)
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "broken"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "a"}}}}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err := b.admin.CoreV1().ServiceAccounts(b.ns).Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	p, err := b.admin.CoreV1().Pods(b.ns).Create(t.Context(), p, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", RestartCount: 3, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}}}
	if _, err := b.admin.CoreV1().Pods(b.ns).UpdateStatus(t.Context(), p, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	event := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: "e1"}, Type: corev1.EventTypeWarning, Reason: "BackOff", Message: "back-off", Count: 4,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "broken", Namespace: b.ns}, LastTimestamp: metav1.Now(),
	}
	if _, err := b.admin.CoreV1().Events(b.ns).Create(t.Context(), event, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	var o Overview
	testkit.Eventually(t, "the problem and the warning", func() bool {
		o = b.overview(t)
		return len(o.Problems) == 1 && len(o.Warnings) == 1 && o.Problems[0].Status == "CrashLoopBackOff"
	})
	if got := o.Problems[0]; got.Tone != "error" || got.Ref.Name != "broken" || got.Message != "3 restarts" {
		t.Errorf("problem %+v", got)
	}
	if got := o.Warnings[0]; got.Ref == nil || got.Ref.Resource != "pods" || got.Ref.Namespace != b.ns || got.Count != 4 {
		t.Errorf("warning %+v", got)
	}
	for _, c := range o.Counts {
		if c.Resource == "pods" && (c.Total != 1 || c.ByTone["error"] != 1) {
			t.Errorf("count %+v", c)
		}
	}
}

func (b *bench) overview(t *testing.T) (o Overview) {
	t.Helper()
	resp := b.Do(t, testkit.Scenario{Method: http.MethodGet, Path: base + "/local/overview?namespace=" + b.ns, As: "dev"})
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}
