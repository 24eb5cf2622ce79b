package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func TestSignInAndOut(t *testing.T) {
	f := newFakeServer(t)
	_ = os.Remove(f.file)
	f.answer("POST /auth/sign-in", `{"user":{"name":"ann"},"token":"kmt_new","expires":"2026-03-01T20:00:00Z"}`)
	f.answer("GET /auth/session", `{"user":{"name":"ann","displayName":"安 Ann","groups":["viewers"]},"expires":"2026-03-01T20:00:00Z"}`)
	got := f.run("ann\ncorrect horse\n", "sign-in", "--server", f.web.URL, "--default-namespace", "bank")
	if got.code != 0 || !strings.Contains(got.out, "signed in to "+f.web.URL+" as ann") {
		t.Fatalf("%+v", got)
	}
	r := f.request("POST /auth/sign-in")
	if r.body != `{"password":"correct horse","username":"ann"}` || r.header.Get("X-Kubemate-Client") != "cli" {
		t.Errorf("%s %v", r.body, r.header)
	}
	info, err := os.Stat(f.file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of sign-ins: %v %v", info.Mode(), err)
	}
	if strings.Contains(got.out+got.err, "kmt_new") || strings.Contains(got.out+got.err, "horse") {
		t.Errorf("a secret was printed: %+v", got)
	}
	if got := f.run("", "whoami"); !strings.Contains(got.out, "安 Ann") || f.request("GET /auth/session").header.Get("Authorization") != "Bearer kmt_new" {
		t.Errorf("%+v", got)
	}
	f.answer("GET /clusters/local/resources/pods", `{"rows":[],"columns":[],"state":{}}`)
	f.run("", "get", "pods")
	if q := f.request("GET /clusters/local/resources/pods").query; !strings.Contains(q, "namespace=bank") {
		t.Errorf("the saved namespace is not used: %s", q)
	}
	f.answer("POST /auth/sign-out", "")
	if got := f.run("", "sign-out"); got.code != 0 {
		t.Errorf("%+v", got)
	}
	if got := f.run("", "whoami"); got.code != ExitUnreachable || !strings.Contains(got.problem, "kubemate sign-in") {
		t.Errorf("after sign-out: %+v", got)
	}
}

func TestSignInByLink(t *testing.T) {
	f := newFakeServer(t)
	f.answer("POST /auth/sign-in-link", `{"user":{"name":"bob"},"token":"kmt_b","expires":"2026-03-01T20:00:00Z"}`)
	got := f.run(f.web.URL+"/sign-in/link#token=kml_once\n", "sign-in", "--link-stdin")
	if got.code != 0 || f.request("POST /auth/sign-in-link").body != `{"token":"kml_once"}` {
		t.Fatalf("%+v", got)
	}
	for _, link := range []string{"", "hello", "http://127.0.0.1/sign-in/link", "http://127.0.0.1/#x=1"} {
		if got := f.run(link+"\n", "sign-in", "--link-stdin"); got.code != ExitUsage {
			t.Errorf("%q: %+v", link, got)
		}
	}
}

func TestSignInRefused(t *testing.T) {
	f := newFakeServer(t)
	f.refuse("POST /auth/sign-in", 401, "unauthenticated", "user name or password is wrong", "")
	if got := f.run("ann\nwrong\n", "sign-in", "--server", f.web.URL); got.code != ExitForbidden || strings.Contains(got.problem, "wrong\n") {
		t.Errorf("%+v", got)
	}
	for address, says := range map[string]string{"http://console.bank": "in the clear", "https://u:p@x": "is not the address", "ftp://x": "is not the address"} {
		if got := f.run("ann\nx\n", "sign-in", "--server", address); got.code != ExitFailure || !strings.Contains(got.problem, says) {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

func TestFingerprint(t *testing.T) {
	f := newFakeServer(t)
	tlsServer := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"user":{"name":"ann"},"token":"kmt_t","expires":"2026-03-01T20:00:00Z"}`)
	}))
	defer tlsServer.Close()
	if got := f.run("x\n", "sign-in", "--server", tlsServer.URL, "-u", "ann"); got.code != ExitUnreachable || !strings.Contains(got.problem, "--fingerprint") {
		t.Errorf("unknown authority: %+v", got)
	}
	if got := f.run("x\n", "sign-in", "--server", tlsServer.URL, "-u", "ann", "--fingerprint", strings.Repeat("ab", 32)); got.code != ExitUnreachable || !strings.Contains(got.problem, "another certificate") {
		t.Errorf("wrong fingerprint: %+v", got)
	}
	print := fingerprintOf(tlsServer.Certificate())
	if got := f.run("x\n", "sign-in", "--server", tlsServer.URL, "-u", "ann", "--fingerprint", print); got.code != 0 {
		t.Errorf("right fingerprint: %+v", got)
	}
	if got := f.run("", "whoami"); got.code != 0 {
		t.Errorf("the fingerprint is not remembered: %+v", got)
	}
}

func TestNoServerKnown(t *testing.T) {
	f := newFakeServer(t)
	_ = os.Remove(f.file)
	if got := f.run("", "get", "pods"); got.code != ExitUnreachable || !strings.Contains(got.problem, "kubemate up") {
		t.Errorf("%+v", got)
	}
	if got := f.run("", "get", "pods", "--server", "https://other:1"); got.code != ExitForbidden || !strings.Contains(got.problem, "kubemate sign-in --server https://other:1") {
		t.Errorf("%+v", got)
	}
	write(t, f.file, "{broken")
	if got := f.run("", "get", "pods"); got.code != ExitFailure || !strings.Contains(got.problem, "damaged") {
		t.Errorf("%+v", got)
	}
}
