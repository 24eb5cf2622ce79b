package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"sync"

	"github.com/coder/websocket"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"kubemate.io/kubemate/internal/cli/client"
	"kubemate.io/kubemate/internal/feature/resources"
)

// execRequest is what exec is asked for.
type execRequest struct {
	container  string
	stdin, tty bool
}

func (a *app) execCommand() *cobra.Command {
	e := &execRequest{}
	cmd, inv := a.command("exec POD | KIND/NAME [-- COMMAND …]", "Run a command in a container; without one, open a shell", nil)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		command := []string{}
		if at := cmd.ArgsLenAtDash(); at >= 0 {
			args, command = args[:at], args[at:]
		}
		if err := inv.connect(); err != nil {
			return err
		}
		return e.run(cmd.Context(), inv, args, command)
	}
	cmd.Long = cmd.Short + ".\n\nThe exit code is that of the command. A shell gets a terminal by itself; a command gets one with -it."
	cmd.Example = "  kubemate exec -it teller-0 -n demo-bank\n  kubemate exec deploy/ledger -- cat /etc/hosts\n  tar c dir | kubemate exec -i teller-0 -- tar x -C /tmp"
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	f := cmd.Flags()
	f.StringVarP(&e.container, "container", "c", "", "container (default: the pod's default one)")
	f.BoolVarP(&e.stdin, "stdin", "i", false, "pass standard input on")
	f.BoolVarP(&e.tty, "tty", "t", false, "give the command a terminal")
	_ = cmd.RegisterFlagCompletionFunc("container", inv.completeContainers)
	return cmd
}

func (e *execRequest) run(ctx context.Context, inv *invocation, args, command []string) error {
	if len(args) == 0 {
		return usage("which pod? Write: kubemate exec POD -- COMMAND")
	}
	o, err := inv.oneObject(ctx, args, "pods")
	if err != nil {
		return err
	}
	if len(command) == 0 {
		e.stdin = true
		e.tty = e.tty || inv.interactive()
	}
	terminal := e.terminal(inv)
	q := url.Values{"command": command}
	if e.container != "" {
		q.Set("container", e.container)
	}
	if e.tty {
		q.Set("tty", "true")
	}
	conn, err := inv.client.WebSocket(ctx, o.path("exec"), q, resources.ExecProtocol)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	restore, err := terminal.raw()
	if err != nil {
		return err
	}
	result, err := (&execSession{inv: inv, conn: conn, terminal: terminal, stdin: e.stdin}).run(ctx)
	restore()
	switch {
	case err != nil:
		return err
	case result.ExitCode == 0:
		return nil
	}
	if result.Message != "" {
		inv.remark("error: %s", clean(result.Message))
	}
	if result.ExitCode < 0 || result.ExitCode > 255 {
		return &quietError{code: ExitFailure}
	}
	return &quietError{code: result.ExitCode}
}

// terminal finds the user's terminal, if the command is to have one.
func (e *execRequest) terminal(inv *invocation) *userTerminal {
	t := &userTerminal{fd: -1}
	if !e.tty {
		return t
	}
	if f, ok := inv.in.(*os.File); ok && e.stdin && term.IsTerminal(int(f.Fd())) {
		t.fd = int(f.Fd())
	} else {
		inv.remark("standard input is no terminal: the command gets one, but you do not see it as such")
	}
	return t
}

// execSession carries a command's streams.
type execSession struct {
	inv      *invocation
	conn     *websocket.Conn
	terminal *userTerminal
	stdin    bool
	mu       sync.Mutex // one writer at a time
}

func (s *execSession) run(ctx context.Context) (resources.ExecResult, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		s.terminal.watchSize(ctx, func(cols, rows int) {
			size, _ := json.Marshal(resources.ExecSize{Cols: uint16(cols), Rows: uint16(rows)})
			_ = s.send(ctx, resources.ExecResize, size)
		})
	})
	if s.stdin {
		// A read of standard input cannot be interrupted: this goroutine ends with the process.
		go s.sendInput(ctx)
	} else if err := s.send(ctx, resources.ExecClosed, nil); err != nil {
		return resources.ExecResult{}, client.CloseError(err)
	}
	result, err := s.receive(ctx)
	cancel()
	wg.Wait()
	return result, err
}

func (s *execSession) send(ctx context.Context, kind byte, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn.Write(ctx, websocket.MessageBinary, append([]byte{kind}, data...))
}

func (s *execSession) sendInput(ctx context.Context) {
	buf := make([]byte, 16<<10)
	for {
		n, err := s.inv.in.Read(buf)
		if n > 0 && s.send(ctx, resources.ExecStdin, buf[:n]) != nil {
			return
		}
		if err != nil {
			_ = s.send(ctx, resources.ExecClosed, nil)
			return
		}
	}
}

// receive writes output until the command ends.
func (s *execSession) receive(ctx context.Context) (resources.ExecResult, error) {
	var result resources.ExecResult
	for {
		_, frame, err := s.conn.Read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return result, ctx.Err()
			}
			return result, client.CloseError(err)
		}
		if len(frame) == 0 {
			continue
		}
		if err := s.take(frame[0], frame[1:], &result); err != nil {
			return result, err
		}
		if frame[0] == resources.ExecStatus {
			_ = s.conn.Close(websocket.StatusNormalClosure, "")
			return result, nil
		}
	}
}

func (s *execSession) take(kind byte, data []byte, result *resources.ExecResult) error {
	var w io.Writer
	switch kind {
	case resources.ExecStdout:
		w = s.inv.out
	case resources.ExecStderr:
		w = s.inv.err
	case resources.ExecStatus:
		if err := json.Unmarshal(data, result); err != nil {
			return fmt.Errorf("read the command's result: %w", err)
		}
		return nil
	default:
		return nil // of a newer server
	}
	_, err := w.Write(data)
	return err
}
