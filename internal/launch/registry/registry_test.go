package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// newLayout returns a layout with two named images and one without a name.
func newLayout(t *testing.T) (dir string, images map[string]v1.Image) {
	t.Helper()
	dir = t.TempDir()
	l, err := layout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	images = map[string]v1.Image{}
	for _, ref := range []string{"kubemate/one:1", "kubemate/two:v2.0", ""} {
		image, err := random.Image(4096, 2)
		if err != nil {
			t.Fatal(err)
		}
		annotations := map[string]string{}
		if ref != "" {
			annotations[refName] = ref
			images[ref] = image
		}
		if err := l.AppendImage(image, layout.WithAnnotations(annotations)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, images
}

func newServer(t *testing.T, dir string) *httptest.Server {
	t.Helper()
	h, err := New(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestPull(t *testing.T) {
	dir, images := newLayout(t)
	host := strings.TrimPrefix(newServer(t, dir).URL, "http://")
	for ref, want := range images {
		digest, err := want.Digest()
		if err != nil {
			t.Fatal(err)
		}
		repository, _, _ := strings.Cut(ref, ":")
		for _, full := range []string{host + "/" + ref, host + "/" + repository + "@" + digest.String()} {
			parsed, err := name.ParseReference(full)
			if err != nil {
				t.Fatal(err)
			}
			image, err := remote.Image(parsed, remote.WithContext(t.Context()))
			if err != nil {
				t.Errorf("%s: %v", full, err)
				continue
			}
			if got, _ := image.Digest(); got != digest {
				t.Errorf("%s: digest %s, want %s", full, got, digest)
			}
			if err := validate.Image(image); err != nil {
				t.Errorf("%s: %v", full, err)
			}
		}
	}
}

func TestListings(t *testing.T) {
	dir, _ := newLayout(t)
	host := strings.TrimPrefix(newServer(t, dir).URL, "http://")
	registry, err := name.NewRegistry(host)
	if err != nil {
		t.Fatal(err)
	}
	repositories, err := remote.Catalog(t.Context(), registry)
	if err != nil || strings.Join(repositories, " ") != "kubemate/one kubemate/two" {
		t.Errorf("catalog: %v, %v", repositories, err)
	}
	tags, err := remote.List(registry.Repo("kubemate", "two"), remote.WithContext(t.Context()))
	if err != nil || strings.Join(tags, " ") != "v2.0" {
		t.Errorf("tags: %v, %v", tags, err)
	}
}

func TestPushIsRefused(t *testing.T) {
	dir, images := newLayout(t)
	server := newServer(t, dir)
	before := listing(t, dir)
	tag, err := name.NewTag(strings.TrimPrefix(server.URL, "http://") + "/kubemate/three:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag, images["kubemate/one:1"], remote.WithContext(t.Context())); err == nil {
		t.Error("a push was taken")
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for _, path := range []string{"/v2/kubemate/one/blobs/uploads/", "/v2/kubemate/one/manifests/1", "/v2/"} {
			r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %s", method, path, answer.Status)
			}
		}
	}
	if after := listing(t, dir); after != before {
		t.Errorf("the folder has changed:\n%s\n%s", before, after)
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	dir, images := newLayout(t)
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := New(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	layers, err := images["kubemate/two:v2.0"].Layers()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/", "/v1/", "/v2", "/v2/kubemate/one", "/v2/kubemate/one/", "/v2/kubemate/none/manifests/1", "/v2/kubemate/one/manifests/2",
		"/v2/kubemate/one/manifests/", "/v2/kubemate/one/blobs/", "/v2//manifests/1", "/v2/manifests/1", "/v2/none/tags/list",
		"/v2/kubemate/one/blobs/../../../secret", "/v2/../secret", "/v2/kubemate/one/blobs/sha256:../../secret",
		"/v2/kubemate/one/blobs/%2e%2e%2f%2e%2e%2fsecret", "/v2/kubemate/one/blobs/secret",
		"/v2/kubemate/one/blobs/" + foreign.String(), // of another repository
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://x"+path, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusNotFound || bytes.Contains(w.Body.Bytes(), []byte("secret")) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		var problem struct {
			Errors []struct{ Code, Message string } `json:"errors"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || len(problem.Errors) != 1 || problem.Errors[0].Code == "" {
			t.Errorf("%s: the error is not in the specification's form: %s", path, w.Body)
		}
	}
}

func TestRangeAndHead(t *testing.T) {
	dir, images := newLayout(t)
	server := newServer(t, dir)
	layers, err := images["kubemate/one:1"].Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v2/kubemate/one/blobs/"+digest.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Range", "bytes=10-19")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	part, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusPartialContent || len(part) != 10 {
		t.Errorf("part: %s, %d bytes, %v", answer.Status, len(part), err)
	}
	r.Method = http.MethodHead
	r.Header.Del("Range")
	head, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = head.Body.Close() }()
	if head.Header.Get("Docker-Content-Digest") != digest.String() || head.ContentLength <= 0 ||
		head.Header.Get("Content-Type") != string(types.DockerLayer) {
		t.Errorf("head: %v", head.Header)
	}
}

func TestACutBlobIsAnError(t *testing.T) {
	dir, images := newLayout(t)
	layers, err := images["kubemate/one:1"].Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(t, dir)
	if err := os.Truncate(filepath.Join(dir, "blobs", "sha256", digest.Hex), 10); err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(server.URL + "/v2/kubemate/one/blobs/" + digest.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusInternalServerError {
		t.Errorf("a blob that was cut is answered with %s", answer.Status)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	dir, _ := newLayout(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, dir, listener, slog.New(slog.DiscardHandler)) }()
	answer, err := http.Get("http://" + listener.Addr().String() + "/v2/")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the end of its context gave %v", err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

func TestServeRefusesWhatIsNoLayout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), t.TempDir(), listener, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an empty folder was served")
	}
}

func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"v2/a/blobs/sha256:00", "v2/../x", "v2/a/manifests/../../x", "v2/a/tags/list", "%2e%2e"} {
		f.Add(seed)
	}
	dir := f.TempDir()
	if _, err := layout.Write(dir, empty.Index); err != nil {
		f.Fatal(err)
	}
	h, err := New(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://x/", nil)
		r.URL.Path = "/" + path
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusNotFound && path != "v2/" && path != "v2/_catalog" {
			t.Errorf("%q: %d from an empty bundle", path, w.Code)
		}
	})
}
