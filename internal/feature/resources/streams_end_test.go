package resources

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"k8s.io/client-go/tools/remotecommand"

	"kubemate.io/kubemate/internal/testkit"
)

// hasty bounds the opening of WebSockets, as the clients of core/kube do, but sooner.
type hasty struct{ next http.RoundTripper }

// RoundTrip sends the request.
func (h hasty) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Sec-Websocket-Protocol") == "" {
		return h.next.RoundTrip(r)
	}
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	return h.next.RoundTrip(r.WithContext(ctx))
}

// opened is a stream that a client holds.
type opened struct{ leave func() }

// stalled is what a hanging API server answers to an upgrade: nothing, until the other side goes.
func stalled(entered chan<- struct{}) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-r.Context().Done()
	}
}

// streamsToEnd are the kinds of streams, each opened so far that it works or hangs.
func streamsToEnd(t *testing.T) map[string]func(c *fakeConsole) opened {
	t.Helper()
	socket := func(c *fakeConsole, rest, protocol string) *websocket.Conn {
		conn, _, err := c.dial(c.url("pods", "web-0", rest), protocol)
		if err != nil {
			c.t.Fatal(err)
		}
		return conn
	}
	// reading lets a client take what comes, the goodbye among it.
	reading := func(conn *websocket.Conn) opened {
		go func() {
			for {
				if _, _, err := conn.Read(context.Background()); err != nil {
					return
				}
			}
		}()
		return opened{func() { _ = conn.CloseNow() }}
	}
	running := serveKubeletExec(func(_ context.Context, _ []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
		_, _ = io.WriteString(out, "$")
		_, err := io.Copy(io.Discard, in)
		return err
	})
	exec := func(query string, client func(*websocket.Conn) opened) func(c *fakeConsole) opened {
		return func(c *fakeConsole) opened {
			c.exec = running
			conn := socket(c, "exec?"+query, ExecProtocol)
			if _, _, err := conn.Read(c.t.Context()); err != nil {
				c.t.Fatal(err)
			}
			return client(conn)
		}
	}
	silent := func(conn *websocket.Conn) opened { return opened{func() { _ = conn.CloseNow() }} }
	return map[string]func(c *fakeConsole) opened{
		"a command":                 exec("command=cat", reading),
		"a shell":                   exec("tty=true", reading),
		"a client that never reads": exec("command=cat", silent),
		"a shell that hangs": func(c *fakeConsole) opened {
			entered := make(chan struct{}, 9)
			c.exec = stalled(entered)
			conn := socket(c, "exec?tty=true", ExecProtocol)
			<-entered
			return reading(conn)
		},
		"a forward": func(c *fakeConsole) opened {
			c.forward = tunnelled(serveKubeletForward(func(_ int32, stream io.ReadWriteCloser) error {
				_, err := io.Copy(stream, stream)
				return err
			}))
			conn := socket(c, "portforward?port=80", PortForwardProtocol)
			_ = conn.Write(c.t.Context(), websocket.MessageBinary, []byte("hello"))
			if _, _, err := conn.Read(c.t.Context()); err != nil {
				c.t.Fatal(err)
			}
			return reading(conn)
		},
		"a forward that hangs": func(c *fakeConsole) opened {
			entered := make(chan struct{}, 9)
			c.forward = stalled(entered)
			conn := socket(c, "portforward?port=80", PortForwardProtocol)
			<-entered
			return reading(conn)
		},
		"a followed log": func(c *fakeConsole) opened {
			c.log("web-0", "app", stamped(1, 0, "one"))
			f := c.follow("pods", "web-0", "follow=true")
			f.until("web-0/app one")
			return opened{f.stop}
		},
		"the followed logs of a workload": func(c *fakeConsole) opened {
			c.workload = map[string]any{
				"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web", "namespace": "bank"},
				"spec": map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": "web"}}},
			}
			c.log("web-0", "app", stamped(1, 0, "one"))
			f := c.follow("deployments.apps", "web", "follow=true")
			f.until("web-0/app one")
			return opened{f.stop}
		},
		"a log out of contact": func(c *fakeConsole) opened {
			c.log("web-0", "app", stamped(1, 0, "one"))
			f := c.follow("pods", "web-0", "follow=true")
			f.until("web-0/app one")
			c.change(func() { c.cutting++; c.down = true })
			f.until("!waiting web-0/app")
			return opened{f.stop}
		},
	}
}

// TestStreamsEnd: whoever ends a stream, its client, its session or the server, and whatever the
// cluster is doing, nothing is left: no goroutine, no slot of the session.
func TestStreamsEnd(t *testing.T) {
	for name, open := range streamsToEnd(t) {
		for by, end := range map[string]func(c *fakeConsole, o opened){
			"client":  func(_ *fakeConsole, o opened) { o.leave() },
			"session": func(c *fakeConsole, _ opened) { close(c.end) },
			"server":  func(c *fakeConsole, _ opened) { c.stop() },
		} {
			t.Run(name+" by the "+by, func(t *testing.T) {
				c := newFakeConsole(t)
				c.addPod("web-0", "app")
				o := open(c)
				end(c, o)
				testkit.Eventually(t, "nothing is left", func() bool {
					c.streams.slots.mu.Lock()
					held := len(c.streams.slots.held)
					c.streams.slots.mu.Unlock()
					return held == 0 && ownGoroutines() == ""
				})
				o.leave()
			})
		}
	}
}

// ownGoroutines gives the stack of a goroutine that works for a stream, "" when there is none.
func ownGoroutines() string {
	stacks := make([]byte, 4<<20)
	for one := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		for _, part := range []string{"(*terminal)", "(*execCall)", "(*inputReader)", "(*forwardPipe)", "(*forwardStreams)", "(*logSession)", "(*logSource)", "(*streams)", "(*streamTarget)"} {
			if strings.Contains(one, "feature/resources."+part) {
				return one
			}
		}
	}
	return ""
}

// A hanging cluster is told to who waits for a shell or a connection.
func TestHangingStreamsSayWhy(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	entered := make(chan struct{}, 9)
	c.exec, c.forward = stalled(entered), stalled(entered)
	_, _, result, _ := c.openExec("command=ls").drain()
	if result.ExitCode != -1 || !strings.Contains(result.Message, "did not answer in time") {
		t.Errorf("exec: %+v", result)
	}
	conn, ctx := c.forwardTo("pods", "web-0", "80")
	if _, closed := readAllFrames(ctx, conn); websocket.CloseStatus(closed) != 4504 || !strings.Contains(closed.Error(), "did not answer in time") {
		t.Errorf("port-forward: %v", closed)
	}
}
