package resources

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/testkit"
)

// TestCluster is everything that needs a real API server; they share one.
func TestCluster(t *testing.T) {
	w := newWorld(t)
	for _, part := range []struct {
		name string
		run  func(*world)
	}{
		{"rights", testRights},
		{"odd input", testOddInput},
		{"apply", testApply},
		{"apply with its own namespace and kind", testApplyDependencies},
		{"edit", testEdit},
		{"secrets", testSecrets},
		{"patch, delete, bulk", testBulk},
		{"rollout", testRollout},
		{"jobs and cron jobs", testCron},
		{"quota", testQuota},
		{"drain", testDrain},
		{"reading", testReading},
	} {
		t.Run(part.name, func(t *testing.T) {
			own := *w
			own.t = t
			part.run(&own)
		})
	}
}

const teller = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: teller
  labels: {app: teller}
spec:
  replicas: 2
  selector: {matchLabels: {app: teller}}
  template:
    metadata: {labels: {app: teller}}
    spec:
      containers:
      - name: app
        image: registry.example/teller:1
`

func testRights(w *world) {
	get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{YAML: teller, Namespace: "shop"})
	const base = "/api/v1/clusters/local"
	one := "/api/v1" + object("deployments.apps", "shop", "teller")
	body := `{"yaml":"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n","namespace":"shop"}`
	testkit.Eventually(w.t, "the cache knows the deployment", func() bool {
		return w.call("alice", "GET", object("deployments.apps", "shop", "teller"), nil).status == http.StatusOK
	})
	w.Run(w.t, []testkit.Scenario{
		{Name: "nobody lists", Method: "GET", Path: base + "/resources/pods", Status: 401},
		{Name: "nobody reads", Method: "GET", Path: one, Status: 401},
		{Name: "nobody applies", Method: "POST", Path: base + "/objects", Body: body, Status: 401},
		{Name: "nobody searches", Method: "GET", Path: "/api/v1/search?q=teller", Status: 401},
		{Name: "without rights: no object", Method: "GET", Path: one, As: "nils", Status: 403, Want: []string{"deployments"}},
		{Name: "without rights: no yaml", Method: "GET", Path: one + "/yaml", As: "nils", Status: 403},
		{Name: "without rights: no events", Method: "GET", Path: one + "/events", As: "nils", Status: 403},
		{Name: "without rights: no owners", Method: "GET", Path: one + "/owners", As: "nils", Status: 403},
		{Name: "without rights: no related", Method: "GET", Path: one + "/related", As: "nils", Status: 403},
		{Name: "without rights: no why", Method: "GET", Path: one + "/why", As: "nils", Status: 403},
		{Name: "without rights: no rollout", Method: "GET", Path: one + "/rollout", As: "nils", Status: 403},
		{Name: "without rights: search finds nothing", Method: "GET", Path: "/api/v1/search?q=teller", As: "nils", Status: 200, Want: []string{`"results":[]`}},
		{Name: "a viewer may not scale", Method: "POST", Path: one + "/scale", As: "vera", Body: `{"replicas":1}`, Status: 403},
		{Name: "a viewer may not restart", Method: "POST", Path: one + "/restart", As: "vera", Status: 403},
		{Name: "a viewer may not delete", Method: "DELETE", Path: one, As: "vera", Status: 403},
		{Name: "a viewer may not edit", Method: "PATCH", Path: one, As: "vera", Body: `{"patch":{}}`, Status: 403},
		{Name: "a viewer may not undo", Method: "POST", Path: one + "/rollout/undo", As: "vera", Body: `{}`, Status: 403},
		{
			Name: "a viewer's apply fails object by object", Method: "POST", Path: base + "/objects", As: "vera", Body: body, Status: 200,
			Want: []string{`"action":"failed"`, `"code":"forbidden"`, `"status":403`},
		},
		{
			Name: "a viewer's bulk fails object by object", Method: "POST", Path: base + "/bulk", As: "vera", Status: 200,
			Body: `{"action":"delete","objects":[{"resource":"deployments.apps","namespace":"shop","name":"teller"}]}`, Want: []string{`"failed":1`, `"forbidden"`},
		},
		{Name: "a viewer reads", Method: "GET", Path: one, As: "vera", Status: 200, Want: []string{`"scale":false`, `"get":true`}},
		{Name: "a viewer finds it", Method: "GET", Path: "/api/v1/search?q=tell", As: "vera", Status: 200, Want: []string{`"name":"teller"`}},
		{Name: "unknown cluster", Method: "GET", Path: "/api/v1/clusters/mars/resources/pods", As: "alice", Status: 404},
		{Name: "unknown kind", Method: "GET", Path: base + "/resources/podz", As: "alice", Status: 404, Want: []string{"podz"}},
		{Name: "unknown object", Method: "GET", Path: one + "x", As: "alice", Status: 404},
		{Name: "no namespace where one is needed", Method: "GET", Path: base + "/resources/pods/objects/_/a", As: "alice", Status: 400, Want: []string{"belong to a namespace"}},
		{Name: "a namespace where there is none", Method: "GET", Path: base + "/resources/nodes/objects/shop/a", As: "alice", Status: 400, Want: []string{"belong to no namespace"}},
		{Name: "a filter that is none", Method: "GET", Path: base + "/resources/pods?filter=status", As: "alice", Status: 400, Want: []string{"filter"}},
		{Name: "a bad label selector", Method: "GET", Path: base + "/resources/pods?labels=a%3D%3D%3Db%2C%2C", As: "alice", Status: 400},
		{Name: "a page far past the end", Method: "GET", Path: base + "/resources/deployments.apps?offset=100000", As: "alice", Status: 200, Want: []string{`"rows":[]`, `"total":1`}},
		{Name: "pods can't be scaled", Method: "POST", Path: "/api/v1" + object("configmaps", "shop", "a") + "/scale", As: "alice", Body: `{"replicas":1}`, Status: 400},
		{Name: "config maps can't be restarted", Method: "POST", Path: "/api/v1" + object("configmaps", "shop", "a") + "/restart", As: "alice", Status: 400},
		{Name: "csv", Method: "GET", Path: base + "/resources/deployments.apps?namespace=shop", As: "vera", Header: map[string]string{"Accept": "text/csv"}, Status: 200, Want: []string{"name,", "teller,"}},
	})
}

func testApply(w *world) {
	w.namespace("apply")
	post := func(req ApplyRequest) ApplyResults {
		if req.Namespace == "" {
			req.Namespace = "apply"
		}
		return get[ApplyResults](w, "POST", "/clusters/local/objects", req)
	}
	const two = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: one}\n---\n" + teller
	checked := post(ApplyRequest{YAML: two, DryRun: true})
	if checked.Failed != 0 || checked.Results[0].Action != actionCreated || !strings.Contains(checked.Results[1].After, "image: registry.example/teller:1") {
		w.t.Fatalf("dry run: %+v", checked)
	}
	w.refused(http.StatusNotFound, "GET", object("configmaps", "apply", "a"), nil)
	for i, want := range []string{actionCreated, actionUnchanged} {
		out := post(ApplyRequest{YAML: two})
		if out.Results[0].Action != want || out.Results[1].Action != want {
			w.t.Fatalf("apply %d: %+v", i, out)
		}
		testkit.Eventually(w.t, "the controller has written its annotation", func() bool { // what it writes meanwhile would count as a change
			d, err := w.admin.AppsV1().Deployments("apply").Get(w.t.Context(), "teller", metav1.GetOptions{})
			return err == nil && d.Annotations["deployment.kubernetes.io/revision"] != ""
		})
	}
	changed := post(ApplyRequest{YAML: strings.Replace(two, "x: one", "x: two", 1)})
	if r := changed.Results[0]; r.Action != actionConfigured || !strings.Contains(r.Before, "x: one") || !strings.Contains(r.After, "x: two") {
		w.t.Fatalf("change: %+v", r)
	}
	again := post(ApplyRequest{YAML: two, Mode: modeCreate})
	if again.Failed != 2 || again.Results[0].Problem.Code != "conflict" {
		w.t.Fatalf("create what exists: %+v", again)
	}

	// One bad document keeps the good one from being written.
	bad := post(ApplyRequest{YAML: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n---\n" + strings.Replace(teller, "image:", "imagee:", 1)})
	if bad.Failed != 1 || bad.Results[0].Action != actionSkipped {
		w.t.Fatalf("half bad: %+v", bad)
	}
	p := bad.Results[1].Problem
	if len(p.Fields) == 0 || p.Fields[0].Path != "spec.template.spec.containers[0].imagee" || !strings.Contains(p.Fields[0].Message, "line 18, column 9") {
		w.t.Fatalf("the unknown field is not located: %+v", p)
	}
	w.refused(http.StatusNotFound, "GET", object("configmaps", "apply", "b"), nil)

	invalid := post(ApplyRequest{YAML: strings.Replace(teller, "replicas: 2", "replicas: -1", 1)})
	if p := invalid.Results[0].Problem; p == nil || p.Code != "unprocessable" || len(p.Fields) == 0 || !strings.Contains(p.Fields[0].Message, "line 7") {
		w.t.Fatalf("invalid value: %+v", p)
	}
	unknown := post(ApplyRequest{YAML: "apiVersion: v2\nkind: Deployment\nmetadata: {name: a}\n"})
	if p := unknown.Results[0].Problem; p == nil || !strings.Contains(p.Hint, "apps/v1") {
		w.t.Fatalf("unknown kind: %+v", p)
	}
	named := post(ApplyRequest{YAML: "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: gen-}\n", Mode: modeCreate})
	if r := named.Results[0]; r.Action != actionCreated || !strings.HasPrefix(r.Ref.Name, "gen-") || len(r.Ref.Name) < 6 {
		w.t.Fatalf("generated name: %+v", r)
	}
	w.applyConflict(post)

	problem := w.refused(http.StatusBadRequest, "POST", "/clusters/local/objects", ApplyRequest{YAML: "a:\n\tb: c\n"})
	if problem["line"] != 2.0 || !strings.Contains(problem["detail"].(string), "tab") {
		w.t.Fatalf("tab: %v", problem)
	}
	large := w.refused(http.StatusRequestEntityTooLarge, "POST", "/clusters/local/objects", ApplyRequest{YAML: strings.Repeat("#", 10<<20)})
	if large["limitBytes"] == nil {
		w.t.Fatalf("10 MB: %v", large)
	}
}

// applyConflict: a field that somebody else owns is taken over only by force.
func (w *world) applyConflict(post func(ApplyRequest) ApplyResults) {
	_, err := w.admin.AppsV1().Deployments("apply").Patch(w.t.Context(), "teller", "application/merge-patch+json",
		[]byte(`{"spec":{"replicas":5}}`), metav1.PatchOptions{FieldManager: "somebody"})
	w.ok(err)
	out := post(ApplyRequest{YAML: teller})
	if p := out.Results[0].Problem; p == nil || p.Code != "conflict" || !strings.Contains(p.Hint, "force") {
		w.t.Fatalf("conflict of managers: %+v", out.Results[0])
	}
	if out = post(ApplyRequest{YAML: teller, Force: true}); out.Results[0].Action != actionConfigured {
		w.t.Fatalf("force: %+v", out.Results[0])
	}
}

const widgets = `apiVersion: example.com/v1
kind: Widget
metadata: {name: w1, namespace: made}
spec: {size: 3}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: made}
---
apiVersion: v1
kind: Namespace
metadata: {name: made}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}, status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {size: {type: integer, description: How big}}}
          status: {type: object, properties: {size: {type: integer}}}
`

func testApplyDependencies(w *world) {
	out := get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{YAML: widgets})
	for _, r := range out.Results {
		if r.Action != actionCreated {
			w.t.Fatalf("%s %s: %s %+v", r.Kind, r.Ref.Name, r.Action, r.Problem)
		}
	}
	if len(out.Results[0].Warnings) == 0 {
		w.t.Error("nothing says that the widget could not be checked beforehand")
	}
	testkit.Eventually(w.t, "the new kind is known", func() bool {
		return w.call("alice", "GET", object("widgets.example.com", "made", "w1"), nil).status == http.StatusOK
	})
	scaled := get[ScaleResult](w, "POST", object("widgets.example.com", "made", "w1")+"/scale", ScaleRequest{Replicas: 7})
	if scaled.Before != 3 || scaled.Replicas != 7 {
		w.t.Fatalf("scale of a custom kind: %+v", scaled)
	}
	testkit.Eventually(w.t, "the schema of the new kind", func() bool {
		text := string(w.call("alice", "GET", "/clusters/local/schema/widgets.example.com", nil).body)
		return strings.Contains(text, "How big") && strings.Contains(text, "ObjectMeta")
	})
	if a := w.call("alice", "PATCH", object("widgets.example.com", "made", "w1"), PatchRequest{Type: "strategic", Patch: map[string]any{}}); a.status != 400 {
		w.t.Errorf("a strategic patch of a custom kind: %d %s", a.status, a.body)
	}
}

func testEdit(w *world) {
	w.namespace("edit")
	get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{YAML: teller, Namespace: "edit"})
	path := object("deployments.apps", "edit", "teller")
	read := w.call("alice", "GET", path+"/yaml", nil)
	text := string(read.body)
	if read.header.Get("Content-Type") != "text/yaml; charset=utf-8" || read.header.Get("ETag") == "" || strings.Contains(text, "managedFields") {
		w.t.Fatalf("yaml: %v %s", read.header, text)
	}
	testkit.Eventually(w.t, "the controller wrote its status", func() bool {
		text = string(w.call("alice", "GET", path+"/yaml", nil).body)
		return strings.Contains(text, "observedGeneration") && strings.Contains(text, "unavailableReplicas")
	})
	edited := strings.Replace(text, "teller:1", "teller:2", 1)
	dry := get[EditResult](w, "PUT", path, EditRequest{YAML: edited, Original: text, DryRun: true})
	if !dry.Changed || !strings.Contains(dry.Before, "teller:1") || !strings.Contains(dry.After, "teller:2") {
		w.t.Fatalf("dry run: %+v", dry)
	}
	// Somebody else changes another field meanwhile: with the original text both changes stand.
	w.scaleBehind(5)
	done := get[EditResult](w, "PUT", path, EditRequest{YAML: edited, Original: text})
	if !done.Changed || !strings.Contains(done.After, "teller:2") || !strings.Contains(done.After, "replicas: 5") {
		w.t.Fatalf("edit: %+v", done)
	}
	// The same field, or no original text: refused, and the present state comes along.
	third := strings.Replace(text, "teller:1", "teller:3", 1)
	for _, original := range []string{text, ""} {
		stale := w.refused(http.StatusConflict, "PUT", path, EditRequest{YAML: third, Original: original})
		if current, _ := stale["current"].(string); !strings.Contains(current, "teller:2") || stale["resourceVersion"] == "" {
			w.t.Fatalf("conflict: %v", stale)
		}
	}
	forced := get[EditResult](w, "PUT", path, EditRequest{YAML: third, Force: true})
	if !strings.Contains(forced.After, "teller:3") || !strings.Contains(forced.After, "replicas: 2") {
		w.t.Fatalf("force: %+v", forced)
	}
	w.refused(http.StatusBadRequest, "PUT", path, EditRequest{YAML: strings.Replace(text, "name: teller", "name: other", 1)})
	w.refused(http.StatusBadRequest, "PUT", path, EditRequest{YAML: teller + "---\n" + teller})
	w.refused(http.StatusBadRequest, "PUT", path, EditRequest{YAML: teller})
	field := w.refused(http.StatusBadRequest, "PUT", path, EditRequest{Force: true, YAML: strings.Replace(forced.After, "  replicas: 2", "  replicaz: 2", 1)})
	if !strings.Contains(fmt.Sprint(field["detail"]), `"spec.replicaz" in line`) {
		w.t.Fatalf("unknown field: %v", field)
	}
}

// scaleBehind changes the deployment as somebody who does not use Kubemate.
func (w *world) scaleBehind(replicas int) {
	_, err := w.admin.AppsV1().Deployments("edit").Patch(w.t.Context(), "teller", "application/merge-patch+json",
		fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas), metav1.PatchOptions{})
	w.ok(err)
}

const login = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {user: admin, password: hunter2hunter2}\n"

func testSecrets(w *world) {
	const value = "aHVudGVyMmh1bnRlcjI=" // hunter2hunter2
	applied := w.call("alice", "POST", "/clusters/local/objects", ApplyRequest{YAML: login, Namespace: "shop"})
	path := object("secrets", "shop", "login")
	hidden := map[string]answer{
		"apply":  applied,
		"detail": w.call("alice", "GET", path, nil),
		"yaml":   w.call("alice", "GET", path+"/yaml", nil),
		"list":   w.call("alice", "GET", "/clusters/local/resources/secrets?namespace=shop", nil),
		"patch":  w.call("alice", "PATCH", path, PatchRequest{Patch: map[string]any{"metadata": map[string]any{"labels": map[string]any{"a": "b"}}}}),
	}
	for name, a := range hidden {
		if a.status != 200 || strings.Contains(string(a.body), value) || strings.Contains(string(a.body), "hunter2") {
			w.t.Errorf("%s (%d) shows the value: %s", name, a.status, a.body)
		}
	}
	if shown := w.call("alice", "GET", path+"?reveal=true", nil); !strings.Contains(string(shown.body), value) {
		w.t.Errorf("revealed detail lacks the value: %s", shown.body)
	}
	if a := w.call("vera", "GET", path+"?reveal=true", nil); a.status != http.StatusForbidden {
		w.t.Errorf("a viewer reveals: %d %s", a.status, a.body)
	}
	// The hidden text can be saved: what was not shown stays as it is.
	text := string(w.call("alice", "GET", path+"/yaml", nil).body)
	saved := get[EditResult](w, "PUT", path, EditRequest{YAML: strings.Replace(text, "user: null", "user: cm9vdA==", 1)})
	if strings.Contains(saved.After, "cm9vdA") || !strings.Contains(saved.After, "(hidden, changed)") {
		w.t.Errorf("saved: %+v", saved)
	}
	secret, err := w.admin.CoreV1().Secrets("shop").Get(w.t.Context(), "login", metav1.GetOptions{})
	w.ok(err)
	if string(secret.Data["password"]) != "hunter2hunter2" || string(secret.Data["user"]) != "root" {
		w.t.Errorf("the secret holds %q and %q", secret.Data["user"], secret.Data["password"])
	}
}

func testBulk(w *world) {
	w.namespace("bulk")
	var objects []BulkObject
	for i := range 20 {
		name := fmt.Sprintf("c%02d", i)
		_, err := w.admin.CoreV1().ConfigMaps("bulk").Create(w.t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
		w.ok(err)
		objects = append(objects, BulkObject{Resource: "configmaps", Namespace: "bulk", Name: name})
	}
	objects = append(objects, BulkObject{Resource: "configmaps", Namespace: "bulk", Name: "missing"})
	one := "1"
	labelled := get[BulkResults](w, "POST", "/clusters/local/bulk", BulkRequest{Action: "label", Objects: objects, Params: BulkParams{Set: map[string]*string{"tier": &one}}})
	if labelled.Failed != 1 || labelled.Results[20].Problem.Code != "not-found" || labelled.Results[3].Ref.Name != "c03" {
		w.t.Fatalf("label: %+v", labelled)
	}
	dry := get[BulkResults](w, "POST", "/clusters/local/bulk", BulkRequest{Action: "delete", Objects: objects[:3], Params: BulkParams{DryRun: true}})
	if dry.Failed != 0 || dry.Results[0].Message != "checked" {
		w.t.Fatalf("dry run: %+v", dry)
	}
	wrong := objects[0]
	wrong.UID = "another"
	if out := get[BulkResults](w, "POST", "/clusters/local/bulk", BulkRequest{Action: "delete", Objects: []BulkObject{wrong}}); out.Results[0].Problem.Code != "conflict" {
		w.t.Fatalf("delete of another uid: %+v", out.Results[0])
	}
	if out := get[BulkResults](w, "POST", "/clusters/local/bulk", BulkRequest{Action: "delete", Objects: objects[:20]}); out.Failed != 0 {
		w.t.Fatalf("delete: %+v", out)
	}
	list, err := w.admin.CoreV1().ConfigMaps("bulk").List(w.t.Context(), metav1.ListOptions{LabelSelector: "tier=1"})
	w.ok(err)
	if len(list.Items) != 0 {
		w.t.Fatalf("%d are left", len(list.Items))
	}
	w.refused(http.StatusBadRequest, "POST", "/clusters/local/bulk", BulkRequest{Action: "scale", Objects: objects})
	w.refused(http.StatusUnprocessableEntity, "POST", "/clusters/local/bulk", BulkRequest{Action: "explode", Objects: objects})
	w.finalizers()
}

// finalizers: a delete that waits says for what.
func (w *world) finalizers() {
	_, err := w.admin.CoreV1().ConfigMaps("bulk").Create(w.t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "held", Finalizers: []string{"example.com/hold"}},
	}, metav1.CreateOptions{})
	w.ok(err)
	out := get[DeleteResult](w, "DELETE", object("configmaps", "bulk", "held"), nil)
	if out.Phase != "deleting" || len(out.Finalizers) != 1 {
		w.t.Fatalf("delete: %+v", out)
	}
}
