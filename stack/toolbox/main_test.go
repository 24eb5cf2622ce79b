package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// TestMain makes the test program a toolbox when it is called by a tool's name,
// as the shell does with the program that it runs in.
func TestMain(m *testing.M) {
	if tools()[filepath.Base(os.Args[0])] != nil {
		main()
	}
	os.Exit(m.Run())
}

// generous bounds what takes milliseconds on an idle machine.
const generous = time.Minute

type result struct {
	out, err string
	code     int
}

// call runs a tool in a process of its own, with no PATH to find others by.
func call(t *testing.T, dir, stdin string, argv ...string) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), generous)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Args, cmd.Dir, cmd.Env = argv, dir, []string{"PATH=/nonexistent", "COLOR=red"}
	cmd.Stdin = strings.NewReader(stdin)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), messages.String(), cmd.ProcessState.ExitCode()}
}

func TestShell(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "script"), []byte("echo $0 $1 $#\nexit 4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		argv  []string
		stdin string
		out   string
		code  int
	}{
		{"a command", []string{"sh", "-c", "echo hello"}, "", "hello\n", 0},
		{"its arguments", []string{"sh", "-c", "echo $0 $1", "zero", "one"}, "", "zero one\n", 0},
		{"exit code", []string{"sh", "-c", "exit 7"}, "", "", 7},
		{"code of a tool", []string{"sh", "-c", "grep x /dev/null"}, "", "", 1},
		{"-e stops", []string{"sh", "-ec", "false; echo no"}, "", "", 1},
		{"-e and -o", []string{"sh", "-e", "-o", "pipefail", "-c", "false | true; echo no"}, "", "", 1},
		{"pipe of tools", []string{"sh", "-c", "seq 10 | grep 1 | wc -l"}, "", "2\n", 0},
		{"what copying files sends", []string{"sh", "-c", "tar cf - script | tail -c+1 | tar tf -"}, "", "script\n", 0},
		{"variables", []string{"sh", "-c", "x=1; y=$((x+1)); echo ${y} ${COLOR}"}, "", "2 red\n", 0},
		{"exported to a tool", []string{"sh", "-c", "export NEW=v; printenv NEW; other=w; printenv other"}, "", "v\n", 1},
		{"redirection", []string{"sh", "-c", "echo a > f; echo b >> f; cat < f"}, "", "a\nb\n", 0},
		{"heredoc", []string{"sh", "-c", "cat <<E\nx $COLOR\nE"}, "", "x red\n", 0},
		{"loop and test", []string{"sh", "-c", "for i in 1 2 3; do [ $i -gt 1 ] && echo $i; done"}, "", "2\n3\n", 0},
		{"function", []string{"sh", "-c", "f() { echo $1; return 3; }; f x; echo $?"}, "", "x\n3\n", 0},
		{"from standard input", []string{"sh"}, "echo one\necho two\n", "one\ntwo\n", 0},
		{"a script", []string{"sh", "script", "arg"}, "", "script arg 1\n", 4},
		{"unknown program", []string{"sh", "-c", "nosuchprogram"}, "", "", 127},
		{"syntax error", []string{"sh", "-c", "echo ("}, "", "", 1},
		{"no such script", []string{"sh", "nosuch"}, "", "", 1},
		{"-c without a command", []string{"sh", "-c"}, "", "", 1},
		{"kill is a tool", []string{"sh", "-c", "kill -l | head -n 1"}, "", "1 HUP\n", 0},
		{"killed", []string{"sh", "-c", "sh -c 'kill -9 $$'; echo $?"}, "", "137\n", 0},
		{"background", []string{"sh", "-c", "sleep 0.01 & wait; echo done"}, "", "done\n", 0},
		{"trap", []string{"sh", "-c", "trap 'echo bye' EXIT; echo hi"}, "", "hi\nbye\n", 0},
	} {
		got := call(t, dir, tt.stdin, tt.argv...)
		if got.out != tt.out || got.code != tt.code {
			t.Errorf("%s: %q, code %d (want %q, %d); messages: %s", tt.name, got.out, got.code, tt.out, tt.code, got.err)
		}
	}
}

func TestShellEndsAtSIGTERM(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), generous)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = []string{"sh", "-c", "echo ready; while true; do sleep 1; done"}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Signal(terminate)); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("exit code %d, want 143", code)
	}
}

func TestDispatch(t *testing.T) {
	for _, tt := range []struct {
		name string
		argv []string
		out  string
		code int
	}{
		{"by name", []string{"/bin/echo", "x"}, "x\n", 0},
		{"by argument", []string{"/bin/toolbox", "echo", "x"}, "x\n", 0},
		{"unknown", []string{"/bin/toolbox", "potato"}, "", 127},
		{"nothing", []string{"/bin/toolbox"}, "", 2},
		{"an error", []string{"/bin/cat", "/nonexistent/x"}, "", 1},
	} {
		var out, messages bytes.Buffer
		std := applet.Std{In: strings.NewReader(""), Out: &out, Err: &messages}
		if code := dispatch(t.Context(), std, tt.argv); code != tt.code || out.String() != tt.out {
			t.Errorf("%s: %q, code %d; messages: %s", tt.name, out.String(), code, messages.String())
		}
	}
}

func TestListAndInstall(t *testing.T) {
	var out bytes.Buffer
	std := applet.Std{Out: &out, Err: &out}
	if code := dispatch(t.Context(), std, []string{"toolbox", "--list"}); code != 0 {
		t.Fatal(out.String())
	}
	dir := t.TempDir()
	for range 2 { // links that are there already are no error
		if code := dispatch(t.Context(), std, []string{"toolbox", "--install", dir}); code != 0 {
			t.Fatal(out.String())
		}
	}
	for _, needed := range []string{"sh", "tar", "cat", "ls", "ps", "env", "nslookup", "dig", "curl", "wget", "nc", "tail", "grep"} {
		if !strings.Contains("\n"+out.String(), "\n"+needed+"\n") {
			t.Errorf("%s is not listed", needed)
		}
		if _, err := os.Readlink(filepath.Join(dir, needed)); err != nil {
			t.Error(err)
		}
	}
}

func TestFileTools(t *testing.T) {
	dir := t.TempDir()
	script := `mkdir -p a/b && echo text > a/b/f && cp a/b/f g && mv g h && ln -s h l && readlink l && cat l
touch t && chmod 600 t && ls && find a -type f && rm -r a && echo hi | base64`
	got := call(t, dir, "", "sh", "-c", script)
	want := "h\ntext\na\nh\nl\nt\na/b/f\naGkK\n"
	if got.out != want {
		t.Errorf("got %q, want %q; messages: %s", got.out, want, got.err)
	}
}
