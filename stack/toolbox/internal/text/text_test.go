package text

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

func TestTools(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "one\ntwo\nthree\n", "b": "four\n", "noend": "x\ny"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	const ten = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	for _, tt := range []struct {
		call, stdin, out string
		code             int
	}{
		{"head -n 2", ten, "1\n2\n", 0},
		{"head -2", ten, "1\n2\n", 0},
		{"head -n 0", ten, "", 0},
		{"head -c 3", ten, "1\n2", 0},
		{"head -c 99", "x", "x", 0},
		{"head a b", "", "==> a <==\none\ntwo\nthree\n\n==> b <==\nfour\n", 0},
		{"head -q -n 1 a b", "", "one\nfour\n", 0},
		{"head -n 1 nosuch b", "", "==> b <==\nfour\n", 1},
		{"head -n x", "", "", 1},
		{"head -n -1", "", "", 1},
		{"tail -n 2", ten, "9\n10\n", 0},
		{"tail -2", ten, "9\n10\n", 0},
		{"tail -n 0", ten, "", 0},
		{"tail -n +9", ten, "9\n10\n", 0},
		{"tail -n+9", ten, "9\n10\n", 0},
		{"tail -n +1", "x\n", "x\n", 0},
		{"tail -c 3", ten, "10\n", 0},
		{"tail -c +3", "abcdef", "cdef", 0},
		{"tail -c+1", "abc", "abc", 0},
		{"tail -c +99", "abc", "", 0},
		{"tail -n x", "", "", 1},
		{"tail noend", "", "x\ny\n", 0},
		{"grep o a", "", "one\ntwo\n", 0},
		{"grep -v o a", "", "three\n", 0},
		{"grep -n two a", "", "2:two\n", 0},
		{"grep -c o a b", "", "a:2\nb:1\n", 0},
		{"grep -l four a b", "", "b\n", 0},
		{"grep -q one a", "", "", 0},
		{"grep potato a", "", "", 1},
		{"grep -i ONE a", "", "one\n", 0},
		{"grep -E ^(one|two)$ a", "", "one\ntwo\n", 0},
		{"grep -F .", "a.b\nab\n", "a.b\n", 0},
		{"grep -w on a", "", "", 1},
		{"grep -o t[a-z]", "two three\n", "tw\nth\n", 0},
		{"grep -e one -e two a", "", "one\ntwo\n", 0},
		{"grep -A1 one a", "", "one\ntwo\n", 0},
		{"grep -B1 three a", "", "two\nthree\n", 0},
		{"grep -C1 two a", "", "one\ntwo\nthree\n", 0},
		{"grep -nB9 three a", "", "1-one\n2-two\n3:three\n", 0},
		{"grep -h o a b", "", "one\ntwo\nfour\n", 0},
		{"grep -r four .", "", "b:four\n", 0},
		{"grep ( a", "", "", 2},
		{"grep x nosuch", "", "", 2},
		{"grep", "", "", 1},
		{"fgrep (", "f(x)\n", "f(x)\n", 0},
		{"wc", "one two\nthree\n", "2 3 14\n", 0},
		{"wc -l a b", "", "3 a\n1 b\n4 total\n", 0},
		{"wc -m", "银行\n", "3\n", 0},
		{"wc -c", "银行\n", "7\n", 0},
		{"wc", "", "0 0 0\n", 0},
		{"sort", "b\na\nc\n", "a\nb\nc\n", 0},
		{"sort -r", "b\na\nc\n", "c\nb\na\n", 0},
		{"sort -n", "10\n9\n-1\nx\n", "-1\nx\n9\n10\n", 0},
		{"sort -u", "b\na\nb\n", "a\nb\n", 0},
		{"sort -k2 -n", "a 2\nb 1\n", "b 1\na 2\n", 0},
		{"sort -t: -k2nr", "a:1\nb:2\n", "b:2\na:1\n", 0},
		{"sort -k 0", "", "", 1},
		{"uniq", "a\na\nb\na\n", "a\nb\na\n", 0},
		{"uniq -c", "a\na\nb\n", "      2 a\n      1 b\n", 0},
		{"uniq -d", "a\na\nb\n", "a\n", 0},
		{"uniq -u", "a\na\nb\n", "b\n", 0},
		{"cut -d: -f1,3", "a:b:c\n", "a:c\n", 0},
		{"cut -d: -f2-", "a:b:c\n", "b:c\n", 0},
		{"cut -d: -f1", "none\n", "none\n", 0},
		{"cut -d: -s -f1", "none\n", "", 0},
		{"cut -c 1-2", "银行号\n", "银行\n", 0},
		{"cut -f x", "", "", 1},
		{"cut -f 3-2", "", "", 1},
		{"cut", "", "", 1},
		{"tr a-z A-Z", "bank\n", "BANK\n", 0},
		{"tr -d \\n", "a\nb\n", "ab", 0},
		{"tr -s x", "axxxb\n", "axb\n", 0},
		{"tr [:lower:] x", "aB\n", "xB\n", 0},
		{"tr a", "", "", 1},
		{"seq 3", "", "1\n2\n3\n", 0},
		{"seq 2 3", "", "2\n3\n", 0},
		{"seq 6 -2 2", "", "6\n4\n2\n", 0},
		{"seq 1 0 2", "", "", 1},
		{"seq x", "", "", 1},
		{"tee copy", "text", "text", 0},
		{"head copy", "", "text\n", 0},
		{"tee -a copy", "more", "more", 0},
		{"wc -c copy", "", "8 copy\n", 0},
		{"head --help", "", "", 0},
		{"head --potato", "", "", 1},
	} {
		words := strings.Fields(tt.call)
		var out, messages bytes.Buffer
		std := applet.Std{In: strings.NewReader(tt.stdin), Out: &out, Err: &messages}
		code := applet.Code(std, words[0], Applets()[words[0]](t.Context(), std, words[1:]))
		if out.String() != tt.out || code != tt.code {
			t.Errorf("%s: %q, code %d; want %q, %d; messages: %s", tt.call, out.String(), code, tt.out, tt.code, messages.String())
		}
		if code > 1 && messages.Len() == 0 || code == 0 && tt.call != "head --help" && messages.Len() > 0 {
			t.Errorf("%s: code %d with the messages %q", tt.call, code, messages.String())
		}
	}
}

func TestALineThatIsTooLong(t *testing.T) {
	long := strings.NewReader(strings.Repeat("x", maxLine+1))
	if err := lines(long, func([]byte) bool { return true }); err == nil {
		t.Error("a line without bounds was read")
	}
}

// followed gets what tail -f writes.
type followed chan string

func (f followed) Write(p []byte) (int, error) {
	f <- string(p)
	return len(p), nil
}

func TestTailFollows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte("first\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	out := make(followed, 10)
	go func() {
		_ = tail(ctx, applet.Std{Out: out, Err: out}, []string{"-f", file})
	}()
	if got := <-out; got != "first\n" {
		t.Fatalf("got %q", got)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("second\n")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if got := <-out; got != "second\n" {
		t.Errorf("got %q", got)
	}
	if err := os.WriteFile(file, []byte("new\n"), 0o600); err != nil { // cut and begun anew
		t.Fatal(err)
	}
	if got := <-out; got != "new\n" {
		t.Errorf("got %q", got)
	}
}

func FuzzParseSpans(f *testing.F) {
	for _, s := range []string{"1", "1-3", "-2", "4-", "1,2-3", "-", "0", "a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		spans, err := parseSpans(list)
		if err != nil {
			return
		}
		for _, s := range spans {
			if s.first < 1 || s.last != 0 && s.last < s.first {
				t.Errorf("%q gave %v", list, s)
			}
		}
	})
}
