package network

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

func newWeb(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Answer", "42")
		fmt.Fprintf(w, "hello %s %s\n", r.Host, r.Header.Get("X-Word"))
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("Content-Type"), body)
	})
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		fmt.Fprint(w, name, "/", password)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/hello", http.StatusFound) })
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// call replaces URL in words by the server's address.
func call(t *testing.T, url, stdin string, words ...string) (out, messages string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	std := applet.Std{In: strings.NewReader(stdin), Out: &o, Err: &e}
	args := make([]string, 0, len(words))
	for _, w := range words[1:] {
		args = append(args, strings.ReplaceAll(w, "URL", url))
	}
	code = applet.Code(std, words[0], Applets()[words[0]](t.Context(), std, args))
	return o.String(), e.String(), code
}

func TestCurl(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("body", []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := newWeb(t).URL
	_, port, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	const form = "application/x-www-form-urlencoded"
	for _, tt := range []struct {
		words string
		stdin string
		out   string // a part of it
		code  int
	}{
		{"URL/hello", "", "hello 127.0.0.1:" + port, 0},
		{"-s -H X-Word:word URL/hello", "", " word\n", 0},
		{"-H Host:bank.test URL/hello", "", "hello bank.test", 0},
		{"127.0.0.1:" + port + "/hello", "", "hello", 0},
		{"-i URL/hello", "", "HTTP/1.1 200 OK\r\n", 0},
		{"-I URL/hello", "", "X-Answer: 42\r\n", 0},
		{"-d a=1 -d b=2 URL/echo", "", "POST " + form + " a=1&b=2", 0},
		{"-d @body URL/echo", "", "from a file", 0},
		{"--data-binary @- URL/echo", "from stdin", "from stdin", 0},
		{"-X PUT -d x URL/echo", "", "PUT", 0},
		{"-X DELETE URL/echo", "", "DELETE", 0},
		{"-u me:secret URL/auth", "", "me/secret", 0},
		{"-o /dev/null -s -w %{http_code} URL/nosuch", "", "404", 0},
		{"-w \\n%{size_download} URL/auth", "", "\n1", 0},
		{"URL/nosuch", "", "404 page not found", 0},
		{"-f URL/nosuch", "", "", 22},
		{"URL/moved", "", "Found", 0},
		{"-L URL/moved", "", "hello", 0},
		{"-L URL/round", "", "", 56},
		{"--resolve bank.test:" + port + ":127.0.0.1 http://bank.test:" + port + "/hello", "", "hello bank.test", 0},
		{"-m 0.05 URL/slow", "", "", 28},
		{"http://127.0.0.1:1/", "", "", 7},
		{"http://name.invalid/", "", "", 6},
		{"-d @nosuch URL/echo", "", "", 56},
		{"-H potato URL/hello", "", "", 56},
		{"URL/hello URL/auth", "", "/", 0},
		{"--potato URL", "", "", 1},
	} {
		out, messages, code := call(t, url, tt.stdin, append([]string{"curl"}, strings.Fields(tt.words)...)...)
		if !strings.Contains(out, tt.out) || code != tt.code {
			t.Errorf("curl %s: %q, code %d, want %q, %d; messages: %s", tt.words, out, code, tt.out, tt.code, messages)
		}
		if code != 0 && messages == "" {
			t.Errorf("curl %s: failed without a word", tt.words)
		}
	}
	if _, messages, _ := call(t, url, "", "curl", "-s", "-f", "URL/nosuch"); messages != "" {
		t.Errorf("-s is not silent: %q", messages)
	}
	if _, messages, _ := call(t, url, "", "curl", "-sSf", "URL/nosuch"); !strings.Contains(messages, "404") {
		t.Errorf("-sS says %q", messages)
	}
	if _, _, code := call(t, url, "", "curl", "-O", "URL/hello"); code != 0 {
		t.Errorf("-O: code %d", code)
	}
	if data, err := os.ReadFile("hello"); err != nil || !strings.HasPrefix(string(data), "hello") {
		t.Errorf("-O: %q, %v", data, err)
	}
}

func TestCurlChecksCertificates(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "safe") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	if out, messages, code := call(t, s.URL, "", "curl", "URL"); code == 0 || out != "" || !strings.Contains(messages, "certificate") {
		t.Errorf("an unknown certificate: %q, %q, code %d", out, messages, code)
	}
	if out, _, code := call(t, s.URL, "", "curl", "-k", "URL"); code != 0 || out != "safe" {
		t.Errorf("-k: %q, code %d", out, code)
	}
}

func TestWget(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	url := newWeb(t).URL
	if out, _, code := call(t, url, "", "wget", "-q", "-O", "-", "URL/hello"); code != 0 || !strings.HasPrefix(out, "hello") {
		t.Errorf("-O -: %q, code %d", out, code)
	}
	if out, _, code := call(t, url, "", "wget", "-qO-", "URL/moved"); code != 0 || !strings.HasPrefix(out, "hello") {
		t.Errorf("a redirect: %q, code %d", out, code)
	}
	if out, _, code := call(t, url, "", "wget", "-qO-", "--post-data", "x", "URL/echo"); code != 0 || !strings.HasPrefix(out, "POST") {
		t.Errorf("--post-data: %q, code %d", out, code)
	}
	if _, messages, code := call(t, url, "", "wget", "URL/hello"); code != 0 || !strings.Contains(messages, "hello: ") {
		t.Errorf("into a file: %q, code %d", messages, code)
	}
	if _, err := os.Stat(filepath.Join(dir, "hello")); err != nil {
		t.Error(err)
	}
	if _, messages, code := call(t, url, "", "wget", "-S", "--spider", "URL/hello"); code != 0 || !strings.Contains(messages, "200 OK") {
		t.Errorf("--spider: %q, code %d", messages, code)
	}
	for words, want := range map[string]int{"-q URL/nosuch": 8, "-q http://127.0.0.1:1/": 1, "": 1, "-T x URL": 1} {
		if _, messages, code := call(t, url, "", append([]string{"wget"}, strings.Fields(words)...)...); code != want || messages == "" {
			t.Errorf("wget %s: code %d, messages %q", words, code, messages)
		}
	}
}

func TestNc(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	served := make(chan struct{})
	go func() {
		defer close(served)
		for range 2 {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			data, _ := io.ReadAll(conn)
			fmt.Fprintf(conn, "got %s", data)
			_ = conn.Close()
		}
	}()
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if out, messages, code := call(t, "", "ping", "nc", "-v", host, port); out != "got ping" || code != 0 || !strings.Contains(messages, "connected") {
		t.Errorf("%q, %q, code %d", out, messages, code)
	}
	if out, _, code := call(t, "", "", "nc", "-z", host, port); out != "" || code != 0 {
		t.Errorf("-z: %q, code %d", out, code)
	}
	<-served
	if _, messages, code := call(t, "", "", "nc", "-z", "127.0.0.1", "1"); code == 0 || messages == "" {
		t.Errorf("a closed port: code %d, %q", code, messages)
	}
	for _, words := range [][]string{{"nc"}, {"nc", "host"}, {"nc", "-l"}} {
		if _, _, code := call(t, "", "", words...); code == 0 {
			t.Errorf("%v succeeded", words)
		}
	}
}

// said hands on the messages of a tool that runs beside the test.
type said chan string

func (s said) Write(p []byte) (int, error) {
	s <- string(p)
	return len(p), nil
}

func TestNcListens(t *testing.T) {
	messages := make(said, 10)
	var out bytes.Buffer
	ended := make(chan error, 1)
	ctx := t.Context()
	go func() {
		ended <- nc(ctx, applet.Std{In: strings.NewReader("pong"), Out: &out, Err: messages}, []string{"-lv", "127.0.0.1", "0"})
	}()
	address := strings.TrimSpace(strings.TrimPrefix(<-messages, "waiting at "))
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "ping")
	_ = conn.(*net.TCPConn).CloseWrite()
	if data, err := io.ReadAll(conn); string(data) != "pong" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if err := <-ended; err != nil || out.String() != "ping" {
		t.Errorf("%q, %v", out.String(), err)
	}
}
