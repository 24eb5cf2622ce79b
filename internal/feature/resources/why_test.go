package resources

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	sigsyaml "sigs.k8s.io/yaml"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// whyCase is the first document of a fixture; the objects of the cluster follow it.
type whyCase struct {
	Ask struct {
		Kind, Namespace, Name string
	}
	Now    time.Time
	Hidden []string // resources that the caller may not see
	Want   struct {
		Tone     string
		Headline string              // a part of it
		Causes   []map[string]string // code; the other keys are params, and "ref" is the resource and name to go to
		Not      []string            // codes that must not be among the causes
		Evidence string              // a part of some evidence of the first cause
		Unseen   []string
	}
}

// fixtureCluster answers a reader from the objects of a fixture.
type fixtureCluster struct {
	objects []*unstructured.Unstructured
	hidden  []string
}

func (f fixtureCluster) reader(now time.Time) *reader {
	r := &reader{cluster: "local", now: now, kinds: fixtureKinds(f.objects), unseen: map[string]struct{}{}}
	r.judge = func(kube.Kind, *unstructured.Unstructured) ObjectStatus {
		return ObjectStatus{toneNeutral, "as in the fixture"}
	}
	r.getOne = func(resource, namespace, name string) (*unstructured.Unstructured, error) {
		for _, o := range f.of(r, resource) {
			if o.GetNamespace() == namespace && o.GetName() == name {
				return o, nil
			}
		}
		if slices.Contains(f.hidden, resource) {
			return nil, errs.New(errs.Forbidden, "hidden")
		}
		return nil, errs.New(errs.NotFound, "not there")
	}
	r.pick = func(sel fleet.Selection) ([]*unstructured.Unstructured, error) {
		if slices.Contains(f.hidden, sel.Resource) {
			return nil, errs.New(errs.Forbidden, "hidden")
		}
		var out []*unstructured.Unstructured
		for _, o := range f.of(r, sel.Resource) {
			if chosen(o, sel) {
				out = append(out, o)
			}
		}
		return out, nil
	}
	return r
}

func (f fixtureCluster) of(r *reader, resource string) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, o := range f.objects {
		if k, ok := r.kindOf(o.GetAPIVersion(), o.GetKind()); ok && k.Resource == resource && !slices.Contains(f.hidden, resource) {
			out = append(out, o)
		}
	}
	return out
}

func chosen(o *unstructured.Unstructured, sel fleet.Selection) bool {
	if len(sel.Namespaces) > 0 && !slices.Contains(sel.Namespaces, o.GetNamespace()) {
		return false
	}
	if sel.Labels != nil && !sel.Labels.Matches(labels.Set(o.GetLabels())) {
		return false
	}
	for _, f := range sel.Filters {
		about, _, _ := unstructured.NestedString(o.Object, "involvedObject", "name")
		if f.Column == "objectName" && !slices.Contains(f.Values, about) {
			return false
		}
	}
	return sel.Owner == "" || ownedBy(o, sel.Owner)
}

// fixtureKinds are the kinds of the objects, and those that a diagnosis always may ask for.
func fixtureKinds(objects []*unstructured.Unstructured) []kube.Kind {
	kinds := []kube.Kind{}
	add := func(apiVersion, kind, plural string, namespaced bool) {
		group, _, _ := strings.Cut(apiVersion, "/")
		if !strings.Contains(apiVersion, "/") {
			group = ""
		}
		kinds = append(kinds, kube.Kind{Resource: kube.ResourceKey(group, plural), Group: group, Plural: plural, Kind: kind, Namespaced: namespaced})
	}
	for _, k := range []struct {
		apiVersion, kind string
		namespaced       bool
	}{
		{"v1", "Pod", true},
		{"v1", "Service", true},
		{"v1", "ConfigMap", true},
		{"v1", "Secret", true},
		{"v1", "Event", true},
		{"v1", "PersistentVolumeClaim", true},
		{"v1", "ResourceQuota", true},
		{"v1", "Namespace", false},
		{"v1", "Node", false},
		{"apps/v1", "Deployment", true},
		{"apps/v1", "ReplicaSet", true},
		{"apps/v1", "StatefulSet", true},
		{"apps/v1", "DaemonSet", true},
		{"batch/v1", "Job", true},
		{"batch/v1", "CronJob", true},
		{"autoscaling/v2", "HorizontalPodAutoscaler", true},
		{"discovery.k8s.io/v1", "EndpointSlice", true},
	} {
		add(k.apiVersion, k.kind, strings.ToLower(k.kind)+"s", k.namespaced)
	}
	add("networking.k8s.io/v1", "Ingress", "ingresses", true)
	add("networking.k8s.io/v1", "IngressClass", "ingressclasses", false)
	add("storage.k8s.io/v1", "StorageClass", "storageclasses", false)
	return kinds
}

func TestWhy(t *testing.T) {
	files, err := filepath.Glob("testdata/why/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d fixtures, %v; want at least 40", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) { checkWhy(t, file) })
	}
}

func checkWhy(t *testing.T, file string) {
	c, objects := readFixture(t, file)
	cluster := fixtureCluster{objects: objects, hidden: c.Hidden}
	var asked *unstructured.Unstructured
	for _, o := range objects {
		if o.GetKind() == c.Ask.Kind && o.GetName() == c.Ask.Name && o.GetNamespace() == c.Ask.Namespace {
			asked = o
		}
	}
	if asked == nil {
		t.Fatalf("the fixture has no %s %s/%s", c.Ask.Kind, c.Ask.Namespace, c.Ask.Name)
	}
	got, err := cluster.reader(c.Now).diagnose(asked)
	if err != nil {
		t.Fatal(err)
	}
	if got.Tone != c.Want.Tone || !strings.Contains(got.Headline, c.Want.Headline) {
		t.Errorf("got %s: %s\nwant %s: …%s…", got.Tone, got.Headline, c.Want.Tone, c.Want.Headline)
	}
	if len(got.Causes) < len(c.Want.Causes) {
		t.Fatalf("got %d causes, want %d: %s", len(got.Causes), len(c.Want.Causes), summary(got))
	}
	for i, want := range c.Want.Causes {
		checkCause(t, got.Causes[i], want)
	}
	for _, found := range got.Causes {
		if slices.Contains(c.Want.Not, found.Code) {
			t.Errorf("%s is among the causes: %s", found.Code, summary(got))
		}
		if found.Code != "healthy" && (found.Title == "" || found.Detail == "") {
			t.Errorf("cause %s has no title or detail: %+v", found.Code, found)
		}
	}
	if c.Want.Evidence != "" && !strings.Contains(evidenceText(got.Causes[0]), c.Want.Evidence) {
		t.Errorf("no evidence has %q: %s", c.Want.Evidence, evidenceText(got.Causes[0]))
	}
	if !slices.Equal(got.Unseen, c.Want.Unseen) && len(got.Unseen)+len(c.Want.Unseen) > 0 {
		t.Errorf("unseen is %v, want %v", got.Unseen, c.Want.Unseen)
	}
}

func checkCause(t *testing.T, got WhyCause, want map[string]string) {
	t.Helper()
	for key, value := range want {
		is := got.Params[key]
		switch key {
		case "code":
			is = got.Code
		case "tone":
			is = got.Tone
		case "ref":
			if got.Ref != nil {
				is = got.Ref.Resource + " " + got.Ref.Name
			}
		}
		if is != value {
			t.Errorf("%s of cause %s (%s) is %q, want %q", key, got.Code, got.Title, is, value)
		}
	}
}

func summary(w *Why) string {
	var parts []string
	for _, c := range w.Causes {
		parts = append(parts, c.Code+" ("+c.Title+")")
	}
	return strings.Join(parts, "; ")
}

func evidenceText(c WhyCause) string {
	var parts []string
	for _, e := range c.Evidence {
		parts = append(parts, e.Source+": "+e.Text)
	}
	return strings.Join(parts, " | ")
}

func readFixture(t *testing.T, file string) (whyCase, []*unstructured.Unstructured) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	decoder := yaml.NewDecoder(f)
	var c whyCase
	if err := decoder.Decode(&c); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var objects []*unstructured.Unstructured
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); errors.Is(err, io.EOF) {
			return c, objects
		} else if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		text, err := yaml.Marshal(&node)
		if err != nil {
			t.Fatal(err)
		}
		o := &unstructured.Unstructured{}
		if err := sigsyaml.Unmarshal(text, &o.Object); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if o.GetUID() == "" { // fixtures name owners by kind and name
			o.SetUID(types.UID(strings.ToLower(o.GetKind()) + "-" + o.GetName()))
		}
		objects = append(objects, o)
	}
}
