package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFindPrograms(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "stack/pause/go.mod"), "module pause\n")
	write(t, filepath.Join(dir, "stack/node/go.mod"), "module node\n")
	write(t, filepath.Join(dir, "stack/node/build.json"), `{"binaries": [{"name": "x", "package": "example.org/x"}, {"name": "y", "package": "./y"}], "tags": ["small"]}`)
	list, err := findPrograms(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range list {
		names = append(names, p.Name+":"+strings.Join(p.Packages, ","))
	}
	want := []string{"kubemate:./cmd/kubemate", "demo-bank:./demo/cmd/demo-bank", "node:example.org/x,./y", "pause:."}
	if !slices.Equal(names, want) || !slices.Equal(list[2].Tags, []string{"small"}) {
		t.Errorf("got %v, want %v", list, want)
	}
	if _, err := findPrograms(t.TempDir()); err == nil {
		t.Error("a folder without programs was taken for the checkout")
	}
}

// A package that was copied from elsewhere has its own licence beside it.
func TestLicencesOfLinkedFoldersCount(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "LICENSE"), "Apache License Version 2.0")
	write(t, filepath.Join(dir, "copied/LICENSE"), "GNU Affero General Public License")
	write(t, filepath.Join(dir, "other/LICENSE"), "Business Source License")
	l := &linked{linkedPackage: linkedPackage{"example.org/x", "v1", dir, ""}, folders: map[string]bool{}}
	l.add(kubemate, filepath.Join(dir, "copied"))
	c, err := l.component()
	if err != nil || c.Licence != "AGPL AND Apache-2.0" || len(c.Files) != 2 || c.Files[1].Name != "copied/LICENSE" {
		t.Errorf("got %+v, %v", c, err)
	}
}
