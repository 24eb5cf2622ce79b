package launch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/testkit"
)

func TestWholeLinesAreCopiedUntilReady(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts []string // what was written between two looks
		want  string
		ready bool
	}{
		{"nothing yet", []string{""}, "", false},
		{"lines", []string{"a\nb\n", "c\n"}, "a\nb\nc\n", false},
		{"half a line", []string{"a\nb"}, "a\n", false},
		{"a line in halves", []string{"a", "b", "c\n"}, "abc\n", false},
		{"the mark", []string{"a\n" + readyMark + "\n"}, "a\n", true},
		{"the mark in halves", []string{"a\n" + readyMark[:9], readyMark[9:], "\n"}, "a\n", true},
		{"what follows the mark stays", []string{readyMark + "\nmore\n"}, "", true},
		{"the mark within a line", []string{"x " + readyMark + "\n"}, "x " + readyMark + "\n", false},
		{"the mark without its end", []string{readyMark}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log, out bytes.Buffer
			lines := lineCopier{in: bufio.NewReader(&log), out: &out}
			ready := false
			for _, part := range c.parts {
				log.WriteString(part)
				var err error
				if ready, err = lines.copy(); err != nil {
					t.Fatal(err)
				}
			}
			if ready != c.ready || out.String() != c.want {
				t.Errorf("ready %t, copied %q", ready, out.String())
			}
		})
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestBrokenOutputEndsTheCopy(t *testing.T) {
	lines := lineCopier{in: bufio.NewReader(strings.NewReader("a\n")), out: broken{}}
	if ready, err := lines.copy(); ready || err == nil {
		t.Errorf("ready %t, %v", ready, err)
	}
}

func logFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "up.log")
	write(t, path, text)
	return path
}

func TestFollowEndsWithTheMark(t *testing.T) {
	path := logFile(t, "starting\n")
	var out bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- follow(t.Context(), path, nil, &out) }()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, part := range []string{"Console: x\n" + readyMark[:4], readyMark[4:] + "\n"} {
		if _, err := f.WriteString(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil || out.String() != "starting\nConsole: x\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestFollowTellsHowTheProcessDied(t *testing.T) {
	for name, died := range map[string]error{"with an error": errors.New("exit status 1"), "without": nil} {
		t.Run(name, func(t *testing.T) {
			path := logFile(t, "no space left\n")
			ended := make(chan error, 1)
			ended <- died
			var out bytes.Buffer
			err := follow(t.Context(), path, ended, &out)
			if err == nil || !strings.Contains(err.Error(), "did not start") || !strings.Contains(err.Error(), path) || died != nil && !errors.Is(err, died) {
				t.Errorf("got %v", err)
			}
			if out.String() != "no space left\n" {
				t.Errorf("its last words: %q", out.String())
			}
		})
	}
}

func TestInterruptedFollowSaysThatTheStartGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := follow(ctx, logFile(t, ""), nil, &bytes.Buffer{})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "in the background") || !strings.Contains(err.Error(), "kubemate down") {
		t.Errorf("got %v", err)
	}
}

// What is refused leaves no trace: no log, and no mark that would let `down --delete` in.
func TestRefusedStartInBackgroundTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "photos", "one"), "x")
	for name, o := range map[string]Options{
		"foreign folder": {DataDir: dir, Simulated: true, Listen: loopbackAddress(t), APIPort: testkit.FreePort(t)},
		"bad option":     {DataDir: dir, Simulated: true, Nodes: -1},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := upInBackground(t.Context(), o, &out); err == nil {
				t.Fatal("no error")
			}
			if name == "foreign folder" && !strings.Contains(out.String(), "photos") {
				t.Errorf("said %q", out.String())
			}
			onlyEntries(t, dir, "photos")
		})
	}
}
