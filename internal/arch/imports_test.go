package arch_test

import (
	"strconv"
	"strings"
	"testing"
)

// layer is one part of the tree and what it may import of the others.
type layer struct {
	folder string
	may    []string
	why    string
}

// layers are listed with the more special folder first.
func layers() []layer {
	return []layer{
		{"cmd", []string{"internal/app"}, "a command is flags and a call of app"},
		{"internal/app", []string{"internal/core", "internal/feature", "internal/cli", "internal/launch", "web"}, "the composition root knows everything but the tests' tools"},
		{"internal/cli", []string{"internal/cli", "internal/core", "internal/feature"}, "the command line uses the API: of features it takes the types of requests and answers only"},
		{"internal/feature", []string{"internal/core", "api"}, "a feature never imports a feature: it declares the small interface that it needs, and app passes the other one in"},
		{"internal/core", []string{"internal/core"}, "the core is shared and knows no feature"},
		{"internal/launch", []string{"internal/launch", "internal/core/config", "internal/core/errs", "internal/core/kube", "demo", "deploy", "stack"}, "starting a cluster needs no feature of the server, only its words for what is wrong with a cluster"},
		{"internal/testkit", []string{"internal/core", "internal/launch"}, "test suites of all layers use it"},
		{"internal/arch", nil, "it reads files"},
		{"api", nil, "other programs build on it"},
		{"demo", []string{"demo"}, "the demo bank is an application like any other: it knows nothing of the platform"},
		{"web", nil, "it only embeds the console's files"},
	}
}

func layerOf(path string) (layer, bool) {
	for _, l := range layers() {
		if path == l.folder || strings.HasPrefix(path, l.folder+"/") {
			return l, true
		}
	}
	return layer{}, false
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.path, "stack/") { // modules of their own; the compiler keeps them apart
			continue
		}
		l, ok := layerOf(s.folder())
		if !ok {
			t.Errorf("%s belongs to no layer: name its folder in layers()", s.path)
			continue
		}
		for _, spec := range s.file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imported, ours := strings.CutPrefix(path, module)
			if ours && !mayImport(s, l, imported) {
				t.Errorf("%s imports %s: %s", s.path, imported, l.why)
			}
		}
	}
}

func mayImport(s source, l layer, imported string) bool {
	if s.test() && (imported == "internal/testkit" || strings.HasPrefix(imported, "internal/launch/") || s.folder() == "api") {
		return true
	}
	if strings.HasPrefix(imported, s.folder()) || strings.HasPrefix(s.folder(), imported) {
		return l.folder != "internal/feature" || sameFeature(s.folder(), imported)
	}
	for _, allowed := range l.may {
		if imported == allowed || strings.HasPrefix(imported, allowed+"/") {
			return true
		}
	}
	return false
}

// sameFeature says whether two folders belong to one feature: internal/feature/WORD/….
func sameFeature(a, b string) bool {
	first, second := strings.Split(a, "/"), strings.Split(b, "/")
	return len(first) > 2 && len(second) > 2 && first[2] == second[2]
}

// The tests' tools start processes and trust everybody: no program may contain them.
func TestTestkitStaysInTests(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || strings.HasPrefix(s.path, "internal/testkit/") {
			continue
		}
		for _, spec := range s.file.Imports {
			if strings.Trim(spec.Path.Value, `"`) == module+"internal/testkit" {
				t.Errorf("%s imports testkit", s.path)
			}
		}
	}
}

// Kubernetes itself is a program that is started, not a library: linking it in would bring its
// flags, its global state and 100 MB.
func TestKubernetesIsNotLinked(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.path, "stack/") {
			continue
		}
		for _, spec := range s.file.Imports {
			if strings.HasPrefix(strings.Trim(spec.Path.Value, `"`), "k8s.io/kubernetes/") {
				t.Errorf("%s imports %s", s.path, spec.Path.Value)
			}
		}
	}
}
