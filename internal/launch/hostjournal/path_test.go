package hostjournal

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestUndoPath(t *testing.T) {
	root := t.TempDir()
	data := filepath.Join(root, "data")
	base := filepath.Join(root, "base")
	for _, dir := range []string{data, base, filepath.Join(base, "empty", "deep"), filepath.Join(base, "kept")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(base, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("kubelet.sock", "")
	write("kubemate-1", `{"netns":"`+data+`/run/x"}`)
	write("kubemate-2", `{"netns":"/elsewhere/x"}`)
	write("kept/theirs", "")
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(base, name)); err != nil {
			t.Fatal(err)
		}
	}
	link(data+"/log", "ours.log")
	link("/elsewhere/log", "theirs.log")
	live, err := net.Listen("unix", filepath.Join(base, "live"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = live.Close() }()
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(base, "dead"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}

	e := Entry{Kind: Path, Name: base, Patterns: []string{"kubelet.sock"}, Mentioning: []string{"kubemate-*"}, DataDir: data}
	if err := undoPath(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"kubelet.sock": false, "kubemate-1": false, "ours.log": false, "dead": false, "empty": false,
		"kubemate-2": true, "kept/theirs": true, "theirs.log": true, "live": true,
	} {
		_, err := os.Lstat(filepath.Join(base, name))
		if got := !errors.Is(err, os.ErrNotExist); got != want {
			t.Errorf("%s is there: %v, want %v", name, got, want)
		}
	}
	if err := undoPath(t.Context(), Entry{Kind: Path, Name: filepath.Join(root, "never")}); err != nil {
		t.Errorf("a path that is not there: %v", err)
	}
}

func TestUndoPathKeepsFoldersThatWereThere(t *testing.T) {
	base := filepath.Join(t.TempDir(), "base")
	if err := os.MkdirAll(filepath.Join(base, "s"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := undoPath(t.Context(), Entry{Kind: Path, Name: base, Before: "present"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(base, "s")); err != nil {
		t.Error("a folder below one that was there is gone")
	}
}
