package bundle

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func exported(t *testing.T, b *Bundle) []byte {
	t.Helper()
	var archive bytes.Buffer
	if err := Export(t.Context(), b, &archive); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func TestExportAndImport(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	cache := t.TempDir()
	imported, err := Import(t.Context(), bytes.NewReader(exported(t, b)), Options{CacheDir: cache})
	if err != nil {
		t.Fatal(err)
	}
	if digests(imported) != digests(b) {
		t.Errorf("another bundle came out:\n%s", digests(imported))
	}
	if dir, err := latest(cache); err != nil || filepath.Base(dir) != filepath.Base(imported.Dir) {
		t.Errorf("the latest bundle is %s, %v", dir, err)
	}
	if _, err := Import(t.Context(), bytes.NewReader(exported(t, b)), Options{CacheDir: cache}); err != nil {
		t.Errorf("importing it again: %v", err)
	}
}

// archiveOf makes an archive of one member.
func archiveOf(t *testing.T, h tar.Header, content string) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	h.Size = int64(len(content))
	if err := w.WriteHeader(&h); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func TestImportRefuses(t *testing.T) {
	whole := exported(t, mustBuild(t, testOptions(t)))
	for name, archive := range map[string][]byte{
		"nothing":           nil,
		"no archive":        []byte(strings.Repeat("potato", 200)),
		"half of one":       whole[:len(whole)/2],
		"a way out":         archiveOf(t, tar.Header{Name: "../evil", Typeflag: tar.TypeReg}, "x"),
		"an absolute name":  archiveOf(t, tar.Header{Name: "/evil", Typeflag: tar.TypeReg}, "x"),
		"a hidden way out":  archiveOf(t, tar.Header{Name: "blobs/sha256/../../../evil", Typeflag: tar.TypeReg}, "x"),
		"a link":            archiveOf(t, tar.Header{Name: "index.json", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, ""),
		"a strange file":    archiveOf(t, tar.Header{Name: "run.sh", Typeflag: tar.TypeReg}, "x"),
		"an empty manifest": archiveOf(t, tar.Header{Name: ManifestFile, Typeflag: tar.TypeReg}, "{}"),
	} {
		t.Run(name, func(t *testing.T) {
			cache := t.TempDir()
			if _, err := Import(t.Context(), bytes.NewReader(archive), Options{CacheDir: cache}); err == nil {
				t.Error("was taken")
			}
			left, err := os.ReadDir(filepath.Join(cache, "bundles"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if _, err := latest(cache); !errors.Is(err, ErrNone) {
				t.Errorf("a latest bundle: %v", err)
			}
		})
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("index.json"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		cache := t.TempDir()
		if _, err := Import(t.Context(), bytes.NewReader(archive), Options{CacheDir: cache}); err == nil {
			t.Error("was taken")
		}
	})
}
