package bundle

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func blobFile(b *Bundle, digest string) string {
	return filepath.Join(b.Dir, "blobs", "sha256", strings.TrimPrefix(digest, "sha256:"))
}

// damages are what a crash, a full disk or a person can do to a bundle.
func damages(t *testing.T) map[string]func(b *Bundle) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	layer := func(b *Bundle) string {
		t.Helper()
		digest, err := layersOf(t, imageOf(t, b, "one"))[1].Digest()
		must(err)
		return blobFile(b, digest.String())
	}
	return map[string]func(b *Bundle){
		"a layer was cut":       func(b *Bundle) { must(os.Truncate(layer(b), 100)) },
		"a layer is empty":      func(b *Bundle) { must(os.Truncate(layer(b), 0)) },
		"a layer is missing":    func(b *Bundle) { must(os.Remove(layer(b))) },
		"a layer is a link":     func(b *Bundle) { must(os.Rename(layer(b), layer(b)+".x")); must(os.Symlink(layer(b)+".x", layer(b))) },
		"a byte is another one": func(b *Bundle) { flipByte(t, layer(b)) },
		"the image's manifest is another": func(b *Bundle) {
			must(os.WriteFile(blobFile(b, b.Manifest.Images[0].Digest), []byte(`{"schemaVersion":2,"layers":[]}`), 0o600))
		},
		"the index is empty":       func(b *Bundle) { must(os.WriteFile(filepath.Join(b.Dir, "index.json"), nil, 0o600)) },
		"the index is missing":     func(b *Bundle) { must(os.Remove(filepath.Join(b.Dir, "index.json"))) },
		"the list is half-written": func(b *Bundle) { must(os.Truncate(filepath.Join(b.Dir, ManifestFile), 50)) },
		"the list is missing":      func(b *Bundle) { must(os.Remove(filepath.Join(b.Dir, ManifestFile))) },
		"the list names another digest": func(b *Bundle) {
			m := b.Manifest
			m.Images[0].Digest = m.Images[1].Digest
			must(writeJSON(filepath.Join(b.Dir, ManifestFile), m))
		},
	}
}

func flipByte(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	// Another file under the name: a hard link elsewhere keeps the right content.
	if err := errors.Join(os.Remove(file), os.WriteFile(file, data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestDamageIsFoundAndRepaired(t *testing.T) {
	for name, damage := range damages(t) {
		t.Run(name, func(t *testing.T) {
			o := testOptions(t)
			b := mustBuild(t, o)
			want := digests(b)
			damage(b)
			if err := Verify(t.Context(), b.Dir); err == nil {
				t.Fatal("the damage was not found")
			}
			if _, err := Open(t.Context(), b.Dir); err == nil {
				t.Error("the damaged bundle was opened")
			}
			repaired := mustBuild(t, o)
			if err := Verify(t.Context(), repaired.Dir); err != nil {
				t.Errorf("the bundle was not repaired: %v", err)
			}
			if digests(repaired) != want {
				t.Errorf("the repaired bundle is another one:\n%s", digests(repaired))
			}
		})
	}
}

func TestADamagedImageInTheCacheIsBuiltAgain(t *testing.T) {
	o := testOptions(t)
	b := mustBuild(t, o)
	images, err := filepath.Glob(filepath.Join(o.CacheDir, "images", "one-*", "blobs", "sha256", "*"))
	if err != nil || len(images) == 0 {
		t.Fatalf("%v, %v", images, err)
	}
	// The blobs of image and bundle are one file: a byte that rots does so in both.
	for _, file := range images {
		if err := os.Truncate(file, 1); err != nil {
			t.Fatal(err)
		}
	}
	repaired := mustBuild(t, o)
	if digests(repaired) != digests(b) {
		t.Error("another image was built")
	}
	if err := Verify(t.Context(), repaired.Dir); err != nil {
		t.Error(err)
	}
}

func TestWhatAStoppedBuildLeavesIsIgnored(t *testing.T) {
	o := testOptions(t)
	half := filepath.Join(o.CacheDir, "bundles", ".making-123")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	b := mustBuild(t, o)
	if strings.Contains(b.Dir, ".making") {
		t.Errorf("the bundle lies in %s", b.Dir)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Build(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled build gave %v", err)
	}
}

func TestVerifyOfNothing(t *testing.T) {
	if err := Verify(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestABundleForAnotherMachineIsRefused(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	for name, change := range map[string]func(*Manifest){
		"another processor": func(m *Manifest) { m.Platform = "linux/s390x" },
		"another format":    func(m *Manifest) { m.FormatVersion = 99 },
	} {
		m := b.Manifest
		change(&m)
		if err := writeJSON(filepath.Join(b.Dir, ManifestFile), m); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), b.Dir); err == nil {
			t.Errorf("%s: was opened", name)
		}
	}
}
