package httpapi

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// ServeHTTP is the first that meets a request: id, log, panic guard, headers, host, path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.inflight.enter()
	defer s.inflight.leave()
	start := s.options.Now()
	info := &Request{ID: newRequestID(), Remote: remoteOf(r)}
	r = r.WithContext(WithRequest(r.Context(), info))
	rec := &recorder{ResponseWriter: w}
	defer func() { s.finish(rec, r, info, start, recover()) }()

	secureHeaders(rec.Header(), s.options.StrictTransport && r.TLS != nil)
	rec.Header().Set("X-Request-Id", info.ID)
	limit := s.options.Limits.RequestTime + s.options.Limits.BodyTime
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit)) // wall clock: it is the kernel's
	if err := s.checkFront(r); err != nil {
		WriteProblem(rec, r, err)
		return
	}
	if !s.stripBase(rec, r) {
		return
	}
	if wantsSocket(r) {
		s.engine.ServeHTTP(rec, r)
		return
	}
	s.inner.ServeHTTP(rec, r)
}

func (s *Server) checkFront(r *http.Request) error {
	if err := checkPath(r.URL); err != nil {
		return err
	}
	if _, ok := socketSession(r.Context()); ok {
		return nil
	}
	return checkHost(r, s.options.AllowedHosts)
}

// stripBase takes the base path off, so that nothing behind knows it.
func (s *Server) stripBase(w http.ResponseWriter, r *http.Request) bool {
	base := s.options.BasePath
	if base == "" {
		return true
	}
	if _, ok := socketSession(r.Context()); ok && !strings.HasPrefix(r.URL.Path, base+"/") {
		return true // the socket serves with and without the base path
	}
	if r.URL.Path == "/" || r.URL.Path == base {
		http.Redirect(w, r, base+"/", http.StatusFound)
		return false
	}
	rest, ok := strings.CutPrefix(r.URL.Path, base+"/")
	if !ok {
		WriteProblem(w, r, errs.New(errs.NotFound, "there is nothing at this path").WithHint("the console stands at %s/", base))
		return false
	}
	r.URL.Path, r.URL.RawPath = "/"+rest, ""
	return true
}

// finish answers for a handler that panicked, and writes log and metrics.
func (s *Server) finish(rec *recorder, r *http.Request, info *Request, start time.Time, panicked any) {
	if panicked != nil {
		if panicked == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
			panic(panicked)
		}
		info.cause = fmt.Errorf("panic: %v", panicked)
		if r.Context().Err() == nil { // otherwise the client left, and writing to it failed
			s.options.Log.Error("a handler panicked", "request", info.ID, "route", info.route,
				"panic", fmt.Sprint(panicked), "stack", string(debug.Stack()))
		}
		if !rec.wrote {
			cause := info.cause
			WriteProblem(rec, r, errs.New(errs.Internal, "something went wrong inside Kubemate").
				WithHint("give the request id to whoever runs Kubemate: the cause stands in its log").Wrap(cause))
		}
	}
	took := s.options.Now().Sub(start)
	s.metrics.observe(r.Method, info.route, rec.status(), took)
	s.log(rec, r, info, took)
}

// log writes one line per request: changes and failures as info, reads only for debugging.
// Neither query, body nor header is in it.
func (s *Server) log(rec *recorder, r *http.Request, info *Request, took time.Duration) {
	level := slog.LevelDebug
	if rec.status() >= 400 || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		level = slog.LevelInfo
	}
	if rec.status() >= 500 {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("request", info.ID), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", rec.status()), slog.Int64("bytes", rec.bytes), slog.Duration("took", took),
		slog.String("user", info.Session.Identity.User), slog.String("via", info.Session.Via), slog.String("remote", info.Remote),
	}
	if info.cause != nil {
		attrs = append(attrs, slog.String("error", info.cause.Error()))
	}
	s.options.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

func newRequestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

func remoteOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
