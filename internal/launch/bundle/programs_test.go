package bundle

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func buildWithPrograms(t *testing.T) (*Bundle, string) {
	t.Helper()
	o := testOptions(t)
	node := testRecipe(Node)
	node.Layers[1].Entries[0] = Entry{Path: "/bin/tool", Mode: 0o755, Program: &testProgram}
	o.Recipes = []Recipe{node}
	return mustBuild(t, o), t.TempDir()
}

func mustTakeOut(t *testing.T, b *Bundle, cache string) string {
	t.Helper()
	dir, err := b.Programs(t.Context(), cache)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestProgramsAreTakenOut(t *testing.T) {
	b, cache := buildWithPrograms(t)
	dir := mustTakeOut(t, b, cache)
	out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "tool"), "--list").Output()
	if err != nil || string(out) != "zeta\nalpha\n" {
		t.Errorf("the program says %q, %v", out, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("more than the programs was taken out: %v, %v", entries, err)
	}
	before := stat(t, dir)
	if again := mustTakeOut(t, b, cache); again != dir || !os.SameFile(before, stat(t, dir)) {
		t.Error("the second call took them out again")
	}
}

func TestDamagedProgramsAreTakenOutAgain(t *testing.T) {
	b, cache := buildWithPrograms(t)
	file := filepath.Join(mustTakeOut(t, b, cache), "tool")
	for name, damage := range map[string]func() error{
		"cut":     func() error { return os.Truncate(file, 10) },
		"missing": func() error { return os.Remove(file) },
		"another": func() error { return os.WriteFile(file, []byte("#!/bin/sh\n"), 0o600) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if err := checkPrograms(mustTakeOut(t, b, cache), b.Manifest.Images[0].Programs); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABundleWithoutPrograms(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	if _, err := b.Programs(t.Context(), t.TempDir()); err == nil {
		t.Error("programs were taken out of a bundle that has none")
	}
}
