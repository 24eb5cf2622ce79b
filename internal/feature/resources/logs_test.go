package resources

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/errs"
)

// logFollower reads an ndjson stream.
type logFollower struct {
	t     *testing.T
	lines chan string
	stop  context.CancelFunc
}

// follow opens a log stream; lines come as "pod/container message" or "!event pod/container".
func (c *fakeConsole) follow(resource, name, query string) *logFollower {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.t.Cleanup(cancel)
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, c.url(resource, name, "logs?"+query), nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		c.t.Fatalf("status %d: %s", resp.StatusCode, body)
	}
	f := &logFollower{t: c.t, lines: make(chan string, 10000), stop: cancel}
	go func() {
		defer resp.Body.Close()
		defer close(f.lines)
		scanner := bufio.NewScanner(resp.Body)
		scanner.Buffer(nil, 4<<20)
		for scanner.Scan() {
			var line LogLine
			var event LogEvent
			_ = json.Unmarshal(scanner.Bytes(), &line)
			if _ = json.Unmarshal(scanner.Bytes(), &event); event.Event != "" {
				f.lines <- "!" + event.Event + " " + event.Pod + "/" + event.Container
				continue
			}
			f.lines <- line.Pod + "/" + line.Container + " " + line.Message
		}
	}()
	return f
}

// until reads up to a line and gives everything read.
func (f *logFollower) until(want string) []string {
	f.t.Helper()
	var got []string
	for line := range f.lines {
		got = append(got, line)
		if line == want {
			return got
		}
	}
	f.t.Fatalf("the stream ended without %q; got %q", want, got)
	return nil
}

func (f *logFollower) rest() []string {
	var got []string
	for line := range f.lines {
		got = append(got, line)
	}
	return got
}

// messages keeps the lines that are no events.
func messages(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(s string) bool { return strings.HasPrefix(s, "!") })
}

func (c *fakeConsole) get(resource, name, rest string) (int, http.Header, string) {
	c.t.Helper()
	resp, err := http.Get(c.url(resource, name, rest))
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

func TestLogsMergeContainersByTime(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app", "proxy")
	c.log("web-0", "app", stamped(1, 0, "a1"), stamped(3, 0, "a3"), stamped(5, 0, "a5"))
	c.log("web-0", "proxy", stamped(2, 0, "p2"), stamped(3, 1, "p3"), stamped(9, 0, "p9"))
	got := messages(c.follow("pods", "web-0", "").rest())
	want := []string{"web-0/app a1", "web-0/proxy p2", "web-0/app a3", "web-0/proxy p3", "web-0/app a5", "web-0/proxy p9"}
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	if c.byUser["kubemate:ann"] == 0 || len(c.byUser) != 1 {
		t.Fatalf("requests by user: %v, want only kubemate:ann", c.byUser)
	}
}

func TestLogsOneContainerTailAndPrevious(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app", "proxy")
	c.log("web-0", "app", stamped(1, 0, "old"))
	c.change(func() {
		l := c.pods["web-0"].containers["app"]
		l.runs[0].over = true
		l.runs = append(l.runs, &fakeRun{lines: []string{stamped(2, 0, "x"), stamped(3, 0, "y"), stamped(4, 0, "z")}})
	})
	for query, want := range map[string][]string{
		"container=app&tailLines=2":                                    {"web-0/app y", "web-0/app z"},
		"container=app&previous=true":                                  {"web-0/app old"},
		"container=app&sinceTime=2026-01-02T03:04:03.0Z":               {"web-0/app y", "web-0/app z"},
		"container=app&limitBytes=2":                                   {"web-0/app x", "web-0/app y"},
		"container=app&container=proxy&sinceTime=2030-01-02T00:00:00Z": nil,
	} {
		if got := messages(c.follow("pods", "web-0", query).rest()); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

func TestLogsProblemsBeforeAnythingIsSent(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.addPod("new-0", "app")
	c.change(func() { c.pods["new-0"].containers["app"].runs = nil })
	for _, tc := range []struct {
		resource, name, query string
		kind                  errs.Kind
		says                  string
	}{
		{"pods", "gone", "", errs.NotFound, "gone"},
		{"pods", "web-0", "container=nope", errs.Invalid, "nope"},
		{"pods", "web-0", "tailLines=-1", errs.Invalid, "tailLines"},
		{"pods", "web-0", "follow=maybe", errs.Invalid, "follow"},
		{"pods", "web-0", "sinceTime=yesterday", errs.Invalid, "sinceTime"},
		{"pods", "web-0", "format=xml", errs.Invalid, "format"},
		{"pods", "web-0", "follow=true&previous=true", errs.Invalid, "previous"},
		{"pods", "new-0", "", errs.Invalid, "waiting to start"},
		{"deployments.apps", "web", "", errs.NotFound, "web"},
		{"nodes", "n1", "", errs.Invalid, "no pods"},
	} {
		status, header, body := c.get(tc.resource, tc.name, "logs?"+tc.query)
		if status != http.StatusTeapot || header.Get("X-Kind") != string(tc.kind) || !strings.Contains(body, tc.says) {
			t.Errorf("%s %s?%s: %d %s %q, want %s with %q", tc.resource, tc.name, tc.query, status, header.Get("X-Kind"), body, tc.kind, tc.says)
		}
	}
}

func TestLogsTooManyContainersAreNamed(t *testing.T) {
	c := newFakeConsole(t)
	c.workload = map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web", "namespace": "bank"},
		"spec": map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": "web"}}},
	}
	for i := range maxLogStreams + 3 {
		name := fmt.Sprintf("web-%d", i)
		c.addPod(name, "app")
		c.log(name, "app", stamped(i%60, i, "hello"))
	}
	lines := c.follow("deployments.apps", "web", "").rest()
	left := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "!error") {
			left++
		}
	}
	if left != 3 || len(messages(lines)) != maxLogStreams {
		t.Fatalf("%d containers named as left out and %d lines, want 3 and %d", left, len(messages(lines)), maxLogStreams)
	}
}

func TestLogsSessionEndStopsStream(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, "one"))
	f := c.follow("pods", "web-0", "follow=true")
	f.until("web-0/app one")
	close(c.end)
	f.rest() // ends, or the test runs out of patience and fails below
	select {
	case _, open := <-f.lines:
		if open {
			t.Fatal("still open")
		}
	default:
		t.Fatal("still open")
	}
}

func TestLogsDownload(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, "plain text"))
	_, header, body := c.get("pods", "web-0", "logs?download=true&container=app")
	if body != "plain text\n" {
		t.Errorf("body %q", body)
	}
	disposition := header.Get("Content-Disposition")
	if !strings.Contains(disposition, "bank_web-0_app_") || !strings.Contains(disposition, ".log") {
		t.Errorf("file name: %s", disposition)
	}
	if !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		t.Errorf("type: %s", header.Get("Content-Type"))
	}
}

func TestLogsLongAndBrokenLines(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", stamped(1, 0, strings.Repeat("é", maxLogLine)), stamped(2, 0, "bad \xff\xfe byte"), stamped(3, 0, "next"))
	_, _, body := c.get("pods", "web-0", "logs")
	var lines []LogLine
	for _, raw := range strings.Split(strings.TrimSpace(body), "\n") {
		var line LogLine
		if err := json.Unmarshal([]byte(raw), &line); err != nil {
			t.Fatal(err)
		}
		if line.Pod != "" && line.Time != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3", len(lines))
	}
	if !lines[0].Cut || len(lines[0].Message) > maxLogLine || strings.ContainsRune(lines[0].Message, '\uFFFD') {
		t.Errorf("long line: cut %v, %d bytes, broken character %v", lines[0].Cut, len(lines[0].Message), strings.ContainsRune(lines[0].Message, '\uFFFD'))
	}
	if lines[1].Message != "bad \uFFFD byte" {
		t.Errorf("broken line: %q", lines[1].Message)
	}
	if lines[2].Message != "next" || lines[2].Cut {
		t.Errorf("line after: %+v", lines[2])
	}
}

func FuzzParseLogOptions(f *testing.F) {
	f.Add("container=a&follow=true&tailLines=10&sinceTime=2026-01-02T03:04:05Z")
	f.Add("limitBytes=99999999999999999999&follow")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		o, err := parseLogOptions(q, stampedTime)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("%q: %v is no complaint about the input", query, err)
			}
			return
		}
		if o.limit < 0 || o.limit > maxLogBytes || (o.tail != nil && *o.tail < 0) || (o.follow && o.previous) {
			t.Fatalf("%q let through %+v", query, o)
		}
	})
}

func TestLogsNodeCannotRead(t *testing.T) {
	c := newFakeConsole(t)
	c.addPod("web-0", "app")
	c.log("web-0", "app", "unable to retrieve container logs for containerd://1ff7")
	got := c.follow("pods", "web-0", "").rest()
	if len(messages(got)) > 0 || !slices.Contains(got, "!gap web-0/app") {
		t.Fatalf("what the node says came as a line of the program: %q", got)
	}
}
