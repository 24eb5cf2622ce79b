package bundle

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestLoad(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	references, err := Load(t.Context(), b, LoadOptions{Registry: host + "/platform"})
	if err != nil || len(references) != 2 {
		t.Fatalf("%v, %v", references, err)
	}
	for i, r := range references {
		parsed, err := name.ParseReference(r)
		if err != nil {
			t.Fatal(err)
		}
		image, err := remote.Image(parsed, remote.WithContext(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		if digest, _ := image.Digest(); digest.String() != b.Manifest.Images[i].Digest {
			t.Errorf("%s: digest %s", r, digest)
		}
	}
}

func TestLoadNamesTheImageThatFailed(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	_, err := Load(t.Context(), b, LoadOptions{Registry: "127.0.0.1:1"})
	if err == nil || !strings.Contains(err.Error(), "push 127.0.0.1:1/kubemate/one:1.0") {
		t.Errorf("got %v", err)
	}
	if _, err := Load(t.Context(), b, LoadOptions{Registry: "https://x"}); err == nil {
		t.Error("a URL was taken for a registry")
	}
}

func TestReference(t *testing.T) {
	b := &Bundle{Manifest: Manifest{Images: []Image{{Name: "x", Repository: "kubemate/x", Version: "1", Digest: "sha256:ab"}}}}
	if got, err := b.Reference("localhost:5050", "x"); err != nil || got != "localhost:5050/kubemate/x:1@sha256:ab" {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := b.Reference("localhost:5050", "y"); err == nil {
		t.Error("an image that isn't there has a reference")
	}
}

func TestCommands(t *testing.T) {
	b := mustBuild(t, testOptions(t))
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		cmd := NewCommand(CommandDeps{})
		cmd.SetOut(&out)
		cmd.SetErr(io.Discard)
		cmd.SetArgs(args)
		cmd.SilenceUsage = true
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	if out, err := run("list", "--bundle", b.Dir); err != nil || !strings.Contains(out, b.Manifest.Images[0].Digest) {
		t.Errorf("list: %q, %v", out, err)
	}
	out, err := run("list", "--bundle", b.Dir, "-o", "json")
	var images []Image
	if err != nil || json.Unmarshal([]byte(out), &images) != nil || len(images) != 2 || images[0].Programs[0].Go == "" {
		t.Errorf("list -o json: %q, %v", out, err)
	}
	if out, err := run("verify", "--bundle", b.Dir); err != nil || !strings.Contains(out, "2 images") {
		t.Errorf("verify: %q, %v", out, err)
	}
	archive := t.TempDir() + "/bundle.tar"
	if _, err := run("export", archive, "--bundle", b.Dir); err != nil {
		t.Errorf("export: %v", err)
	}
	if _, err := run("import", archive, "--cache-dir", t.TempDir()); err != nil {
		t.Errorf("import: %v", err)
	}
	for _, wrong := range [][]string{
		{"list", "--bundle", t.TempDir()},
		{"verify", "--bundle", t.TempDir()},
		{"list", "--bundle", b.Dir, "-o", "potato"},
		{"load"},
		{"export"},
		{"import", "/nonexistent"},
		{"build", "potato", "--source", "/nonexistent"},
	} {
		if _, err := run(wrong...); err == nil {
			t.Errorf("%v succeeded", wrong)
		}
	}
}
