package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const lock = `{"packages": {
	"": {"dependencies": {"a": "1.0.0"}, "devDependencies": {"builder": "1.0.0"}},
	"node_modules/a": {"version": "1.0.0", "license": "MIT", "dependencies": {"b": "^1"}, "peerDependencies": {"builder": "*", "c": "*"}, "peerDependenciesMeta": {"builder": {"optional": true}}},
	"node_modules/a/node_modules/b": {"version": "1.2.0", "license": "ISC", "dependencies": {"c": "^1"}},
	"node_modules/b": {"version": "2.0.0", "license": "GPL-3.0-only"},
	"node_modules/c": {"version": "1.0.0", "license": "MIT", "dependencies": {"a": "*"}},
	"node_modules/builder": {"version": "1.0.0", "license": "GPL-3.0-only"}
}}`

// What only the build needs is left out, and the nearest of two versions counts.
func TestNPMPackages(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "package-lock.json"), lock)
	list, err := npmPackages(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range list {
		got = append(got, c.Name+"@"+c.Version+" "+c.Licence)
	}
	if want := "a@1.0.0 MIT, b@1.2.0 ISC, c@1.0.0 MIT"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

// A package that is not the lock file's would lend its text to another version.
func TestNPMPackagesAreThoseOfTheLockFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "package-lock.json"), `{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1.0.0", "license": "MIT"}}}`)
	write(t, filepath.Join(dir, "node_modules/a/package.json"), `{"version": "1.0.1"}`)
	if _, err := npmPackages(dir, true); err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("got %v", err)
	}
	write(t, filepath.Join(dir, "node_modules/a/package.json"), `{"version": "1.0.0"}`)
	write(t, filepath.Join(dir, "node_modules/a/LICENSE"), "mine")
	list, err := npmPackages(dir, true)
	if err != nil || len(list) != 1 || len(list[0].Files) != 1 || list[0].Files[0].Text != "mine" {
		t.Errorf("got %+v, %v", list, err)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
