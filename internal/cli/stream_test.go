package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kubemate.io/kubemate/internal/feature/resources"
)

// socket serves a WebSocket.
func (f *fakeServer) socket(what, protocol string, serve func(ctx context.Context, r *http.Request, conn *websocket.Conn)) {
	f.handle(what, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol}})
		if err != nil {
			f.t.Error(err)
			return
		}
		defer func() { _ = conn.CloseNow() }()
		serve(r.Context(), r, conn)
	})
}

func sendStatus(ctx context.Context, conn *websocket.Conn, result resources.ExecResult) {
	raw, _ := json.Marshal(result)
	_ = conn.Write(ctx, websocket.MessageBinary, append([]byte{resources.ExecStatus}, raw...))
	_, _, _ = conn.Read(ctx) // the client closes
}

func TestExec(t *testing.T) {
	f := newFakeServer(t)
	f.socket("GET /clusters/local/resources/pods/objects/bank/teller-0/exec", resources.ExecProtocol, func(ctx context.Context, r *http.Request, conn *websocket.Conn) {
		var input []byte
		for {
			_, frame, err := conn.Read(ctx)
			if err != nil {
				t.Error(err)
				return
			}
			if frame[0] == resources.ExecClosed {
				break
			}
			input = append(input, frame[1:]...)
		}
		_ = conn.Write(ctx, websocket.MessageBinary, []byte(fmt.Sprintf("\x01%s %s|%s", strings.Join(r.URL.Query()["command"], " "), r.URL.Query().Get("container"), input)))
		_ = conn.Write(ctx, websocket.MessageBinary, []byte("\x02warned"))
		sendStatus(ctx, conn, resources.ExecResult{ExitCode: 42})
	})
	got := f.run("typed", "exec", "-i", "teller-0", "-n", "bank", "-c", "app", "--", "cat", "-n", "--", "-x")
	if got.code != 42 || got.out != "cat -n -- -x app|typed" || got.err != "warned" || got.problem != "" {
		t.Fatalf("%+v", got)
	}
	// Without -i, standard input stays unread.
	if got := f.run("typed", "exec", "teller-0", "-n", "bank", "--", "true"); got.out != "true |" {
		t.Fatalf("%+v", got)
	}
}

func TestExecProblems(t *testing.T) {
	f := newFakeServer(t)
	path := "GET /clusters/local/resources/pods/objects/default/a/exec"
	f.refuse(path, 422, "unprocessable", "container app is not running", "see why")
	if got := f.run("", "exec", "a", "--", "ls"); got.code != ExitFailure || !strings.Contains(got.problem, "container app is not running; see why") {
		t.Errorf("refused: %+v", got)
	}
	f.socket(path, resources.ExecProtocol, func(ctx context.Context, _ *http.Request, conn *websocket.Conn) {
		sendStatus(ctx, conn, resources.ExecResult{ExitCode: 127, Message: "container app has no shell"})
	})
	if got := f.run("", "exec", "a"); got.code != 127 || !strings.Contains(got.err, "has no shell") {
		t.Errorf("no shell: %+v", got)
	}
	f.socket(path, resources.ExecProtocol, func(_ context.Context, _ *http.Request, conn *websocket.Conn) {
		_ = conn.Close(4401, "the session ended; sign in again")
	})
	if got := f.run("", "exec", "a", "--", "ls"); got.code != ExitForbidden || !strings.Contains(got.problem, "the session ended") {
		t.Errorf("session ended: %+v", got)
	}
}

func TestPortForward(t *testing.T) {
	f := newFakeServer(t)
	f.socket("GET /clusters/local/resources/services/objects/bank/teller/portforward", resources.PortForwardProtocol, func(ctx context.Context, r *http.Request, conn *websocket.Conn) {
		if r.URL.Query().Get("port") == "9" {
			_ = conn.Close(4502, "nothing listens on port 9")
			return
		}
		for {
			_, frame, err := conn.Read(ctx)
			if err != nil {
				return
			}
			if len(frame) == 0 {
				_ = conn.Close(websocket.StatusNormalClosure, "")
				return
			}
			_ = conn.Write(ctx, websocket.MessageBinary, []byte(strings.ToUpper(string(frame))))
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	errs := &lockedBuffer{}
	done := make(chan error, 1)
	go func() {
		a := newApp(Deps{In: strings.NewReader(""), Out: writer, Err: errs, Env: func(string) string { return "" }, ConfigFile: f.file, DataDir: t.TempDir()})
		cmd := a.portForwardCommand() //nolint:contextcheck // it gets its context from ExecuteContext
		cmd.SetArgs([]string{"svc/teller", "0:80", "0:9", "-n", "bank"})
		done <- cmd.ExecuteContext(ctx)
	}()
	lines := bufio.NewReader(reader)
	addresses := make([]string, 2)
	for i := range addresses {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		addresses[i], _, _ = strings.Cut(line, " -> ")
	}
	conn, err := net.Dial("tcp", addresses[0])
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "hello")
	_ = conn.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(conn); err != nil || string(got) != "HELLO" {
		t.Errorf("got %q, %v", got, err)
	}
	refused, err := net.Dial("tcp", addresses[1])
	if err != nil {
		t.Fatal(err)
	}
	_ = refused.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.ReadAll(refused)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(errs.String(), "nothing listens on port 9"); {
		if time.Now().After(deadline) {
			t.Fatalf("the refusal is not told: %q", errs.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestParsePorts(t *testing.T) {
	for arg, want := range map[string]portPair{"8080": {8080, "8080"}, "9000:80": {9000, "80"}, ":http": {0, "http"}, "http": {0, "http"}, "0:80": {0, "80"}} {
		got, err := parsePorts([]string{arg})
		if err != nil || got[0] != want {
			t.Errorf("%q: %+v %v, want %+v", arg, got, err, want)
		}
	}
	for _, arg := range []string{"", ":", "a:80", "80:", "70000", "1:70000", "-1:80", "1:2:3"} {
		if got, err := parsePorts([]string{arg}); err == nil {
			t.Errorf("%q was read as %+v", arg, got)
		}
	}
}

func TestWatch(t *testing.T) {
	f := newFakeServer(t)
	subscribed := make(chan string, 3)
	f.socket("GET /live", liveProtocol, func(ctx context.Context, _ *http.Request, conn *websocket.Conn) {
		_, raw, _ := conn.Read(ctx)
		subscribed <- string(raw)
		for _, m := range []string{
			`{"op":"hello"}`,
			`{"op":"page","id":"1","page":{"seq":1,"columns":[{"id":"status","type":"status","title":"Status"}],"rows":[{"uid":"1","name":"a","cells":[["ok","Running"]]},{"uid":"2","name":"b","cells":[["ok","Running"]]}]}}`,
			`{"op":"patch","id":"1","prev":1,"seq":2,"set":[{"uid":"1","name":"a","cells":[["error","OOMKilled"]]}],"del":["2"]}`,
			`{"op":"page","id":"1","page":{"seq":3,"columns":[{"id":"status","type":"status","title":"Status"}],"rows":[{"uid":"1","name":"a","cells":[["error","OOMKilled"]]},{"uid":"3","name":"c","cells":[["ok","Running"]]}]}}`,
			`{"op":"error","id":"1","problem":{"code":"forbidden","detail":"no longer yours"}}`,
		} {
			_ = conn.Write(ctx, websocket.MessageText, []byte(m))
		}
		_, _, _ = conn.Read(ctx)
	})
	got := f.run("", "get", "pods", "-w", "-o", "name")
	if want := "pod/a\npod/b\npod/a\npod/b gone\npod/c\n"; got.out != want || got.code != ExitForbidden {
		t.Errorf("names: %d %q, want %q", got.code, got.out, want)
	}
	if request := <-subscribed; !strings.Contains(request, `"resource":"pods"`) || !strings.Contains(request, `"namespaces":["default"]`) {
		t.Errorf("subscribed with %s", request)
	}
	got = f.run("", "get", "pods", "-w", "-A", "-o", "json")
	if lines := strings.Split(strings.TrimSpace(got.out), "\n"); len(lines) != 5 || !strings.Contains(lines[3], `"change":"gone"`) {
		t.Errorf("json: %q", got.out)
	}
	got = f.run("", "get", "pods", "-w")
	if strings.Count(got.out, "STATUS") != 1 || !strings.Contains(got.out, "OOMKilled") || !strings.Contains(got.out, "gone") {
		t.Errorf("table:\n%s", got.out)
	}
}
