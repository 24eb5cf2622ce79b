//go:build node

package launch_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kubemate.io/kubemate/internal/testkit"
)

// background is a command that goes on: logs -f, port-forward, drain.
type background struct {
	cmd   *exec.Cmd
	ended chan error

	mu   sync.Mutex
	text bytes.Buffer // output and messages
}

// Write takes output.
func (b *background) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(data)
}

func (b *background) said() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start starts a command over the admin socket; it is ended with the test.
func (p *platform) start(t *testing.T, args ...string) *background {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	b := &background{cmd: p.command(ctx, p.onSocket(args)...), ended: make(chan error, 1)}
	b.cmd.Stdout, b.cmd.Stderr = b, b
	if err := b.cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		b.ended <- b.cmd.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-waited
	})
	return b
}

// await waits until the command has said something.
func (b *background) await(t *testing.T, text string) {
	t.Helper()
	testkit.OnNode(t, fmt.Sprintf("%v says %q", b.cmd.Args[1:], text), func() error {
		if said := b.said(); !strings.Contains(said, text) {
			return fmt.Errorf("so far %q", said)
		}
		return nil
	})
}

// end waits for the end of the command by itself, which must be a good one.
func (b *background) end(t *testing.T) {
	t.Helper()
	if err := <-b.ended; err != nil {
		t.Fatalf("%v: %v: %s", b.cmd.Args[1:], err, b.said())
	}
}

// interrupt is Ctrl-C, which ends the command at once.
func (b *background) interrupt(t *testing.T) {
	t.Helper()
	if err := b.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatalf("%v ended by itself: %v: %s", b.cmd.Args[1:], err, b.said())
	}
	<-b.ended
	status, ok := b.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.ExitStatus() > 0 && status.ExitStatus() != 130 {
		t.Errorf("%v after Ctrl-C: %v: %s", b.cmd.Args[1:], b.cmd.ProcessState, b.said())
	}
}
