package resources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/httpstream/wsstream"
	"k8s.io/apimachinery/pkg/util/proxy"
	apiproxy "k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
	kubelet "k8s.io/kubelet/pkg/cri/streaming/remotecommand"

	"kubemate.io/kubemate/internal/core/errs"
)

// fakeProgram runs in a fake container.
type fakeProgram func(ctx context.Context, cmd []string, in io.Reader, out, errOut io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error

// ExecInContainer makes fakeProgram an executor of the kubelet's stream server.
func (p fakeProgram) ExecInContainer(ctx context.Context, _ string, _ types.UID, _ string, cmd []string, in io.Reader, out, errOut io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize, _ time.Duration) error {
	return p(ctx, cmd, in, out, errOut, tty, resize)
}

// serveKubeletExec is the kubelet's real server of exec, which speaks SPDY and old WebSockets.
func serveKubeletExec(program fakeProgram) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		options := &kubelet.Options{
			Stdin: q.Get("stdin") == "true", Stdout: q.Get("stdout") == "true", Stderr: q.Get("stderr") == "true", TTY: q.Get("tty") == "true",
		}
		kubelet.ServeExec(w, r, program, "web-0", "uid", r.URL.Query().Get("container"), r.URL.Query()["command"], options,
			time.Minute, time.Minute, []string{"v4.channel.k8s.io"})
	}
}

// translated puts the API server's real WebSocket translation before a kubelet.
func translated(t *testing.T, kubeletHandler http.Handler) http.HandlerFunc {
	inner := httptest.NewServer(kubeletHandler)
	t.Cleanup(inner.Close)
	return func(w http.ResponseWriter, r *http.Request) {
		location, _ := url.Parse(inner.URL + r.URL.Path + "?" + r.URL.RawQuery)
		if !wsstream.IsWebSocketRequest(r) {
			handler := proxy.NewUpgradeAwareHandler(location, nil, false, true, refuse{})
			handler.ServeHTTP(w, r)
			return
		}
		q := r.URL.Query()
		apiproxy.NewStreamTranslatorHandler(location, nil, 0, apiproxy.Options{
			Stdin: q.Get("stdin") == "true", Stdout: q.Get("stdout") == "true", Stderr: q.Get("stderr") == "true", Tty: q.Get("tty") == "true",
		}).ServeHTTP(w, r)
	}
}

type refuse struct{}

// Error answers what could not be proxied.
func (refuse) Error(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusBadGateway)
}

// execClient is the browser's side.
type execClient struct {
	t    *testing.T
	conn *websocket.Conn
	ctx  context.Context
}

func (c *fakeConsole) dial(path, protocol string) (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.t.Cleanup(cancel)
	return websocket.Dial(ctx, path, &websocket.DialOptions{Subprotocols: []string{protocol}})
}

func (c *fakeConsole) openExec(query string) *execClient {
	c.t.Helper()
	conn, resp, err := c.dial(c.url("pods", "web-0", "exec?"+query), ExecProtocol)
	if err != nil {
		body := ""
		if resp != nil {
			raw, _ := io.ReadAll(resp.Body)
			body = string(raw)
		}
		c.t.Fatalf("%v %s", err, body)
	}
	conn.SetReadLimit(1 << 20)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.t.Cleanup(cancel)
	c.t.Cleanup(func() { _ = conn.CloseNow() })
	return &execClient{t: c.t, conn: conn, ctx: ctx}
}

func (e *execClient) send(kind byte, data string) {
	e.t.Helper()
	if err := e.conn.Write(e.ctx, websocket.MessageBinary, append([]byte{kind}, data...)); err != nil {
		e.t.Fatal(err)
	}
}

// drain reads to the end: output by kind, and the result.
func (e *execClient) drain() (out, errOut string, result ExecResult, closed error) {
	e.t.Helper()
	for {
		_, frame, err := e.conn.Read(e.ctx)
		if err != nil {
			return out, errOut, result, err
		}
		switch frame[0] {
		case ExecStdout:
			out += string(frame[1:])
		case ExecStderr:
			errOut += string(frame[1:])
		case ExecStatus:
			if err := json.Unmarshal(frame[1:], &result); err != nil {
				e.t.Fatal(err)
			}
		}
	}
}

// paths are the two ways to a kubelet: through the WebSocket translation of a current API
// server, and by SPDY alone as an old one has it.
func execPaths(t *testing.T, program fakeProgram) map[string]http.HandlerFunc {
	direct := serveKubeletExec(program)
	return map[string]http.HandlerFunc{"websocket": translated(t, direct), "spdy": direct}
}

func TestExecRunsCommand(t *testing.T) {
	program := fakeProgram(func(_ context.Context, cmd []string, in io.Reader, out, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
		text, _ := io.ReadAll(in)
		_, _ = fmt.Fprintf(out, "%s got %s", strings.Join(cmd, " "), text)
		_, _ = io.WriteString(errOut, "warned")
		return utilexec.CodeExitError{Err: errors.New("exit 3"), Code: 3}
	})
	for name, handler := range execPaths(t, program) {
		t.Run(name, func(t *testing.T) {
			c := newFakeConsole(t)
			c.addPod("web-0", "app")
			c.exec = handler
			e := c.openExec("command=cat&command=-n")
			e.send(ExecStdin, "some ")
			e.send(ExecStdin, "input")
			e.send(ExecClosed, "")
			out, errOut, result, _ := e.drain()
			if out != "cat -n got some input" || errOut != "warned" || result.ExitCode != 3 {
				t.Fatalf("out %q, err %q, result %+v", out, errOut, result)
			}
			if c.byUser["kubemate:ann"] == 0 || len(c.byUser) != 1 {
				t.Fatalf("requests by user: %v", c.byUser)
			}
		})
	}
}

func TestExecTerminal(t *testing.T) {
	program := fakeProgram(func(_ context.Context, _ []string, in io.Reader, out, _ io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
		size := <-resize
		_, _ = fmt.Fprintf(out, "tty %v %dx%d ", tty, size.Width, size.Height)
		buf := make([]byte, 64)
		var text []byte
		for !strings.HasSuffix(string(text), "\r") {
			n, err := in.Read(buf)
			if err != nil {
				return err
			}
			text = append(text, buf[:n]...)
		}
		_, _ = out.Write(text)
		return nil
	})
	for name, handler := range execPaths(t, program) {
		t.Run(name, func(t *testing.T) {
			c := newFakeConsole(t)
			c.addPod("web-0", "app")
			c.exec = handler
			e := c.openExec("tty=true&command=sh")
			e.send(ExecResize, `{"cols":132,"rows":43}`)
			for _, b := range []byte("账户é\r") { // every character in pieces
				e.send(ExecStdin, string([]byte{b}))
			}
			out, _, result, closed := e.drain()
			if out != "tty true 132x43 账户é\r" || result.ExitCode != 0 || result.Message != "" {
				t.Fatalf("out %q, result %+v", out, result)
			}
			if websocket.CloseStatus(closed) != websocket.StatusNormalClosure {
				t.Fatalf("closed with %v", closed)
			}
		})
	}
}

// missing is what containerd and runc say of a program that an image has not.
func missing(program string) error {
	return fmt.Errorf("failed to exec in container: failed to start exec \"1f\": OCI runtime exec failed: exec failed: unable to start container process: exec: %q: executable file not found in $PATH: unknown", program)
}

func TestExecFindsShell(t *testing.T) {
	for _, tc := range []struct {
		name  string
		has   []string
		tried []string
		exit  int
		says  string
	}{
		{"sh", []string{"sh"}, []string{"sh"}, 0, ""},
		{"bash only", []string{"bash"}, []string{"sh", "bash"}, 0, ""},
		{"none", nil, []string{"sh", "bash", "/bin/sh"}, 127, "has no shell"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newFakeConsole(t)
			c.addPod("web-0", "app")
			var tried []string
			c.exec = serveKubeletExec(func(_ context.Context, cmd []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
				tried = append(tried, cmd[0])
				if !slices.Contains(tc.has, cmd[0]) {
					return missing(cmd[0])
				}
				_, err := io.CopyN(out, in, 5)
				return err
			})
			e := c.openExec("tty=true")
			e.send(ExecStdin, "typed") // before the shell was found
			out, _, result, _ := e.drain()
			if !slices.Equal(tried, tc.tried) || result.ExitCode != tc.exit || !strings.Contains(result.Message, tc.says) {
				t.Fatalf("tried %q, result %+v", tried, result)
			}
			if len(tc.has) > 0 && out != "typed" {
				t.Fatalf("input arrived as %q", out)
			}
		})
	}
}

func TestExecRefusedBeforeUpgrade(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.addPod("new-0", "app")
	c.change(func() { c.pods["new-0"].containers["app"].runs = nil })
	for _, tc := range []struct {
		name, query string
		kind        errs.Kind
		says        string
	}{
		{"gone", "", errs.NotFound, "gone"},
		{"new-0", "", errs.Unprocessable, "ContainerCreating"},
		{"web-0", "container=nope", errs.Invalid, "nope"},
		{"web-0", "tty=perhaps", errs.Invalid, "tty"},
		{"web-0", "", errs.Invalid, "WebSocket"},
	} {
		_, header, body := c.get("pods", tc.name, "exec?"+tc.query)
		if header.Get("X-Kind") != string(tc.kind) || !strings.Contains(body, tc.says) {
			t.Errorf("%s?%s: %s %q, want %s with %q", tc.name, tc.query, header.Get("X-Kind"), body, tc.kind, tc.says)
		}
	}
}

func TestExecEndsWithSession(t *testing.T) {
	stopped := make(chan struct{})
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.exec = serveKubeletExec(func(_ context.Context, _ []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
		_, _ = io.WriteString(out, "$")
		_, _ = io.ReadAll(in) // until the connection is closed
		close(stopped)
		return nil
	})
	e := c.openExec("command=sleep")
	if _, frame, err := e.conn.Read(e.ctx); err != nil || string(frame[1:]) != "$" {
		t.Fatal(frame, err)
	}
	close(c.end)
	_, _, result, closed := e.drain()
	if websocket.CloseStatus(closed) != 4401 || result.ExitCode != -1 || !strings.Contains(result.Message, "session ended") {
		t.Fatalf("closed with %v, result %+v", closed, result)
	}
	select {
	case <-stopped:
	case <-time.After(patience):
		t.Fatal("the cluster's side was not closed")
	}
}

func TestExecClientGoneClosesUpstream(t *testing.T) {
	stopped := make(chan struct{})
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.exec = serveKubeletExec(func(_ context.Context, _ []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
		_, _ = io.WriteString(out, "$")
		_, _ = io.ReadAll(in)
		close(stopped)
		return nil
	})
	e := c.openExec("command=sleep")
	if _, _, err := e.conn.Read(e.ctx); err != nil {
		t.Fatal(err)
	}
	_ = e.conn.CloseNow()
	select {
	case <-stopped:
	case <-time.After(patience):
		t.Fatal("the cluster's side was not closed")
	}
}

func TestExecBadFrames(t *testing.T) {
	for name, frame := range map[string]string{"unknown kind": "\x09x", "bad size": "\x04{", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			c := newFakeConsole(t)
			c.addPod("web-0", "app")
			c.exec = serveKubeletExec(func(ctx context.Context, _ []string, in io.Reader, _, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
				_, _ = io.ReadAll(in)
				return nil
			})
			e := c.openExec("command=cat")
			if err := e.conn.Write(e.ctx, websocket.MessageBinary, []byte(frame)); err != nil {
				t.Fatal(err)
			}
			_, _, _, closed := e.drain()
			if websocket.CloseStatus(closed) != 4400 {
				t.Fatalf("closed with %v", closed)
			}
		})
	}
}

func TestStreamSlots(t *testing.T) {
	s := newStreamSlots(2)
	if first, second, third, other := s.take("a"), s.take("a"), s.take("a"), s.take("b"); !first || !second || third || !other {
		t.Fatal("the limit is not per session")
	}
	s.give("a")
	if !s.take("a") {
		t.Fatal("a given slot cannot be taken again")
	}
}

func TestExecClientGoneEndsShell(t *testing.T) {
	left := make(chan string, 1)
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.exec = serveKubeletExec(func(_ context.Context, _ []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
		_, _ = io.WriteString(out, "$")
		typed := make([]byte, 3)
		_, _ = io.ReadFull(in, typed)
		left <- string(typed)
		return nil
	})
	e := c.openExec("tty=true")
	if _, _, err := e.conn.Read(e.ctx); err != nil {
		t.Fatal(err)
	}
	_ = e.conn.CloseNow()
	select {
	case typed := <-left:
		if typed != "\x03\x04\x04" {
			t.Fatalf("the shell was left with %q", typed)
		}
	case <-time.After(patience):
		t.Fatal("the cluster's side was not closed")
	}
}
