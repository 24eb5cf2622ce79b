package resources

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/httpstream/wsstream"
	apiproxy "k8s.io/apiserver/pkg/util/proxy"
	kubelet "k8s.io/kubelet/pkg/cri/streaming/portforward"

	"kubemate.io/kubemate/internal/core/errs"
)

// fakePort is a program that listens on a port of a fake pod.
type fakePort func(port int32, stream io.ReadWriteCloser) error

// PortForward makes fakePort a forwarder of the kubelet's stream server.
func (p fakePort) PortForward(_ context.Context, _ string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	return p(port, stream)
}

func serveKubeletForward(port fakePort) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		kubelet.ServePortForward(w, r, port, "web-0", "uid", &kubelet.V4Options{}, time.Minute, time.Minute, []string{"portforward.k8s.io"})
	}
}

// tunnelled puts the API server's real tunnel of SPDY over WebSocket before a kubelet.
func tunnelled(kubeletHandler http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if wsstream.IsWebSocketRequestWithTunnelingProtocol(r) {
			apiproxy.NewTunnelingHandler(kubeletHandler).ServeHTTP(w, r)
			return
		}
		kubeletHandler.ServeHTTP(w, r)
	}
}

// shout answers in capitals what came before the client's end.
func shout(port int32, stream io.ReadWriteCloser) error {
	text, err := io.ReadAll(stream)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stream, "%d %s", port, strings.ToUpper(string(text)))
	return err
}

func (c *fakeConsole) forwardTo(resource, name, port string) (*websocket.Conn, context.Context) {
	c.t.Helper()
	conn, _, err := c.dial(c.url(resource, name, "portforward?port="+port), PortForwardProtocol)
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.t.Cleanup(cancel)
	c.t.Cleanup(func() { _ = conn.CloseNow() })
	return conn, ctx
}

func readAllFrames(ctx context.Context, conn *websocket.Conn) (string, error) {
	var got strings.Builder
	for {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			return got.String(), err
		}
		got.Write(frame)
	}
}

func TestPortForwardCarriesBytes(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"websocket": tunnelled(serveKubeletForward(shout)), "spdy": serveKubeletForward(shout),
	} {
		t.Run(name, func(t *testing.T) {
			c := newFakeConsole(t)
			c.addPod("web-0", "app")
			c.mu.Lock()
			c.forward = handler
			c.mu.Unlock()
			conn, ctx := c.forwardTo("pods", "web-0", "8080")
			for _, part := range []string{"hello ", "bank", ""} {
				if err := conn.Write(ctx, websocket.MessageBinary, []byte(part)); err != nil {
					t.Fatal(err)
				}
			}
			got, closed := readAllFrames(ctx, conn)
			if got != "8080 HELLO BANK" || websocket.CloseStatus(closed) != websocket.StatusNormalClosure {
				t.Fatalf("got %q, closed with %v", got, closed)
			}
		})
	}
}

func TestPortForwardRefusedConnectionIsExplained(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.forward = tunnelled(serveKubeletForward(func(port int32, _ io.ReadWriteCloser) error {
		return fmt.Errorf("failed to execute portforward in network namespace: dial tcp4 127.0.0.1:%d: connect: connection refused", port)
	}))
	conn, ctx := c.forwardTo("pods", "web-0", "9")
	_, closed := readAllFrames(ctx, conn)
	if websocket.CloseStatus(closed) != 4502 || !strings.Contains(closed.Error(), "nothing listens on port 9 of pods bank/web-0") {
		t.Fatalf("closed with %v", closed)
	}
}

func TestPortForwardEndsWithSession(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.forward = tunnelled(serveKubeletForward(shout))
	conn, ctx := c.forwardTo("pods", "web-0", "8080")
	if err := conn.Write(ctx, websocket.MessageBinary, []byte("x")); err != nil {
		t.Fatal(err)
	}
	close(c.end)
	if _, closed := readAllFrames(ctx, conn); websocket.CloseStatus(closed) != 4401 {
		t.Fatalf("closed with %v", closed)
	}
}

func TestPortForwardThroughService(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.change(func() {
		c.pods["web-0"].pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}
	})
	c.workload = map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "web", "namespace": "bank"},
		"spec": map[string]any{"selector": map[string]any{"app": "web"}, "ports": []any{map[string]any{"name": "public", "port": int64(80), "targetPort": "http"}}},
	}
	c.forward = tunnelled(serveKubeletForward(shout))
	for _, port := range []string{"80", "public"} {
		conn, ctx := c.forwardTo("services", "web", port)
		if err := conn.Write(ctx, websocket.MessageBinary, nil); err != nil {
			t.Fatal(err)
		}
		if got, closed := readAllFrames(ctx, conn); got != "8080 " {
			t.Fatalf("port %s: got %q, closed with %v", port, got, closed)
		}
	}
}

func TestPortForwardBadPorts(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.workload = map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "web", "namespace": "bank"},
		"spec": map[string]any{"selector": map[string]any{"app": "web"}, "ports": []any{map[string]any{"name": "public", "port": int64(80)}}},
	}
	for _, tc := range []struct{ resource, name, port, says string }{
		{"pods", "web-0", "", "missing"},
		{"pods", "web-0", "0", "between"},
		{"pods", "web-0", "65536", "between"},
		{"pods", "web-0", "http", "no port named"},
		{"services", "web", "81", "has no port 81"},
	} {
		_, header, body := c.get(tc.resource, tc.name, "portforward?port="+tc.port)
		if header.Get("X-Kind") != string(errs.Invalid) || !strings.Contains(body, tc.says) {
			t.Errorf("%s port %q: %s %q", tc.resource, tc.port, header.Get("X-Kind"), body)
		}
	}
}
