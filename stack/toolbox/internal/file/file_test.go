package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGzip(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f", []byte(strings.Repeat("text", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	packed, _, code := runTool(t, "", "gzip", "-c", "f")
	if code != 0 || len(packed) > 100 {
		t.Fatalf("code %d, %d bytes", code, len(packed))
	}
	if out, _, _ := runTool(t, packed, "zcat"); out != strings.Repeat("text", 100) {
		t.Errorf("zcat: %q", out)
	}
	if _, messages, code := runTool(t, "", "gzip", "f"); code != 0 {
		t.Fatal(messages)
	}
	if _, err := os.Stat("f"); !os.IsNotExist(err) {
		t.Error("the packed file is still there")
	}
	if _, messages, code := runTool(t, "", "gunzip", "-k", "f.gz"); code != 0 {
		t.Fatal(messages)
	}
	if data, err := os.ReadFile("f"); err != nil || len(data) != 400 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	for _, words := range [][]string{{"gunzip", "f.gz"}, {"gunzip", "f"}, {"gzip", "nosuch"}} { // f is there, no .gz, missing
		if _, messages, code := runTool(t, "", words...); code == 0 || messages == "" {
			t.Errorf("%v: code %d, messages %q", words, code, messages)
		}
	}
	if _, _, code := runTool(t, "no gzip", "zcat"); code == 0 {
		t.Error("what is no gzip was unpacked")
	}
}

func TestChecksum(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f", []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, _, _ := runTool(t, "", "sha256sum", "f")
	if want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  f\n"; list != want {
		t.Errorf("got %q", list)
	}
	if out, _, code := runTool(t, list, "sha256sum", "-c"); code != 0 || out != "f: OK\n" {
		t.Errorf("code %d, %q", code, out)
	}
	if out, _, code := runTool(t, strings.Replace(list, "ba", "bb", 1), "sha256sum", "-c"); code == 0 || out != "f: FAILED\n" {
		t.Errorf("code %d, %q", code, out)
	}
	if _, _, code := runTool(t, "potato\n", "sha256sum", "-c"); code == 0 {
		t.Error("a list without digests was taken")
	}
}

func TestLs(t *testing.T) {
	dir := newTree(t)
	t.Chdir(dir)
	if err := os.WriteFile("d/.hidden", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ call, out string }{
		{"ls d", "e\nempty\nf\nlink\n银行\n"},
		{"ls -A d", ".hidden\ne\nempty\nf\nlink\n银行\n"},
		{"ls -a d", ".\n..\n.hidden\ne\nempty\nf\nlink\n银行\n"},
		{"ls -r d/f d/empty", "d/f\nd/empty\n"},
		{"ls -d d", "d\n"},
		{"ls -F d", "e/\nempty\nf\nlink@\n银行\n"},
		{"ls -S d/e d/f", "d/f\n\nd/e:\nrun\n"},
		{"ls -R d", "d:\ne\nempty\nf\nlink\n银行\n\nd/e:\nrun\n"},
	} {
		words := strings.Fields(tt.call)
		if out, messages, code := runTool(t, "", words...); out != tt.out || code != 0 {
			t.Errorf("%s: %q, code %d, messages %q", tt.call, out, code, messages)
		}
	}
	out, _, _ := runTool(t, "", "ls", "-l", "d/f", "d/link")
	for _, part := range []string{"-rw-r-----", " 4 ", "2001", "lrwxrwxrwx", "d/link -> f"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not in %q", part, out)
		}
	}
	if out, messages, code := runTool(t, "", "ls", "nosuch", "d/f"); code != 2 || out != "d/f\n" || !strings.Contains(messages, "nosuch: no such file") {
		t.Errorf("%q, %q, code %d", out, messages, code)
	}
}

func TestModeString(t *testing.T) {
	for mode, want := range map[fs.FileMode]string{
		0o644:                                     "-rw-r--r--",
		fs.ModeDir | 0o777 | fs.ModeSticky:        "drwxrwxrwt",
		fs.ModeDir | 0o770 | fs.ModeSticky:        "drwxrwx--T",
		0o755 | fs.ModeSetuid:                     "-rwsr-xr-x",
		0o644 | fs.ModeSetgid:                     "-rw-r-Sr--",
		fs.ModeSymlink | 0o777:                    "lrwxrwxrwx",
		fs.ModeNamedPipe | 0o600:                  "prw-------",
		fs.ModeDevice | fs.ModeCharDevice | 0o666: "crw-rw-rw-",
	} {
		if got := modeString(mode); got != want {
			t.Errorf("%v: %s, want %s", mode, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("f", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"ln", "-s", "f", "l"}, {"ln", "-sf", "f", "l"}, {"ln", "f", "hard"}} {
		if _, messages, code := runTool(t, "", words...); code != 0 {
			t.Errorf("%v: %s", words, messages)
		}
	}
	if out, _, _ := runTool(t, "", "readlink", "l"); out != "f\n" {
		t.Errorf("readlink: %q", out)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	if out, _, _ := runTool(t, "", "readlink", "-f", "l"); out != filepath.Join(real, "f")+"\n" {
		t.Errorf("readlink -f: %q", out)
	}
	for _, words := range [][]string{{"ln", "-s", "f", "l"}, {"ln"}, {"readlink", "f"}} {
		if _, _, code := runTool(t, "", words...); code == 0 {
			t.Errorf("%v succeeded", words)
		}
	}
}

func TestDf(t *testing.T) {
	out, _, code := runTool(t, "", "df", "-h", "/")
	if code != 0 || !strings.Contains(out, "MOUNTED ON") || !strings.Contains(out, "%") {
		t.Errorf("code %d, %q", code, out)
	}
}
