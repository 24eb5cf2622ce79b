package resources

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/errs"
)

func TestParseDocuments(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // "Kind/name@line" of each object
	}{
		{"one", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n", "Pod/a@1"},
		{
			"several, with empty ones, marks and comments",
			"# nothing\n---\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n--- # next\napiVersion: v1\nkind: Service\nmetadata: {name: b}\n...\n",
			"Pod/a@4 Service/b@8",
		},
		{"content on the mark", "--- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n", "Pod/a@1"},
		{"windows line ends and a byte order mark", "\ufeffapiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\n---\r\n", "Pod/a@1"},
		{"json with tabs", "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}\n}", "Pod/a@1"},
		{"dashes inside a block", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    ---\n    y\n", "ConfigMap/a@1"},
		{"generated name", "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n", "Pod/a-…@1"},
		{
			"list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n",
			"Pod/a@4 Pod/b@7",
		},
		{"typed list", "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n", "Deployment/a@4"},
		{
			"anchors and merge keys",
			"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: &l {x: b}\n  annotations:\n    <<: *l\n    z: w\n", "ConfigMap/a@1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := parseDocuments(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range docs {
				name := d.object.GetName()
				if name == "" {
					name = d.object.GetGenerateName() + "…"
				}
				got = append(got, fmt.Sprintf("%s/%s@%d", d.object.GetKind(), name, d.line))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %s, want %s", s, tt.want)
			}
		})
	}
}

func TestParseDocumentsRefuses(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"
	tests := []struct {
		name, text string
		kind       errs.Kind
		want       []string // parts of message and hint
	}{
		{"nothing", "# only a comment\n", errs.Invalid, []string{"holds no object"}},
		{"too large", strings.Repeat("#", maxYAML+1), errs.TooLarge, []string{"limit of 2097152", "split"}},
		{"tab", "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n", errs.Invalid, []string{"line 4, column 1", "tab", "spaces"}},
		{"tab in a later document", pod + "---\napiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n\t  a: b\n", errs.Invalid, []string{"line 10, column 1", "tab"}},
		{"duplicate key", pod + "spec:\n  x: 1\n  y: 2\n  x: 3\n", errs.Invalid, []string{"line 8, column 3", `"x" is given twice`, "line 6"}},
		{"not an object", pod + "---\n- a\n- b\n", errs.Invalid, []string{"line 6, column 1", "a list, not an object"}},
		{"text", "hello\n", errs.Invalid, []string{"line 1", `the text "hello"`}},
		{"no apiVersion", "kind: Deployment\nmetadata: {name: a}\n", errs.Invalid, []string{"kind is Deployment, but apiVersion is missing", "apiVersion: apps/v1"}},
		{"no kind", "apiVersion: v1\nmetadata: {name: a}\n", errs.Invalid, []string{"kind is missing"}},
		{"no metadata", "apiVersion: v1\nkind: Pod\n", errs.Invalid, []string{"has no metadata"}},
		{"no name", "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n", errs.Invalid, []string{"has no name", "generateName"}},
		{"number as a name", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: 123\n", errs.Invalid, []string{"line 4, column 3", "the number 123", "quotes"}},
		{"path as a name", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: ../x\n", errs.Invalid, []string{"line 4", "no name"}},
		{"number as a label", pod + "  labels:\n    app.kubernetes.io/version: 1.20\n", errs.Invalid, []string{"line 6, column 5", "the number 1.2", "quotes"}},
		{"truth value as an annotation", pod + "  annotations:\n    a: yes\n", errs.Invalid, []string{"line 6, column 5", "truth value"}},
		{"unclosed quote", pod + "spec:\n  a: \"b\n", errs.Invalid, []string{"line "}},
		{"colon in a value", pod + "spec:\n  a: b: c\n", errs.Invalid, []string{"line 6", "colon"}},
		{"unknown anchor", pod + "spec: *nothing\n", errs.Invalid, []string{"unknown anchor"}},
		{"anchor that holds itself", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: &x\n  y: *x\n", errs.Invalid, []string{"holds itself"}},
		{"billion laughs", bomb(), errs.TooLarge, []string{"fills in to more than"}},
		{"deep", pod + "spec: " + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "\n", errs.Invalid, []string{"nested deeper"}},
		{"not UTF-8", pod + "spec: \"\xff\"\n", errs.Invalid, []string{"line 5, column 8", "UTF-8"}},
		{"too many objects", strings.Repeat("---\n"+pod, maxObjects+1), errs.TooLarge, []string{"more than 500 objects"}},
		{"list with a text in it", "apiVersion: v1\nkind: List\nitems: [a]\n", errs.Invalid, []string{"item 0", "not an object"}},
		{"key that is a list", pod + "? [a]\n: b\n", errs.Invalid, []string{"a key must be a plain word"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseDocuments(tt.text)
			var e *errs.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an error that a user may read", err)
			}
			if e.Kind != tt.kind {
				t.Errorf("kind is %s, want %s", e.Kind, tt.kind)
			}
			for _, part := range tt.want {
				if !strings.Contains(e.Message+"; "+e.Hint, part) {
					t.Errorf("%q; %q lacks %q", e.Message, e.Hint, part)
				}
			}
		})
	}
}

// bomb is a text whose aliases fill in to 10^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx:\n  a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n")
	for i := 1; i < 9; i++ {
		alias := fmt.Sprintf("*a%d", i-1)
		fmt.Fprintf(&b, "  a%d: &a%d [%s]\n", i, i, strings.Join([]string{alias, alias, alias, alias, alias, alias, alias, alias, alias, alias}, ","))
	}
	return b.String()
}

func TestLocateNamesTheLine(t *testing.T) {
	docs, err := parseDocuments("# head\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  labels:\n    app.kubernetes.io/name: x\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        imagee: x\n")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path         string
		line, column int
	}{
		{"spec.template.spec.containers[0].imagee", 14, 9},
		{".spec.template.spec.containers[0].imagee", 14, 9},
		{"metadata.labels.app.kubernetes.io/name", 8, 5},
		{"metadata.labels[app.kubernetes.io/name]", 8, 5},
		{"spec.replicas", 9, 1},
		{"spec.template.spec.containers[7].image", 12, 7},
		{"nothing", 3, 1},
		{"", 3, 1},
	}
	for _, tt := range tests {
		if line, column := docs[0].place(tt.path); line != tt.line || column != tt.column {
			t.Errorf("%q stands at %d:%d, want %d:%d", tt.path, line, column, tt.line, tt.column)
		}
	}
	err = docs[0].locate(errs.New(errs.Invalid, `Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.template.spec.containers[0].imagee"`))
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || !strings.Contains(e.Message, `unknown field "spec.template.spec.containers[0].imagee" in line 14`) {
		t.Errorf("got %v with fields %v", err, e.Fields)
	}
}

func FuzzParseDocuments(f *testing.F) {
	f.Add("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n")
	f.Add("---\n- &a [*a]\n")
	f.Add(bomb())
	f.Add("a: &x {b: *x}\n---\n\t\n")
	f.Add("apiVersion: v1\nkind: List\nitems: [{}]\n")
	f.Add("? {a: b}\n: c\n<<: [1]\n")
	f.Fuzz(func(t *testing.T, text string) {
		docs, err := parseDocuments(text)
		if err != nil {
			var e *errs.Error
			if !errors.As(err, &e) {
				t.Fatalf("an error that a user may not read: %v", err)
			}
			return
		}
		for _, d := range docs {
			if d.object.GetKind() == "" || d.object.GetAPIVersion() == "" || d.line < 1 {
				t.Fatalf("an object without identity or place passed: %v", d.object.Object)
			}
			d.place("spec.a[0].b")
			if _, err := objectYAML(d.object, false); err != nil {
				t.Fatalf("the object can't be written again: %v", err)
			}
		}
	})
}

func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{"status=Running,Pending", "restarts>5", "node!=a", "=", "a<=", "a=b=c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := parseFilter(text)
		if err == nil && (filter.Column == "" || filter.Op == "" || len(filter.Values) == 0) {
			t.Fatalf("%q gave an incomplete filter: %+v", text, filter)
		}
	})
}
