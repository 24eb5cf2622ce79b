package arch_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

const longest = 400

// Past 400 lines a file holds a second thing, which belongs into a file of its own name.
func TestFilesAreShort(t *testing.T) {
	walk(t, func(path string, content []byte) {
		if path == "web/src/core/api/schema.d.ts" { // generated from the OpenAPI document
			return
		}
		if lines := bytes.Count(content, []byte("\n")); lines > longest {
			t.Errorf("%s has %d lines, more than %d: look for the second thing in it", path, lines, longest)
		}
	})
}

// A newcomer reads the package comment first; features and the core put it into doc.go,
// together with what must always hold.
func TestPackagesSayWhatTheyAre(t *testing.T) {
	described, docFile, folders := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		folders[s.folder()] = true
		if s.file.Doc != nil {
			described[s.folder()] = true
		}
		if filepath.Base(s.path) == "doc.go" {
			docFile[s.folder()] = true
		}
	}
	for folder := range folders {
		if !described[folder] {
			t.Errorf("%s has no package comment", folder)
		}
		if (strings.HasPrefix(folder, "internal/feature/") || strings.HasPrefix(folder, "internal/core/")) && !docFile[folder] {
			t.Errorf("%s has no doc.go", folder)
		}
	}
}

// What is promised in a comment is not done. Open ends belong into the issue tracker.
func TestNoOpenEnds(t *testing.T) {
	marks := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|HA` + `CK)\b`)
	walk(t, func(path string, content []byte) {
		if m := marks.Find(content); m != nil {
			t.Errorf("%s says %s", path, m)
		}
	})
}

// One word per capability, the same in Go and in the console.
func TestFeaturesHaveOneName(t *testing.T) {
	top, err := root()
	if err != nil {
		t.Fatal(err)
	}
	gone := map[string]string{} // console folders without a server side, with the reason
	server := folders(t, filepath.Join(top, "internal", "feature"))
	for _, word := range folders(t, filepath.Join(top, "web", "src", "feature")) {
		i := sort.SearchStrings(server, word)
		if (i == len(server) || server[i] != word) && gone[word] == "" {
			t.Errorf("web/src/feature/%s has no internal/feature/%s: the words must match", word, word)
		}
	}
}

func folders(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	sort.Strings(out)
	return out
}
