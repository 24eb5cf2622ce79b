package resources

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWhyCodesAreDocumented compares the codes in the source with docs/reference/why.md:
// clients translate by them.
func TestWhyCodesAreDocumented(t *testing.T) {
	reference, err := os.ReadFile("../../../docs/reference/why.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for line := range strings.Lines(string(reference)) {
		first, _, table := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !table || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, code := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(first, -1) {
			documented[code[1]] = true
		}
	}
	written := map[string]bool{}
	for _, code := range []string{"probe-startup", "probe-readiness", "probe-liveness"} { // put together in the source
		written[code] = true
	}
	files, err := filepath.Glob("why*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	pattern := regexp.MustCompile(`(?:\.add|say|title)\("([a-z-]+[a-z])"|(?:Code = |code := |code, title := |code, title, remedy :?= |code = |corev1\.Node\w+, |Terminated, |last, )"([a-z]+(?:-[a-z]+)*)"`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range pattern.FindAllStringSubmatch(string(source), -1) {
			written[m[1]+m[2]] = true
		}
	}
	for code := range written {
		if !documented[code] {
			t.Errorf("%s is not in docs/reference/why.md", code)
		}
	}
	for code := range documented {
		if !written[code] {
			t.Errorf("%s is in docs/reference/why.md, but nothing gives it", code)
		}
	}
}
