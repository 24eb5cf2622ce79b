package rpc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"kubemate.io/kubemate/demo/internal/metrics"
)

// MaxBody bounds every request and answer between services, in bytes.
const MaxBody = 4 << 20

// Handler answers a request with a value to encode as JSON, or an error.
type Handler func(r *http.Request) (any, error)

// Injector stands before the handlers: it may delay a request, or answer it
// by returning an error.
type Injector interface {
	Before(r *http.Request) error
}

// Router collects a role's endpoints and wraps each with what all need.
type Router struct {
	mux     *http.ServeMux
	log     *slog.Logger
	metrics *metrics.Metrics
	faults  Injector
}

// NewRouter makes a router that also serves /healthz, /readyz and /metrics.
// ready says why the role cannot serve yet, or nil.
func NewRouter(log *slog.Logger, m *metrics.Metrics, faults Injector, ready func() error) *Router {
	rt := &Router{mux: http.NewServeMux(), log: log, metrics: m, faults: faults}
	rt.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { well(w) })
	rt.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		well(w)
	})
	rt.mux.Handle("GET /metrics", m.Handler())
	rt.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, NewProblem(http.StatusNotFound, "not_found", "no such endpoint"))
	})
	return rt
}

// well answers a probe. A prober that has gone needs no answer.
func well(w io.Writer) { _, _ = io.WriteString(w, "ok\n") }

// Handle registers an endpoint, for example "GET /v1/accounts/{id}".
func (rt *Router) Handle(method, route string, h Handler) {
	rt.mux.Handle(method+" "+route, rt.endpoint(method, route, h))
}

// ServeHTTP implements http.Handler.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) { rt.mux.ServeHTTP(w, r) }

// Decode reads a JSON body strictly: no unknown fields, nothing after the
// value, at most MaxBody bytes. The error is a Problem.
func Decode(r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, MaxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return Invalid(fmt.Errorf("body: %w", err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Invalid(errors.New("body: something follows the JSON value"))
	}
	return nil
}
