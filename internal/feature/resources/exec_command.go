package resources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// shellScript starts the best shell there is, told that it talks to a terminal with UTF-8.
const shellScript = `export TERM="${TERM:-xterm-256color}" LANG="${LANG:-C.UTF-8}"; ` +
	`if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi`

// execCall is one container to run commands in.
type execCall struct {
	target    *streamTarget
	pod       string
	container string
	tty       bool
}

// runCommand runs a command, or a shell when there is none, on the terminal.
func (c *execCall) runCommand(t *terminal, command []string) ExecResult {
	if len(command) > 0 {
		return c.result(c.attempt(t, command), command)
	}
	for _, shell := range [][]string{{"sh", "-c", shellScript}, {"bash"}, {"/bin/sh"}} {
		err := c.attempt(t, shell)
		if !noSuchProgram(err) {
			return c.result(err, shell)
		}
	}
	return ExecResult{ExitCode: 127, Message: fmt.Sprintf(
		"container %s has no shell (tried bash and sh); give a program that its image contains, or attach a debug container", c.container)}
}

// attempt runs one command on the terminal. Input that the command did not read stays.
func (c *execCall) attempt(t *terminal, command []string) error {
	input := t.input.reader()
	o := remotecommand.StreamOptions{
		Stdin:  input,
		Stdout: frameWriter{t, ExecStdout},
		Tty:    c.tty,
	}
	if c.tty {
		o.TerminalSizeQueue = t.sizes
	} else {
		o.Stderr = frameWriter{t, ExecStderr}
	}
	ctx, cancel := t.lingering()
	defer cancel()
	err := c.stream(ctx, command, o)
	input.stop(noSuchProgram(err))
	return err
}

// stream runs a command with the given streams, over WebSocket or, where the cluster is too
// old for that, over SPDY.
func (c *execCall) stream(ctx context.Context, command []string, o remotecommand.StreamOptions) error {
	executor, err := c.executor(&corev1.PodExecOptions{
		Container: c.container, Command: command, TTY: o.Tty,
		Stdin: o.Stdin != nil, Stdout: o.Stdout != nil, Stderr: o.Stderr != nil,
	})
	if err != nil {
		return err
	}
	return executor.StreamWithContext(ctx, o)
}

func (c *execCall) executor(o *corev1.PodExecOptions) (remotecommand.Executor, error) {
	url := c.target.clients.Typed.CoreV1().RESTClient().Post().
		Namespace(c.target.ref.Namespace).Resource("pods").Name(c.pod).SubResource("exec").
		VersionedParams(o, scheme.ParameterCodec).URL()
	config := rest.CopyConfig(c.target.clients.Config)
	over, err := remotecommand.NewWebSocketExecutor(config, "GET", url.String())
	if err != nil {
		return nil, fmt.Errorf("prepare exec over WebSocket: %w", err)
	}
	older, err := remotecommand.NewSPDYExecutor(config, "POST", url)
	if err != nil {
		return nil, fmt.Errorf("prepare exec over SPDY: %w", err)
	}
	return remotecommand.NewFallbackExecutor(over, older, tooOldForWebSocket)
}

func tooOldForWebSocket(err error) bool {
	return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
}

// result tells in words how a command ended.
func (c *execCall) result(err error, command []string) ExecResult {
	var exit utilexec.ExitError
	switch {
	case err == nil:
		return ExecResult{}
	case noSuchProgram(err):
		return ExecResult{ExitCode: 127, Message: fmt.Sprintf("container %s has no program %q; give one that its image contains", c.container, command[0])}
	case errors.As(err, &exit) && exit.Exited():
		return ExecResult{ExitCode: exit.ExitStatus()}
	default:
		return ExecResult{ExitCode: -1, Message: errorWords(c.explain(err))}
	}
}

// explain makes a failure to run something readable.
func (c *execCall) explain(err error) error {
	text := err.Error()
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case strings.Contains(text, "container not found") || strings.Contains(text, "container is not created or running"):
		return errs.New(errs.Unprocessable, "container %s of %s is not running", c.container, c.target.podRef(c.pod)).
			WithHint("it may just have been restarted: try again").Wrap(err)
	case httpstream.IsUpgradeFailure(err) || strings.Contains(text, "unable to upgrade"):
		return upgradeRefused(err, c.target.podRef(c.pod))
	case errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(text, "close 1006"):
		return errs.New(errs.Unavailable, "the connection to %s was cut", c.target.podRef(c.pod)).WithHint("try again").Wrap(err)
	default:
		return kube.FromKube(err, c.target.podRef(c.pod))
	}
}

// upgradeRefused explains why an API server did not open a stream.
func upgradeRefused(err error, ref kube.Ref) error {
	text := err.Error()
	var network net.Error
	switch {
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return kube.FromKube(err, ref)
	case strings.Contains(text, "orbidden") || strings.Contains(text, " cannot "):
		return errs.New(errs.Forbidden, "the cluster refused it: %s", text).WithHint("ask a platform admin for a role that allows it").Wrap(err)
	case strings.Contains(text, "not found"):
		return errs.New(errs.NotFound, "%s is gone", ref).WithHint("it may have been deleted meanwhile").Wrap(err)
	case strings.Contains(text, "dial tcp") || strings.Contains(text, "error dialing backend"):
		return errs.New(errs.Unavailable, "the node of %s cannot be reached by the API server", ref).
			WithHint("look at the node: its kubelet may be down, or its address unreachable").Wrap(err)
	default:
		return errs.New(errs.BadUpstream, "the cluster did not open the stream: %s", text).WithHint("try again; look at the API server's log").Wrap(err)
	}
}

// noSuchProgram recognises what container runtimes say of a missing program: runc, crun and
// gVisor each word it their own way.
func noSuchProgram(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	if strings.Contains(text, "executable file not found") || strings.Contains(text, "executable file `") {
		return true
	}
	return strings.Contains(text, "exec") && strings.Contains(text, "no such file or directory")
}
