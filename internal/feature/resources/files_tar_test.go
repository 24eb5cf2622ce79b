package resources

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"

	"kubemate.io/kubemate/internal/core/errs"
)

// tarOf makes a tar; a name ending in "/" is a folder, "a -> b" a symbolic link, "a => b" a
// hard link, "|a" a pipe.
func tarOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, name := range names {
		h := &tar.Header{Name: name, Mode: 0o4755, Typeflag: tar.TypeReg, Size: int64(len(name))}
		if from, to, ok := strings.Cut(name, " -> "); ok {
			h = &tar.Header{Name: from, Linkname: to, Typeflag: tar.TypeSymlink, Mode: 0o777}
		} else if from, to, ok := strings.Cut(name, " => "); ok {
			h = &tar.Header{Name: from, Linkname: to, Typeflag: tar.TypeLink, Mode: 0o644}
		} else if rest, ok := strings.CutPrefix(name, "|"); ok {
			h = &tar.Header{Name: rest, Typeflag: tar.TypeFifo, Mode: 0o644}
		} else if strings.HasSuffix(name, "/") {
			h = &tar.Header{Name: name, Typeflag: tar.TypeDir, Mode: 0o755}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			_, _ = io.WriteString(w, name)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func tarNames(t testing.TB, raw []byte) []string {
	t.Helper()
	var names []string
	r := tar.NewReader(bytes.NewReader(raw))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Mode&0o7000 != 0 {
			t.Errorf("%s kept mode %o", h.Name, h.Mode)
		}
		names = append(names, h.Name)
	}
}

// filterWhole filters a tar and ends the result.
func filterWhole(raw []byte, w io.Writer) (CopyResult, error) {
	out := tar.NewWriter(w)
	result, err := filterTar(bytes.NewReader(raw), out)
	if err != nil {
		return result, err
	}
	return result, out.Close()
}

func TestFilterTar(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []string
		want []string
		says string
	}{
		{"plain", []string{"./", "./a", "./b/c"}, []string{"./", "./a", "./b/c"}, ""},
		{"absolute", []string{"/etc/passwd"}, nil, "outside"},
		{"parent", []string{"../x"}, nil, "outside"},
		{"hidden parent", []string{"a/../../x"}, nil, "outside"},
		{"parent inside", []string{"a/../x"}, nil, ".."},
		{"links outside are left out", []string{"a", "l -> /etc", "m -> ../x", "n => /etc/passwd"}, []string{"a"}, ""},
		{"links inside", []string{"d/a", "d/l -> a", "d/m -> ../d", "h => d/a"}, []string{"d/a", "d/l", "d/m", "h"}, ""},
		{"through a link", []string{"d/", "l -> d", "l/x"}, nil, "behind a link"},
		{"pipes are left out", []string{"|p", "a"}, []string{"a"}, ""},
	} {
		var out bytes.Buffer
		_, err := filterWhole(tarOf(t, tc.in...), &out)
		if tc.says != "" {
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s: error %v, want %q", tc.name, err, tc.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		} else if got := tarNames(t, out.Bytes()); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func FuzzFilterTar(f *testing.F) {
	f.Add(tarOf(f, "a", "b/", "l -> a"))
	f.Add(tarOf(f, "../a", "/x"))
	f.Add([]byte("no tar"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var out bytes.Buffer
		if _, err := filterWhole(raw, &out); err != nil {
			return
		}
		r := tar.NewReader(&out)
		for {
			h, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatalf("passed on a tar that cannot be read: %v", err)
			}
			if err := checkTarName(h.Name); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestFilesOut(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.exec = serveKubeletExec(func(_ context.Context, cmd []string, _ io.Reader, out, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
		if cmd[len(cmd)-1] != "./data" {
			_, _ = out.Write(make([]byte, 1024)) // tar ends its output all the same
			_, _ = io.WriteString(errOut, "tar: ./nope: Cannot stat: No such file or directory\n")
			return utilexec.CodeExitError{Err: errors.New("exit 2"), Code: 2}
		}
		_, err := out.Write(tarOf(t, "./data/", "./data/a", "./data/l -> /etc/shadow"))
		return err
	})
	status, header, body := c.get("pods", "web-0", "files?path=/srv/data")
	if status != http.StatusOK || header.Get("Content-Type") != mediaTar {
		t.Fatalf("%d %v %q", status, header, body)
	}
	if got := tarNames(t, []byte(body)); !slices.Equal(got, []string{"./data/", "./data/a"}) {
		t.Errorf("names: %q", got)
	}
	for path, want := range map[string]errs.Kind{"/srv/nope": errs.NotFound, "relative": errs.Invalid, "": errs.Invalid} {
		if _, header, body := c.get("pods", "web-0", "files?path="+path); header.Get("X-Kind") != string(want) {
			t.Errorf("%q: %s %q, want %s", path, header.Get("X-Kind"), body, want)
		}
	}
}

func TestFilesIn(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	var command, names []string
	c.exec = translated(t, serveKubeletExec(func(_ context.Context, cmd []string, in io.Reader, _, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
		command = cmd
		raw, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		names = tarNames(t, raw)
		if slices.Contains(cmd, "/readonly") {
			_, _ = io.WriteString(errOut, "tar: a: Cannot open: Read-only file system\n")
			return utilexec.CodeExitError{Err: errors.New("exit 2"), Code: 2}
		}
		return nil
	}))
	put := func(path string, body []byte) (int, string, string) {
		req, _ := http.NewRequest(http.MethodPut, c.url("pods", "web-0", "files?path="+path), bytes.NewReader(body))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, resp.Header.Get("X-Kind"), string(text)
	}
	status, _, body := put("/srv", tarOf(t, "a", "b/", "b/c"))
	if status != http.StatusOK || !strings.Contains(body, `"files":2`) || !slices.Equal(names, []string{"a", "b/", "b/c"}) {
		t.Fatalf("%d %q, names %q", status, body, names)
	}
	if !slices.Equal(command, []string{"tar", "xmf", "-", "-C", "/srv"}) {
		t.Errorf("command %q", command)
	}
	for _, tc := range []struct {
		path string
		body []byte
		kind errs.Kind
		says string
	}{
		{"/readonly", tarOf(t, "a"), errs.Unprocessable, "read-only"},
		{"/srv", tarOf(t, "../a"), errs.Invalid, "outside"},
		{"/srv", []byte(strings.Repeat("no tar ", 200)), errs.Invalid, "no tar"},
	} {
		if _, kind, body := put(tc.path, tc.body); kind != string(tc.kind) || !strings.Contains(strings.ToLower(body), tc.says) {
			t.Errorf("%s: %s %q, want %s with %q", tc.path, kind, body, tc.kind, tc.says)
		}
	}
}
