package cli

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestLogs(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/pods/objects/bank/teller-0/logs", `{"event":"start","p":"teller-0","c":"app"}
{"t":"2026-01-02T03:04:05Z","p":"teller-0","c":"app","m":"hello"}
{"event":"gap","p":"teller-0","c":"app","message":"rotated"}
{"t":"2026-01-02T03:04:06Z","p":"teller-0","c":"app","m":"wörld 世界","cut":true}
{"event":"end","p":"teller-0","c":"app"}
`)
	got := f.run("", "logs", "teller-0", "-n", "bank", "-c", "app", "--since", "90s", "--tail", "5")
	if got.code != 0 || got.out != "hello\nwörld 世界 [line cut]\n" {
		t.Fatalf("%d %q %s", got.code, got.out, got.problem)
	}
	if got.err != "-- teller-0/app: gap: rotated\n" {
		t.Errorf("remarks: %q", got.err)
	}
	q, _ := url.ParseQuery(f.request("GET /clusters/local/resources/pods/objects/bank/teller-0/logs").query)
	for name, want := range map[string]string{"container": "app", "sinceSeconds": "90", "tailLines": "5", "format": "ndjson", "follow": ""} {
		if q.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, q.Get(name), want)
		}
	}
}

func TestLogsOfWorkloadNamesPods(t *testing.T) {
	f := newFakeServer(t)
	f.answer("GET /clusters/local/resources/deployments.apps/objects/default/teller/logs", `{"t":"2026-01-02T03:04:05Z","p":"a","c":"app","m":"one"}
{"t":"2026-01-02T03:04:06Z","p":"b","c":"app","m":"two"}
{"event":"error","p":"c","c":"app","message":"not shown: too many"}
`)
	got := f.run("", "logs", "deploy/teller", "--timestamps")
	if got.out != "2026-01-02T03:04:05Z [a/app] one\n2026-01-02T03:04:06Z [b/app] two\n" || got.code != ExitFailure {
		t.Fatalf("%d %q %q", got.code, got.out, got.err)
	}
	if got := f.run("", "logs", "deploy/teller", "--prefix", "never"); got.out != "one\ntwo\n" {
		t.Errorf("without names: %q", got.out)
	}
}

func TestLogsBrokenOff(t *testing.T) {
	f := newFakeServer(t)
	f.handle("GET /clusters/local/resources/pods/objects/default/a/logs", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"t":"2026-01-02T03:04:05Z","p":"a","c":"app","m":"one"}`+"\n")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	got := f.run("", "logs", "a")
	if got.out != "one\n" || got.code != ExitUnreachable || !strings.Contains(got.problem, "broke off") {
		t.Fatalf("%d %q %q", got.code, got.out, got.problem)
	}
}

func TestLogsFlags(t *testing.T) {
	f := newFakeServer(t)
	for _, args := range [][]string{{"-f", "-p"}, {"--since", "1m", "--since-time", "2026-01-02T03:04:05Z"}, {"--prefix", "maybe"}} {
		if got := f.run("", append([]string{"logs", "a"}, args...)...); got.code != ExitUsage {
			t.Errorf("%v: %d %s", args, got.code, got.problem)
		}
	}
}
