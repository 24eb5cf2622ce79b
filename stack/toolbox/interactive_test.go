package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

const terminate = syscall.SIGTERM

// screen is what a shell on a terminal has written so far.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		select {
		case s.more <- struct{}{}:
		default:
		}
	}()
	return s.text.Write(p)
}

// await waits until the text stands on the screen, and forgets what came before it.
func (s *screen) await(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(generous)
	for {
		s.mu.Lock()
		at := strings.Index(s.text.String(), text)
		if at >= 0 {
			s.text.Next(at + len(text))
		}
		seen := s.text.String()
		s.mu.Unlock()
		if at >= 0 {
			return
		}
		select {
		case <-s.more:
		case <-deadline:
			t.Fatalf("%q did not come; the screen has %q", text, seen)
		}
	}
}

func TestInteractiveShell(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*generous)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Args, cmd.Dir = []string{"sh"}, t.TempDir()
	cmd.Env = []string{"TERM=xterm", "PATH=/nonexistent"}
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	shown := &screen{more: make(chan struct{}, 1)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 4096)
		for {
			n, err := terminal.Read(buf)
			_, _ = shown.Write(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	keys := func(text string) {
		if _, err := terminal.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	const ctrlC, ctrlD, left, up, tab = "\x03", "\x04", "\x1b[D", "\x1b[A", "\t"
	prompt := " $ "
	if os.Geteuid() == 0 {
		prompt = " # "
	}
	shown.await(t, prompt)
	keys("echo $((40+2))\r")
	shown.await(t, "\n42\r\n")
	shown.await(t, prompt)
	keys("x=kept; cd /\r") // state lasts from line to line
	shown.await(t, "/"+prompt)
	keys("echo 银行 $x\r") // UTF-8 both ways
	shown.await(t, "\n银行 kept\r\n")
	shown.await(t, prompt)
	keys("echo abd" + left + "c\r") // editing within the line
	shown.await(t, "\nabcd\r\n")
	shown.await(t, prompt)
	keys(up + "\r") // history
	shown.await(t, "\nabcd\r\n")
	shown.await(t, prompt)
	keys("for i in 1 2; do\r") // a statement over several lines
	shown.await(t, "> ")
	keys("echo n$i; done\r")
	shown.await(t, "\nn1\r\nn2\r\n")
	shown.await(t, prompt)
	keys("echo dropped" + ctrlC) // Ctrl-C drops the line
	shown.await(t, prompt)
	keys("{ echo started; sleep 1000; }\r")
	shown.await(t, "\nstarted")
	keys(ctrlC) // Ctrl-C ends what runs, not the shell
	shown.await(t, prompt)
	keys("echo (\r") // a mistake does not end it either
	shown.await(t, "sh: ")
	shown.await(t, prompt)
	keys("ls /pro" + tab + "self/status\r")
	shown.await(t, "\n/proc/self/status\r\n")
	shown.await(t, prompt)
	keys(ctrlD)
	_ = cmd.Wait()
	<-read
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
