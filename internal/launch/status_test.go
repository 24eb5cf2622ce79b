package launch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/testkit"
)

func loopbackAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(testkit.FreePort(t)))
}

func TestStatusOfWhatDoesNotRun(t *testing.T) {
	killed := dataFolder(t)
	for _, c := range []struct{ name, dir, say string }{
		{"never started", filepath.Join(t.TempDir(), "none"), "start it with `kubemate up`"},
		{"killed", killed, "ended without stopping"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Inspect(t.Context(), c.dir)
			if err != nil {
				t.Fatal(err)
			}
			if s.OK || s.Phase != "stopped" || s.DataDir != c.dir || len(s.Parts) != 1 || !strings.Contains(s.Parts[0].Message, c.say) {
				t.Errorf("got %+v", s)
			}
		})
	}
	t.Run("damaged", func(t *testing.T) {
		write(t, statePath(killed), "{")
		if _, err := Inspect(t.Context(), killed); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("got %v", err)
		}
	})
}

// serveSocket answers on the admin socket of a data folder.
func serveSocket(t *testing.T, dir string, status int, body string) {
	t.Helper()
	l, err := net.Listen("unix", SocketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-served
	})
}

// shortFolder is a folder with a path that a socket can lie in.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "km-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// clusterAnswer is what the server says of its only cluster.
func clusterAnswer(connected bool, ready int) string {
	return fmt.Sprintf(`{"clusters":[{"version":"v1.35.4","health":{"connected":%v,"apiServer":"https://10.0.0.1:6443","problem":"the API server did not answer in time"},"nodes":{"ready":%d,"total":2}}]}`, connected, ready)
}

func TestStatusOfARunOnAnExistingCluster(t *testing.T) {
	for _, c := range []struct {
		name, phase, body string
		status            int
		ok                bool
		say               string
	}{
		{"well", "running", clusterAnswer(true, 2), http.StatusOK, true, "v1.35.4 at https://10.0.0.1:6443"},
		{"starting", "starting", clusterAnswer(true, 2), http.StatusOK, false, "2 of 2 ready"},
		{"out of contact", "running", clusterAnswer(false, 2), http.StatusOK, false, "the API server did not answer in time"},
		{"a node is not ready", "running", clusterAnswer(true, 1), http.StatusOK, false, "1 of 2 ready"},
		{"server not ready", "running", `{"detail":"the cluster does not answer","hint":"look at it"}`, http.StatusServiceUnavailable, false, "the cluster does not answer; look at it"},
		{"server in trouble", "running", "oops", http.StatusInternalServerError, false, "status 500"},
		{"no server", "running", "", 0, false, "not ready"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := shortFolder(t)
			if c.status != 0 {
				serveSocket(t, dir, c.status, c.body)
			}
			state := running(t)
			state.Mode, state.Phase, state.Address = ModeExisting, c.phase, "http://127.0.0.1:8090/"
			if err := state.write(dir); err != nil {
				t.Fatal(err)
			}
			s, err := Inspect(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if s.OK != c.ok || s.Phase != c.phase || s.Mode != ModeExisting || s.Address != state.Address || s.Version != "v9" {
				t.Errorf("got %+v", s)
			}
			var said strings.Builder
			for _, p := range s.Parts {
				said.WriteString(p.Message + "\n")
			}
			if s.Parts[0].Name != "server" || !strings.Contains(said.String(), c.say) {
				t.Errorf("parts %+v", s.Parts)
			}
		})
	}
}

// A node that is meant to be there and is not must be named, not passed over.
func TestStatusWithoutTheCluster(t *testing.T) {
	dir := shortFolder(t)
	serveSocket(t, dir, http.StatusOK, "")
	state := running(t)
	state.Mode, state.Phase = ModeNode, "running"
	if err := state.write(dir); err != nil {
		t.Fatal(err)
	}
	s, err := Inspect(t.Context(), dir)
	if err != nil || s.OK || len(s.Parts) != 2 || s.Parts[1].Name != "API server" || s.Parts[1].OK {
		t.Errorf("got %+v, %v", s, err)
	}
}

func sample() Status {
	return Status{
		Address: "http://127.0.0.1:8090/", DataDir: "/d", Mode: ModeSimulated, Version: "v1", Phase: "running", LogFolder: "/d/logs",
		Parts: []Part{
			{Name: "server", OK: true, Message: "answers"},
			{Name: "demo-bank", Running: 8, Total: 9, Message: "deployment risk: 0 of 1"},
			{Name: "coredns", OK: true, Running: 1, Total: 1},
		},
	}
}

func TestStatusTable(t *testing.T) {
	var out bytes.Buffer
	if err := sample().print(&out, "table"); err != nil {
		t.Fatal(err)
	}
	const want = `console      http://127.0.0.1:8090/
cluster      simulated nodes: objects behave, no container runs (a real node needs root on Linux)
data folder  /d
version      v1
phase        running

server     ok      answers
demo-bank  NOT OK  8 of 9 pods running; deployment risk: 0 of 1
coredns    ok      1 of 1 pods running
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestStatusTableOfWhatDoesNotRun(t *testing.T) {
	var out bytes.Buffer
	s := Status{DataDir: "/d", Phase: "stopped", Parts: []Part{{Name: "platform", Message: "not running"}}}
	if err := s.print(&out, "table"); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "console") || !strings.Contains(text, "version      -\n") || !strings.Contains(text, "platform  NOT OK  not running\n") {
		t.Errorf("got\n%s", text)
	}
}

func TestStatusJSON(t *testing.T) {
	var out bytes.Buffer
	if err := sample().print(&out, "json"); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"ok": false, "address": "http://127.0.0.1:8090/", "dataDir": "/d", "mode": "simulated", "version": "v1", "phase": "running", "logFolder": "/d/logs",
	} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	part := got["parts"].([]any)[1].(map[string]any)
	if part["name"] != "demo-bank" || part["ok"] != false || part["running"] != 8.0 || part["total"] != 9.0 || part["message"] == "" {
		t.Errorf("part %v", part)
	}
}

func TestStatusCommandExitsByHealth(t *testing.T) {
	var out bytes.Buffer
	status := func(args ...string) error {
		out.Reset()
		cmd := newStatusCommand()
		cmd.SilenceUsage, cmd.SilenceErrors = true, true // as the root command of the program has it
		cmd.SetOut(&out)
		cmd.SetArgs(args)
		return cmd.ExecuteContext(t.Context())
	}
	if err := status("--data-dir", filepath.Join(t.TempDir(), "none"), "-o", "json"); err == nil || err.Error() != "" {
		t.Errorf("what is not well must fail, and the output has said why: %v", err)
	}
	if !json.Valid(out.Bytes()) {
		t.Errorf("output %q", out.String())
	}
	if err := status("-o", "yaml"); err == nil || !strings.Contains(err.Error(), "table and json") {
		t.Errorf("got %v", err)
	}
}
