package bundle

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// testProgram is what the test recipes build.
var testProgram = Program{Module: ".", Package: "./tool", Binary: "tool"}

// testRecipe has every kind of entry.
func testRecipe(name string) Recipe {
	return Recipe{
		Name: name, Version: "1.0", Title: "For tests", Licenses: "Apache-2.0", Source: "https://example.org",
		Layers: []Layer{baseLayer(), {Name: "tool", Entries: []Entry{
			{Path: "/opt/deep/tool", Mode: 0o755, Program: &testProgram, ToolLinks: true},
			{Path: "/opt/link", Target: "deep"},
			{Path: "/etc/" + name, Mode: 0o644, Data: []byte(name)},
		}}},
		Config: Config{User: nonrootUser, Entrypoint: []string{"/opt/deep/tool"}},
	}
}

const toolSource = `package main

import "os"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--list" {
		os.Stdout.WriteString("zeta\nalpha\n")
	}
}
`

// compileTool compiles a program without dependencies, once for all tests.
var compileTool = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bundle-test-")
	if err != nil {
		return "", err
	}
	for name, text := range map[string]string{"go.mod": "module example.org/tool\n\ngo 1.26\n", "main.go": toolSource} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	cmd := exec.Command("go", "build", "-trimpath", "-o", "out", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	return filepath.Join(dir, "out"), cmd.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if file, err := compileTool(); err == nil {
		_ = os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(code)
}

type toolBuilder struct{}

func (toolBuilder) Build(_ context.Context, p Program) (string, error) {
	if p != testProgram {
		return "", errors.New("unknown program")
	}
	return compileTool()
}

func testOptions(t *testing.T) Options {
	t.Helper()
	return Options{
		SourceDir: t.TempDir(), CacheDir: t.TempDir(), Builder: toolBuilder{},
		Recipes: []Recipe{testRecipe("one"), testRecipe("two")},
	}
}

func mustBuild(t *testing.T, o Options) *Bundle {
	t.Helper()
	b, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func digests(b *Bundle) string {
	list := ""
	for _, i := range b.Manifest.Images {
		list += i.Name + "@" + i.Digest + "\n"
	}
	return list
}
