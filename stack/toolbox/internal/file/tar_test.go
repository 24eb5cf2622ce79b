package file

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// runTool runs a tool and returns what it wrote and its exit code.
func runTool(t *testing.T, stdin string, words ...string) (out, messages string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	std := applet.Std{In: strings.NewReader(stdin), Out: &o, Err: &e}
	code = applet.Code(std, words[0], Applets()[words[0]](t.Context(), std, words[1:]))
	return o.String(), e.String(), code
}

// newTree returns a folder with files of all kinds.
func newTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "d", "e"), 0o750))
	must(os.WriteFile(filepath.Join(dir, "d", "f"), []byte("text"), 0o640))
	must(os.WriteFile(filepath.Join(dir, "d", "e", "run"), bytes.Repeat([]byte("x"), 100_000), 0o700))
	must(os.WriteFile(filepath.Join(dir, "d", "empty"), nil, 0o644))
	must(os.WriteFile(filepath.Join(dir, "d", "银行"), []byte("utf-8"), 0o644))
	must(os.Symlink("f", filepath.Join(dir, "d", "link")))
	must(os.Chtimes(filepath.Join(dir, "d", "f"), time.Unix(1e9, 0), time.Unix(1e9, 0)))
	return dir
}

// tree describes a folder.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == "." {
			return err
		}
		line := name + " " + info.Mode().String()
		if e.Type() == fs.ModeSymlink {
			target, _ := os.Readlink(path)
			line += " " + target
		} else if !e.IsDir() {
			data, _ := os.ReadFile(path)
			line += " " + string(data[:min(len(data), 10)]) + info.ModTime().UTC().Format(" 2006-01-02 15:04:05")
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestTarThereAndBack(t *testing.T) {
	from := newTree(t)
	for _, tt := range []struct {
		name         string
		pack, unpack []string
	}{
		{"as copying files calls it", []string{"tar", "cf", "-", "-C", from, "d"}, []string{"tar", "-xf", "-", "-C", "TO"}},
		{"bundled flags", []string{"tar", "-cf", "-", "-C", from, "d"}, []string{"tar", "xpf", "-", "-C", "TO"}},
		{"compressed", []string{"tar", "czf", "-", "-C", from, "d"}, []string{"tar", "xzf", "-", "-C", "TO"}},
		{"compressed without a word", []string{"tar", "cz", "-C", from, "d"}, []string{"tar", "x", "-C", "TO"}},
		{"the folder itself", []string{"tar", "cf", "-", "-C", from, "."}, []string{"tar", "xf", "-", "-C", "TO"}},
		{"with a leading ./", []string{"tar", "cf", "-", "-C", from, "./d"}, []string{"tar", "xf", "-", "-C", "TO"}},
	} {
		to := t.TempDir()
		archive, messages, code := runTool(t, "", tt.pack...)
		if code != 0 {
			t.Fatalf("%s: %s", tt.name, messages)
		}
		i := slices.Index(tt.unpack, "TO")
		tt.unpack[i] = to
		if _, messages, code := runTool(t, archive, append(tt.unpack, "-p")...); code != 0 {
			t.Errorf("%s: %s", tt.name, messages)
		}
		if got, want := tree(t, to), tree(t, from); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, want)
		}
	}
}

func TestTarLeavesLeadingSlashesOut(t *testing.T) {
	from := newTree(t)
	archive, _, code := runTool(t, "", "tar", "cf", "-", filepath.Join(from, "d", "f"))
	if code != 0 {
		t.Fatal(code)
	}
	listed, _, _ := runTool(t, archive, "tar", "tf", "-")
	if want := strings.TrimPrefix(from, "/") + "/d/f\n"; listed != want {
		t.Errorf("got %q, want %q", listed, want)
	}
}

func TestTarNamesEachFileOnce(t *testing.T) {
	from := newTree(t)
	archive, _, _ := runTool(t, "", "tar", "cf", "-", "-C", from, "d", "d/f", "d")
	listed, _, _ := runTool(t, archive, "tar", "tf", "-")
	names := strings.Fields(listed)
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("doubles in %v", names)
	}
}

func TestTarMissingFile(t *testing.T) {
	from := newTree(t)
	archive, messages, code := runTool(t, "", "tar", "cf", "-", "-C", from, "nosuch", "d/f")
	if code != 2 || !strings.Contains(messages, "nosuch") {
		t.Errorf("code %d, messages %q", code, messages)
	}
	if listed, _, _ := runTool(t, archive, "tar", "tf", "-"); listed != "d/f\n" {
		t.Errorf("the rest is missing: %q", listed)
	}
}

func TestTarExcludeStripAndMembers(t *testing.T) {
	from := newTree(t)
	archive, _, _ := runTool(t, "", "tar", "cf", "-", "--exclude", "e", "-C", from, "d")
	if listed, _, _ := runTool(t, archive, "tar", "tf", "-"); strings.Contains(listed, "d/e/") {
		t.Errorf("the excluded folder is there: %q", listed)
	}
	to := t.TempDir()
	if _, messages, code := runTool(t, archive, "tar", "xf", "-", "-C", to, "--strip-components", "1", "d/f"); code != 0 {
		t.Fatal(messages)
	}
	if got := tree(t, to); !strings.HasPrefix(got, "f ") || strings.Contains(got, "\n") {
		t.Errorf("got %s", got)
	}
	if out, _, _ := runTool(t, archive, "tar", "xOf", "-", "d/f"); out != "text" {
		t.Errorf("to standard output: %q", out)
	}
}

func craft(t *testing.T, headers ...tar.Header) string {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, h := range headers {
		content := ""
		if h.Typeflag == tar.TypeReg {
			content = "evil"
		}
		h.Size, h.Mode = int64(len(content)), 0o644
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.String()
}

func TestTarStaysInItsFolder(t *testing.T) {
	for name, headers := range map[string][]tar.Header{
		"a name with ..":        {{Name: "../evil", Typeflag: tar.TypeReg}},
		"a hidden ..":           {{Name: "a/../../evil", Typeflag: tar.TypeReg}},
		"a planted link":        {{Name: "out", Typeflag: tar.TypeSymlink, Linkname: ".."}, {Name: "out/evil", Typeflag: tar.TypeReg}},
		"a planted link to /":   {{Name: "out", Typeflag: tar.TypeSymlink, Linkname: "/"}, {Name: "out/evil", Typeflag: tar.TypeReg}},
		"a hard link to beyond": {{Name: "evil", Typeflag: tar.TypeLink, Linkname: "../victim"}},
	} {
		parent := t.TempDir()
		to := filepath.Join(parent, "to")
		if err := os.Mkdir(to, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(parent, "victim"), []byte("victim"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, messages, code := runTool(t, craft(t, headers...), "tar", "xf", "-", "-C", to)
		if code == 0 || messages == "" {
			t.Errorf("%s: was taken", name)
		}
		left, err := os.ReadDir(parent)
		if err != nil || len(left) != 2 {
			t.Errorf("%s: the parent has %v, %v", name, left, err)
		}
	}
}

func TestTarWritesNothingThroughALink(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("victim"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("victim", filepath.Join(dir, "f")); err != nil {
		t.Fatal(err)
	}
	if _, messages, code := runTool(t, craft(t, tar.Header{Name: "f", Typeflag: tar.TypeReg}), "tar", "xf", "-", "-C", dir); code != 0 {
		t.Fatal(messages)
	}
	if data, _ := os.ReadFile(victim); string(data) != "victim" {
		t.Errorf("the link's target has %q", data)
	}
}

func TestTarBadInput(t *testing.T) {
	for _, tt := range []struct {
		stdin string
		words []string
	}{
		{strings.Repeat("potato", 200), []string{"tar", "xf", "-"}},
		{"\x1f\x8bno gzip", []string{"tar", "tf", "-"}},
		{"", []string{"tar", "xf", "/nonexistent/x"}},
		{"", []string{"tar"}},
		{"", []string{"tar", "-x", "-c", "x"}},
		{"", []string{"tar", "cf", "-"}},
		{"", []string{"tar", "xf", "-", "-C", "/nonexistent"}},
	} {
		t.Chdir(t.TempDir())
		if _, messages, code := runTool(t, tt.stdin, tt.words...); code == 0 || messages == "" {
			t.Errorf("%v: code %d, messages %q", tt.words, code, messages)
		}
	}
}

func FuzzTarExtract(f *testing.F) {
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		parent := t.TempDir()
		to := filepath.Join(parent, "to")
		if err := os.Mkdir(to, 0o700); err != nil {
			t.Fatal(err)
		}
		runTool(t, string(archive), "tar", "xf", "-", "-C", to)
		if left, _ := os.ReadDir(parent); len(left) != 1 {
			t.Errorf("it wrote outside: %v", left)
		}
	})
}
