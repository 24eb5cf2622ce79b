package cli

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopyOut(t *testing.T) {
	f := newFakeServer(t)
	dir := t.TempDir()
	archive := tarBytes(t, map[string]string{"./logs/a.log": "one", "./logs/sub/b.log": "two"}, map[string]string{"./logs/in": "a.log", "./logs/out": "../../etc/passwd"})
	f.handle("GET /clusters/local/resources/pods/objects/bank/a/files", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive) })
	got := f.run("", "cp", "a:/var/logs", dir, "-n", "bank", "-c", "app")
	if got.code != 0 {
		t.Fatalf("%+v", got)
	}
	for name, want := range map[string]string{"logs/a.log": "one", "logs/sub/b.log": "two", "logs/in": "one"} {
		if raw, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(raw) != want {
			t.Errorf("%s: %q %v", name, raw, err)
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "logs/out")); err == nil || !strings.Contains(got.err, "left out logs/out") {
		t.Errorf("a link that leads out was made; %q", got.err)
	}
	if q := f.request("GET /clusters/local/resources/pods/objects/bank/a/files").query; q != "container=app&path=%2Fvar%2Flogs" {
		t.Errorf("query %s", q)
	}
	// A name that is no folder yet is the new name.
	if got := f.run("", "cp", "a:/var/logs", filepath.Join(dir, "renamed"), "-n", "bank"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "renamed", "a.log")); err != nil {
		t.Error(err)
	}
}

func TestCopyOutHostile(t *testing.T) {
	for name, archive := range map[string][]byte{
		"parent":   tarBytes(t, map[string]string{"../evil": "x"}, nil),
		"absolute": tarBytes(t, map[string]string{"/tmp/evil": "x"}, nil),
		"deep":     tarBytes(t, map[string]string{"a/../../evil": "x"}, nil),
	} {
		f := newFakeServer(t)
		dir := filepath.Join(t.TempDir(), "in")
		f.handle("GET /clusters/local/resources/pods/objects/default/a/files", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(archive) })
		if got := f.run("", "cp", "a:/x", dir+"/"); got.code == 0 {
			t.Errorf("%s: %+v", name, got)
		}
		_ = filepath.WalkDir(filepath.Dir(dir), func(path string, d fs.DirEntry, _ error) error {
			if !d.IsDir() {
				t.Errorf("%s: %s was written", name, path)
			}
			return nil
		})
	}
	// A folder of this machine that is a link out of the target is not followed.
	f := newFakeServer(t)
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "x")); err != nil {
		t.Fatal(err)
	}
	f.handle("GET /clusters/local/resources/pods/objects/default/a/files", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(tarBytes(t, map[string]string{"x/evil": "x"}, nil))
	})
	if got := f.run("", "cp", "a:/x", dir); got.code == 0 {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(filepath.Join(outside, "evil")); err == nil {
		t.Error("a file was written outside")
	}
}

func TestCopyOutIncomplete(t *testing.T) {
	f := newFakeServer(t)
	f.handle("GET /clusters/local/resources/pods/objects/default/a/files", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Kubemate-Stream-Error")
		_, _ = w.Write(tarBytes(t, map[string]string{"a": "x"}, nil)[:700])
		w.Header().Set("X-Kubemate-Stream-Error", "the pod was deleted")
	})
	if got := f.run("", "cp", "a:/a", t.TempDir()); got.code == 0 || !strings.Contains(got.problem, "the pod was deleted") {
		t.Errorf("%+v", got)
	}
}

func TestCopyIn(t *testing.T) {
	f := newFakeServer(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), "one")
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "sub", "b"), "two")
	_ = os.Symlink("/etc/passwd", filepath.Join(dir, "away"))
	_ = os.Symlink("a", filepath.Join(dir, "near"))
	var names []string
	f.handle("PUT /clusters/local/resources/deployments.apps/objects/default/teller/files", func(w http.ResponseWriter, r *http.Request) {
		names = nil
		in := tar.NewReader(r.Body)
		for {
			h, err := in.Next()
			if err != nil {
				break
			}
			names = append(names, h.Name)
		}
		io.WriteString(w, `{"files":4,"bytes":6}`)
	})
	got := f.run("", "cp", dir, "deploy/teller:/tmp/conf")
	if got.code != 0 || !strings.Contains(got.err, "copied 4 files, 6B") || !strings.Contains(got.err, "left out "+dir+"/away") {
		t.Fatalf("%+v", got)
	}
	if want := "conf conf/a conf/near conf/sub conf/sub/b"; strings.Join(names, " ") != want {
		t.Errorf("names %q, want %q", names, want)
	}
	if q := f.request("PUT /clusters/local/resources/deployments.apps/objects/default/teller/files").query; q != "path=%2Ftmp" {
		t.Errorf("query %s", q)
	}
	if got := f.run("", "cp", filepath.Join(dir, "a"), "deploy/teller:/tmp/"); got.code != 0 || len(names) != 1 || names[0] != "a" {
		t.Errorf("into a folder: %q %+v", names, got)
	}
	if got := f.run("", "cp", filepath.Join(dir, "nope"), "a:/tmp/"); got.code != ExitNotFound {
		t.Errorf("%+v", got)
	}
}

func tarBytes(t *testing.T, files, links map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	for name, target := range links {
		if err := w.WriteHeader(&tar.Header{Name: name, Linkname: target, Typeflag: tar.TypeSymlink}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
