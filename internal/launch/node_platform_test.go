//go:build node

package launch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/launch"
	"kubemate.io/kubemate/internal/launch/bundle"
	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/testkit"
)

// commandLimit bounds one command: it is reached only when something hangs.
const commandLimit = 10 * time.Minute

// platform is a real one: the program that people start, with a data folder of its own.
type platform struct {
	bin, dir string
	listen   string // address of the console
	flags    []string
	home     string // where the command line keeps its sign-ins
	toolbox  string // image with a shell
}

// newPlatform finds the program. What is missing fails the test: a skipped one proves nothing.
func newPlatform(t *testing.T, flags ...string) *platform {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("the real node needs root: run the test as root")
	}
	dir, err := os.MkdirTemp("/tmp", "km-") // short, because sockets lie in it
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{bin: program(t), dir: dir, listen: address(t), home: t.TempDir(), toolbox: image(t, bundle.Toolbox)}
	p.flags = append([]string{"--listen", p.listen, "--registry", address(t)}, flags...)
	t.Cleanup(p.remove(t))
	return p
}

// program copies bin/kubemate: a build that goes on beside the test must not replace it.
func program(t *testing.T) string {
	t.Helper()
	built, err := filepath.Abs("../../bin/kubemate")
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(built)
	if err != nil {
		t.Fatalf("%v: build the program and the bundle first: make build", err)
	}
	defer func() { _ = from.Close() }()
	own := filepath.Join(t.TempDir(), "kubemate")
	to, err := os.OpenFile(own, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
	return own
}

func address(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(testkit.FreePort(t)))
}

// image is the full name of an image of the bundle.
func image(t *testing.T, name string) string {
	t.Helper()
	images, err := bundle.List("")
	if err != nil {
		t.Fatalf("%v: build the bundle first: make bundle", err)
	}
	for _, i := range images {
		if i.Name == name {
			return embedded.RegistryName + "/" + i.Repository + ":" + i.Version + "@" + i.Digest
		}
	}
	t.Fatalf("the bundle has no image %s: build it anew: make bundle", name)
	return ""
}

// remove takes back what a failed test left on the machine.
func (p *platform) remove(t *testing.T) func() {
	return func() {
		if !embedded.Claimed(p.dir) {
			_ = os.RemoveAll(p.dir)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
		defer cancel()
		if out, err := exec.CommandContext(ctx, p.bin, "down", "--delete", "--data-dir", p.dir).CombinedOutput(); err != nil {
			t.Errorf("down --delete: %v: %s", err, out)
		}
	}
}

// step is one part of a test. When it fails, it shows the ends of the logs.
func (p *platform) step(t *testing.T, name string, do func(*testing.T)) bool {
	return t.Run(name, func(t *testing.T) {
		t.Cleanup(func() {
			if t.Failed() {
				p.showLogs(t)
			}
		})
		do(t)
	})
}

// shownLog is how much of each log a failure shows, in bytes.
const shownLog = 3000

func (p *platform) showLogs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(p.dir, "logs", "*.log"))
	if err != nil {
		t.Error(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		t.Logf("end of %s:\n%s", file, text[max(0, len(text)-shownLog):])
	}
}

// result is how a command ended.
type result struct {
	out, err string
	code     int
}

// run runs the program with a command line as it is.
func (p *platform) run(t *testing.T, input string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandLimit)
	defer cancel()
	cmd := p.command(ctx, args...)
	var out, messages bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &messages
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("kubemate %v: %v: %s", args, errors.Join(err, ctx.Err()), messages.String())
	}
	return result{out: out.String(), err: messages.String(), code: cmd.ProcessState.ExitCode()}
}

func (p *platform) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.bin, args...)
	cmd.Env = append(os.Environ(), "KUBEMATE_CONFIG="+filepath.Join(p.home, "config.json"))
	return cmd
}

// onSocket puts the admin socket into a command line of the API's commands.
func (p *platform) onSocket(args []string) []string {
	socket := "--socket=" + launch.SocketPath(p.dir)
	for i, a := range args {
		if a == "--" {
			return append(append(append([]string{}, args[:i]...), socket), args[i:]...)
		}
	}
	return append(append([]string{}, args...), socket)
}

// cli runs a command over the admin socket, whatever its end.
func (p *platform) cli(t *testing.T, input string, args ...string) result {
	t.Helper()
	return p.run(t, input, p.onSocket(args)...)
}

// ok runs a command over the admin socket that must succeed, and gives its output.
func (p *platform) ok(t *testing.T, args ...string) string {
	t.Helper()
	return p.okWith(t, "", args...)
}

func (p *platform) okWith(t *testing.T, input string, args ...string) string {
	t.Helper()
	r := p.cli(t, input, args...)
	if r.code != 0 {
		t.Fatalf("kubemate %s: exit code %d: %s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// read decodes what a command prints with -o json.
func (p *platform) read(t *testing.T, into any, args ...string) {
	t.Helper()
	text := p.ok(t, append(args, "-o", "json")...)
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("kubemate %v: %v in %s", args, err, text)
	}
}

// up starts the platform in the background, and gives what it prints.
func (p *platform) up(t *testing.T) string {
	t.Helper()
	began := time.Now()
	r := p.run(t, "", append([]string{"up", "--detach", "--data-dir", p.dir}, p.flags...)...)
	if r.code != 0 {
		t.Fatalf("up: exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	t.Logf("the console answers after %s", time.Since(began).Round(100*time.Millisecond))
	return r.out
}

// status reads the status; its exit code must fit.
func (p *platform) status(t *testing.T) launch.Status {
	t.Helper()
	r := p.run(t, "", "status", "--data-dir", p.dir, "-o", "json")
	var s launch.Status
	if err := json.Unmarshal([]byte(r.out), &s); err != nil {
		t.Fatalf("status: exit code %d: %v in %q %s", r.code, err, r.out, r.err)
	}
	if s.OK != (r.code == 0) {
		t.Errorf("status: ok is %t, the exit code is %d", s.OK, r.code)
	}
	return s
}

// well waits until every part is well.
func (p *platform) well(t *testing.T) {
	t.Helper()
	began := time.Now()
	testkit.OnNode(t, "the platform is well", func() error {
		s := p.status(t)
		if s.OK {
			return nil
		}
		return errors.New(notWell(s))
	})
	t.Logf("all is well after %s", time.Since(began).Round(100*time.Millisecond))
}

func notWell(s launch.Status) string {
	text := "phase " + s.Phase
	for _, part := range s.Parts {
		if !part.OK {
			text += "; " + part.Name + ": " + part.Message
		}
	}
	return text
}

// state is what the running `up` says of itself.
func (p *platform) state(t *testing.T) launch.State {
	t.Helper()
	s, ok, err := launch.ReadState(p.dir)
	if err != nil || !ok {
		t.Fatalf("no state: %v", err)
	}
	return s
}

// api reads from the API over the admin socket.
func (p *platform) api(t *testing.T, path string, into any) {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", launch.SocketPath(p.dir))
	}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/api/v1/"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v: %s", path, res.StatusCode, err, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v in %s", path, err, body)
	}
}
