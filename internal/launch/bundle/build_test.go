package bundle

import (
	"archive/tar"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func TestTwoBuildsGiveTheSameDigests(t *testing.T) {
	one, other := mustBuild(t, testOptions(t)), mustBuild(t, testOptions(t))
	if digests(one) != digests(other) {
		t.Errorf("two builds differ:\n%s\n%s", digests(one), digests(other))
	}
	if one.Dir == other.Dir {
		t.Error("the caches were not apart: this proves nothing")
	}
}

// TestPauseIsReproducible builds a real image of the bundle, compiler and all.
func TestPauseIsReproducible(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for range 2 {
		b := mustBuild(t, Options{SourceDir: root, CacheDir: t.TempDir(), Only: []string{Pause}})
		seen = append(seen, digests(b))
	}
	if seen[0] != seen[1] {
		t.Errorf("two builds differ:\n%s\n%s", seen[0], seen[1])
	}
}

func TestASecondBuildMakesNothing(t *testing.T) {
	o := testOptions(t)
	first := mustBuild(t, o)
	before := stat(t, first.Dir)
	o.Progress = func(detail string) { t.Errorf("the second build does something: %s", detail) }
	second := mustBuild(t, o)
	if second.Dir != first.Dir || !os.SameFile(before, stat(t, second.Dir)) {
		t.Error("the bundle was made anew")
	}
}

func stat(t *testing.T, file string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestAnotherRecipeIsAnotherImage(t *testing.T) {
	o := testOptions(t)
	first := mustBuild(t, o)
	o.Recipes = []Recipe{testRecipe("one"), testRecipe("two")}
	o.Recipes[0].Config.User = "0:0"
	second := mustBuild(t, o)
	if first.Manifest.Images[0].Digest == second.Manifest.Images[0].Digest {
		t.Error("the changed recipe gave the old image")
	}
	if first.Manifest.Images[1].Digest != second.Manifest.Images[1].Digest {
		t.Error("the unchanged recipe gave another image")
	}
}

func imageOf(t *testing.T, b *Bundle, name string) v1.Image {
	t.Helper()
	described, err := b.Image(name)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := v1.NewHash(described.Digest)
	if err != nil {
		t.Fatal(err)
	}
	index, err := layout.ImageIndexFromPath(b.Dir)
	if err != nil {
		t.Fatal(err)
	}
	image, err := index.Image(digest)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func TestImageContent(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	image := imageOf(t, b, "one")
	if err := validate.Image(image); err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	labels := config.Config.Labels
	if config.Config.User != "65532:65532" || labels["org.opencontainers.image.licenses"] != "Apache-2.0" || labels["org.opencontainers.image.version"] != "1.0" {
		t.Errorf("configuration: %+v", config.Config)
	}
	members := map[string]*tar.Header{}
	for _, layer := range layersOf(t, image) {
		for _, h := range readLayer(t, layer) {
			members[strings.TrimSuffix(h.Name, "/")] = h
		}
	}
	for name, want := range map[string]struct {
		kind   byte
		mode   fs.FileMode
		target string
	}{
		"tmp":            {tar.TypeDir, 0o777 | fs.ModeSticky, ""},
		"etc/ssl/certs":  {tar.TypeDir, 0o755, ""},
		"etc/passwd":     {tar.TypeReg, 0o644, ""},
		"etc/one":        {tar.TypeReg, 0o644, ""},
		"opt/deep":       {tar.TypeDir, 0o755, ""},
		"opt/deep/tool":  {tar.TypeReg, 0o755, ""},
		"opt/deep/alpha": {tar.TypeSymlink, 0o777, "tool"},
		"opt/deep/zeta":  {tar.TypeSymlink, 0o777, "tool"},
		"opt/link":       {tar.TypeSymlink, 0o777, "deep"},
		"usr/share/licenses/tool/THIRD-PARTY.txt": {tar.TypeReg, 0o644, ""},
	} {
		h := members[name]
		if h == nil {
			t.Errorf("%s is missing", name)
			continue
		}
		mode := h.FileInfo().Mode()
		if h.Typeflag != want.kind || mode&(fs.ModePerm|fs.ModeSticky) != want.mode || h.Linkname != want.target {
			t.Errorf("%s: type %c, mode %v, link %q", name, h.Typeflag, mode, h.Linkname)
		}
	}
}

func layersOf(t *testing.T, image v1.Image) []v1.Layer {
	t.Helper()
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

func readLayer(t *testing.T, layer v1.Layer) []*tar.Header {
	t.Helper()
	r, err := layer.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var headers []*tar.Header
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return headers
		}
		if err != nil {
			t.Fatal(err)
		}
		headers = append(headers, h)
	}
}

// Image builders refuse doubled names, and a parent must come before its files.
func TestLayersAreCleanArchives(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	for _, layer := range layersOf(t, imageOf(t, b, "two")) {
		seen := map[string]bool{}
		for _, h := range readLayer(t, layer) {
			name := strings.TrimSuffix(h.Name, "/")
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
			if parent := path.Dir(name); parent != "." && !seen[parent] {
				t.Errorf("%s comes before its folder", name)
			}
			if !h.ModTime.Equal(madeAt) {
				t.Errorf("%s has the time %v", name, h.ModTime)
			}
			if path.IsAbs(name) || strings.Contains(name, "..") {
				t.Errorf("odd name %s", name)
			}
		}
	}
}

func TestRecipesAreValid(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Recipes("1.2.3") {
		if err := r.validate(); err != nil {
			t.Error(err)
		}
		if seen[r.Name] {
			t.Errorf("image %s is there twice", r.Name)
		}
		seen[r.Name] = true
		if r.Config.User == "" || strings.HasPrefix(r.Config.User, "0") {
			t.Errorf("image %s runs as root", r.Name)
		}
	}
}

func TestOddRecipesAreRefused(t *testing.T) {
	entry := func(e Entry) func(*Recipe) {
		return func(r *Recipe) { r.Layers[1].Entries = append(r.Layers[1].Entries, e) }
	}
	for name, change := range map[string]func(*Recipe){
		"no name":       func(r *Recipe) { r.Name = "" },
		"upper case":    func(r *Recipe) { r.Name = "One" },
		"a path":        func(r *Recipe) { r.Name = "../x" },
		"no licence":    func(r *Recipe) { r.Licenses = "" },
		"no layers":     func(r *Recipe) { r.Layers = nil },
		"relative path": entry(Entry{Path: "x"}),
		"unclean path":  entry(Entry{Path: "/a/../b"}),
		"the root":      entry(Entry{Path: "/", Folder: true}),
		"a double":      entry(Entry{Path: "/opt/link"}),
		"two kinds":     entry(Entry{Path: "/x", Folder: true, Target: "y"}),
	} {
		r := testRecipe("one")
		change(&r)
		if r.validate() == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func TestTheUpstreamVersionMustBeTheOneThatIsLinked(t *testing.T) {
	o := testOptions(t)
	o.Recipes[0].Upstream = "github.com/coredns/coredns"
	if _, err := Build(t.Context(), o); err == nil || !strings.Contains(err.Error(), "correct the recipe or go.mod") {
		t.Errorf("got %v", err)
	}
}

func TestOnly(t *testing.T) {
	o := testOptions(t)
	o.Only = []string{"two"}
	b := mustBuild(t, o)
	if len(b.Manifest.Images) != 1 || b.Manifest.Images[0].Name != "two" {
		t.Errorf("got %v", b.Manifest.Images)
	}
	if _, err := latest(o.CacheDir); err == nil {
		t.Error("a part of a bundle was made the latest one")
	}
	o.Only = []string{"potato"}
	if _, err := Build(t.Context(), o); err == nil {
		t.Error("an unknown image was built")
	}
}
