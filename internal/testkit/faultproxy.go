package testkit

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// Fault answers a request in place of the API server; false lets it through.
type Fault func(w http.ResponseWriter, r *http.Request, real http.Handler) bool

// FaultProxy stands between Kubemate and a real API server, over plain HTTP, and can be made to
// fail in the ways in which API servers and the networks before them do.
type FaultProxy struct {
	URL string

	t       testing.TB
	address string
	real    http.Handler

	mu     sync.Mutex
	fault  Fault
	term   *term
	server *http.Server
}

// term is the time between two faults: what is being answered ends with it.
type term struct {
	ctx     context.Context //nolint:containedctx // of all that is being answered
	end     context.CancelFunc
	answers sync.WaitGroup
}

func newTerm() *term {
	t := &term{}
	t.ctx, t.end = context.WithCancel(context.Background())
	return t
}

// cut ends what is being answered, and waits until nothing more is written: what happens in the
// cluster afterwards reaches nobody through it.
func (t *term) cut() {
	t.end()
	t.answers.Wait()
}

// NewFaultProxy makes a proxy that talks to the API server as the identity of cfg. It fails
// nothing until Fail or Down.
func NewFaultProxy(t testing.TB, cfg *rest.Config) *FaultProxy {
	t.Helper()
	target, err := url.Parse(cfg.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(cfg)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0),
	}
	p := &FaultProxy{t: t, real: proxy, address: "127.0.0.1:0", term: newTerm()}
	p.Up()
	p.URL = "http://" + p.address
	t.Cleanup(p.Down)
	return p
}

// Config is how Kubemate reaches the API server through the proxy.
func (p *FaultProxy) Config() *rest.Config { return &rest.Config{Host: p.URL} }

// Fail makes every request from now on fail, and cuts what is being answered; nil ends that.
func (p *FaultProxy) Fail(f Fault) {
	p.mu.Lock()
	before := p.term
	p.fault, p.term = f, newTerm()
	p.mu.Unlock()
	before.cut()
}

// Down ends the proxy as an API server that stops: connections are cut and refused.
func (p *FaultProxy) Down() {
	p.mu.Lock()
	server, before := p.server, p.term
	p.server, p.term = nil, newTerm()
	p.mu.Unlock()
	if server != nil {
		_ = server.Close()
	}
	before.cut()
}

// Up starts it again at the same address.
func (p *FaultProxy) Up() {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", p.address)
	if err != nil {
		p.t.Fatalf("start the proxy: %v", err)
	}
	p.address = l.Addr().String()
	server := &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0)} //nolint:gosec // its only client is the test
	p.server = server
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.t.Errorf("the proxy ended: %v", err)
		}
	}()
}

// ServeHTTP fails, or hands the request on.
func (p *FaultProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	fault, term := p.fault, p.term
	term.answers.Add(1)
	p.mu.Unlock()
	defer term.answers.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(term.ctx, cancel)() //nolint:contextcheck // the term's, beside the request's
	r = r.WithContext(ctx)
	if fault == nil || !fault(w, r, p.real) {
		p.real.ServeHTTP(w, r)
	}
}

// Hang takes requests and never answers.
func Hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// Cut closes connections without a word.
func Cut(http.ResponseWriter, *http.Request, http.Handler) bool { panic(http.ErrAbortHandler) }

// Garbage answers as something that is no API server.
func Garbage(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<html>Welcome to the proxy</html>")
	return true
}

// Refuse answers with a status and, if seconds is more than 0, asks to come back then.
func Refuse(status, seconds int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
		if seconds > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
		}
		http.Error(w, http.StatusText(status), status)
		return true
	}
}

// Half lets the API server do its work, and cuts its answer in the middle. Watches are cut at
// once.
func Half(w http.ResponseWriter, r *http.Request, real http.Handler) bool {
	if r.URL.Query().Get("watch") != "" {
		panic(http.ErrAbortHandler)
	}
	r.Header.Del("Accept-Encoding")
	whole := httptest.NewRecorder()
	real.ServeHTTP(whole, r)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(whole.Body.Len()))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	panic(http.ErrAbortHandler)
}

// OnWrites limits a fault to changes.
func OnWrites(f Fault) Fault {
	return func(w http.ResponseWriter, r *http.Request, real http.Handler) bool {
		return r.Method != http.MethodGet && f(w, r, real)
	}
}
