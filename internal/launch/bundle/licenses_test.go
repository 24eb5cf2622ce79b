package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestLicenseFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"LICENSE", "LICENSE.md", "license.go", "NOTICE", "COPYING.txt", "README.md", "main.go", "licenses.go"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "LICENSES"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := licenseFiles(dir)
	if want := []string{"COPYING.txt", "LICENSE", "LICENSE.md", "NOTICE"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestReadAtMost(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := readAtMost(file, 100); err != nil || len(data) != 100 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, err := readAtMost(file, 99); err == nil {
		t.Error("a file beyond the limit was read")
	}
}
