package buildcache

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// module writes a tiny module and gives its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tiny")
	all := map[string]string{
		"go.mod":  "module example.test/tiny\n\ngo 1.26\n",
		"main.go": "package main\n\nfunc main() { println(\"one\") }\n",
	}
	for name, text := range files {
		all[name] = text
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func build(t *testing.T, dir, cache string) (b Built, built bool) {
	t.Helper()
	b, err := Build(t.Context(), dir, Options{CacheDir: cache, Progress: func(string) { built = true }})
	if err != nil {
		t.Fatal(err)
	}
	return b, built
}

func output(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command(path).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestBuildOnceByContent(t *testing.T) {
	cache := t.TempDir()
	dir := module(t, nil)
	first, built := build(t, dir, cache)
	if !built || output(t, first.Path("tiny")) != "one" {
		t.Fatal("the first build is not there")
	}
	elsewhere := module(t, map[string]string{"main_test.go": "package main\n", "README.md": "words"})
	if again, built := build(t, elsewhere, cache); built || again != first {
		t.Errorf("the same content elsewhere was built anew: %v, %v", again, first)
	}
	changed := module(t, map[string]string{"main.go": "package main\n\nfunc main() { println(\"two\") }\n"})
	if second, built := build(t, changed, cache); !built || output(t, second.Path("tiny")) != "two" {
		t.Error("changed content was not built")
	}
	flags := module(t, map[string]string{"build.json": `{"binaries":[{"name":"other","package":"."}]}`})
	if third, built := build(t, flags, cache); !built || output(t, third.Path("other")) != "one" {
		t.Error("a changed recipe was not built")
	}
}

func TestIncompleteEntryIsBuiltAnew(t *testing.T) {
	cache := t.TempDir()
	dir := module(t, nil)
	first, _ := build(t, dir, cache)
	if err := os.Truncate(first.Path("tiny"), 0); err != nil {
		t.Fatal(err)
	}
	if again, built := build(t, dir, cache); !built || output(t, again.Path("tiny")) != "one" {
		t.Error("an empty binary was taken for the build")
	}
}

func TestFailureNamesTheCompilersMessage(t *testing.T) {
	cache := t.TempDir()
	dir := module(t, map[string]string{"main.go": "package main\n\nfunc main() { undefinedName() }\n"})
	_, err := Build(t.Context(), dir, Options{CacheDir: cache})
	if err == nil || !strings.Contains(err.Error(), "undefinedName") {
		t.Errorf("error is %v", err)
	}
	entries, err := filepath.Glob(filepath.Join(cache, "bin", "*tiny-*"))
	if err != nil || len(entries) > 0 {
		t.Errorf("a failed build left %v, %v", entries, err)
	}
}

func TestTwoAtOnceBuildOnce(t *testing.T) {
	cache, dir := t.TempDir(), module(t, nil)
	var mu sync.Mutex
	builds := 0
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := Build(t.Context(), dir, Options{CacheDir: cache, Progress: func(string) {
				mu.Lock()
				defer mu.Unlock()
				builds++
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if builds != 1 {
		t.Errorf("%d builds, want 1", builds)
	}
}

func TestParseRecipe(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"binaries":[{"name":"a","package":"."}],"tags":["x"]}`: true,
		`{"binaries":[]}`: false,
		`{"binaries":[{"name":"../a","package":"."}]}`:           false,
		`{"binaries":[{"name":".a","package":"."}]}`:             false,
		`{"binaries":[{"name":"a","package":"-toolexec=x"}]}`:    false,
		`{"binaries":[{"name":"a"}]}`:                            false,
		`{"binaries":[{"name":"a","package":"."}],"ldflgs":"x"}`: false,
		`words`: false,
	} {
		if _, err := parseRecipe([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
