package system

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

func call(t *testing.T, words ...string) (out, messages string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	std := applet.Std{In: strings.NewReader(""), Out: &o, Err: &e}
	code = applet.Code(std, words[0], Applets()[words[0]](t.Context(), std, words[1:]))
	return o.String(), e.String(), code
}

func TestTools(t *testing.T) {
	t.Setenv("BANK", "demo")
	for _, tt := range []struct {
		call string
		want string // a regular expression for the output
		code int
	}{
		{"true", "^$", 0},
		{"false", "^$", 1},
		{"echo a b", "^a b\n$", 0},
		{"echo -n a", "^a$", 0},
		{"printenv BANK", "^demo\n$", 0},
		{"printenv NOSUCH", "^$", 1},
		{"printenv", "(?m)^BANK=demo$", 0},
		{"env", "(?m)^BANK=demo$", 0},
		{"env -i A=1 B=2", "^A=1\nB=2\n$", 0},
		{"env -i A=1 A=2", "^A=2\n$", 0},
		{"env -u BANK NEW=x", "(?m)^NEW=x$", 0},
		{"env nosuchprogram", "^$", 127},
		{"sleep 0", "^$", 0},
		{"sleep 0.001s", "^$", 0},
		{"sleep", "^$", 1},
		{"sleep potato", "^$", 1},
		{"sleep -1", "^$", 1},
		{"date +%Y-%m-%d", `^\d{4}-\d\d-\d\d` + "\n$", 0},
		{"date -u +%s", `^\d{10}` + "\n$", 0},
		{"date potato", "^$", 1},
		{"pwd", "^/", 0},
		{"hostname", ".", 0},
		{"uname", "^Linux\n$", 0},
		{"uname -a", "Linux .* ", 0},
		{"id -u", fmt.Sprintf("^%d\n$", os.Geteuid()), 0},
		{"id -G", fmt.Sprintf("^%d", os.Getegid()), 0},
		{"id", fmt.Sprintf("^uid=%d.* gid=%d", os.Geteuid(), os.Getegid()), 0},
		{"which nosuchprogram", "^$", 1},
		{"which go", "/go\n$", 0},
		{"free", "memory", 0},
		{"kill -l", "15 TERM", 0},
		{"kill", "^$", 1},
		{"kill potato", "^$", 1},
		{"kill -POTATO 1", "^$", 1},
		{"kill -0 999999999", "^$", 1},
		{"ps", "(?m)^1 ", 0},
		{"ps aux", "PID", 0},
	} {
		out, messages, code := call(t, strings.Fields(tt.call)...)
		if !regexp.MustCompile(tt.want).MatchString(out) || code != tt.code {
			t.Errorf("%s: %q, code %d; want %s, %d; messages: %s", tt.call, out, code, tt.want, tt.code, messages)
		}
	}
}

func TestEnvHidesWhatIsUnset(t *testing.T) {
	t.Setenv("BANK", "demo")
	if out, _, _ := call(t, "env", "-u", "BANK"); strings.Contains(out, "BANK=") {
		t.Errorf("got %q", out)
	}
}

func TestKill(t *testing.T) {
	for _, words := range [][]string{{"kill"}, {"kill", "-9"}, {"kill", "-KILL"}, {"kill", "-s", "SIGINT"}, {"kill", "-term", "--"}} {
		cmd := exec.CommandContext(t.Context(), "sleep", "600")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, messages, code := call(t, append(words, fmt.Sprint(cmd.Process.Pid))...); code != 0 {
			t.Errorf("%v: %s", words, messages)
		}
		_ = cmd.Wait()
		if !cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
			t.Errorf("%v: it ended by itself", words)
		}
	}
}

func TestParseStat(t *testing.T) {
	const rest = " S 1 2 3 4 5 6 7 8 9 10 150 50 14 15 16 17 18 19 20 21 22 30"
	p, err := parseStat("7 (a (b) c)" + rest)
	if err != nil || p.command != "[a (b) c]" || p.state != "S" || p.ppid != 1 || p.cpu != 2*time.Second {
		t.Errorf("%+v, %v", p, err)
	}
	for _, broken := range []string{"", "7", "7 (x", ") (", "7 (x) S 1"} {
		if _, err := parseStat(broken); err == nil {
			t.Errorf("%q was taken", broken)
		}
	}
}

func TestProcessesThatEndMeanwhile(t *testing.T) {
	proc := t.TempDir()
	for _, name := range []string{"1", "2", "self"} {
		if err := os.Mkdir(filepath.Join(proc, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	stat := "1 (init) S 0" + strings.Repeat(" 0", 30)
	if err := os.WriteFile(filepath.Join(proc, "1", "stat"), []byte(stat), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := processes(proc)
	if err != nil || len(all) != 1 || all[0].pid != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add("1 (x) S 0 0")
	f.Fuzz(func(_ *testing.T, stat string) { _, _ = parseStat(stat) })
}

func TestFormatDate(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC)
	for format, want := range map[string]string{
		"%F %T": "2026-02-03 04:05:06", "%Y%m%d": "20260203", "%s.%N": "1770091506.000000007", "100%%": "100%", "%z": "+0000", "%a %b": "Tue Feb",
	} {
		if got := formatDate(at, format); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
}
