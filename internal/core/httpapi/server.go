package httpapi

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// Options is what the border needs. Log, Auth and Rules are required.
type Options struct {
	Log             *slog.Logger
	Auth            Authenticator
	Rules           authz.RulesOf
	Console         fs.FS                // the built console, index.html at its root; nil for none
	BasePath        string               // "/x" when the console stands below a path, else ""
	AllowedHosts    []string             // host names without port that are answered; nil for any
	StrictTransport bool                 // tell browsers to use TLS only; for own certificates
	Limits          Limits               // zero fields get their defaults
	Checks          []Check              // what /readyz asks
	Metrics         *prometheus.Registry // nil makes one
	Now             func() time.Time     // nil means time.Now
}

// Server is the border: a handler that lets requests through to registered operations.
type Server struct {
	options   Options
	engine    *gin.Engine
	api       *API
	console   *console
	metrics   *metrics
	bySession *limiter
	byAddress *limiter
	inner     http.Handler // what stands behind compression
	inflight  inflight
}

var problemType = reflect.TypeFor[Problem]()

// New makes the border with its own operations (health, metrics, profiles). Features
// register theirs on API before the first request.
func New(o Options) (*Server, error) {
	if o.Log == nil || o.Auth == nil || o.Rules == nil {
		return nil, errors.New("httpapi: Log, Auth and Rules are required")
	}
	if o.BasePath != "" && (!strings.HasPrefix(o.BasePath, "/") || strings.HasSuffix(o.BasePath, "/")) {
		return nil, fmt.Errorf("base path %q: it must begin with a slash and not end with one, for instance /kubemate", o.BasePath)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	o.Limits = o.Limits.withDefaults()
	s := &Server{
		options:   o,
		engine:    newEngine(),
		metrics:   newMetrics(o.Metrics),
		bySession: newLimiter(o.Limits.SessionRate, o.Limits.SessionBurst, o.Now),
		byAddress: newLimiter(o.Limits.AddressRate, o.Limits.AddressBurst, o.Now),
	}
	var err error
	if s.console, err = newConsole(o.Console, o.BasePath); err != nil {
		return nil, fmt.Errorf("read the console's files: %w", err)
	}
	typed := newTyped(s.engine, o)
	typed.UseMiddleware(s.guardTyped)
	s.api = &API{Typed: typed, Raw: s.registerRaw}
	s.engine.NoRoute(func(c *gin.Context) { s.noRoute(c.Writer, c.Request) })
	s.engine.NoMethod(func(c *gin.Context) {
		p := problemOfHuma(c.Request.Context(), http.StatusMethodNotAllowed, c.Request.Method+" is not served at this path", nil)
		writeProblem(c.Writer, p)
	})
	s.ownOperations()
	if s.inner, err = compressed(s.engine, o.Limits.CompressAtBytes); err != nil {
		return nil, err
	}
	return s, nil
}

// newEngine is Gin with nothing of its own between the client and our handlers.
func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.HandleMethodNotAllowed = true
	engine.ForwardedByClientIP = false // an address in a header is only what a client claims
	return engine
}

// API is where features register.
func (s *Server) API() *API { return s.api }

// noRoute answers what no operation does: the console's files, or that there is nothing.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/") {
		WriteProblem(w, r, errs.New(errs.NotFound, "there is no operation %.200s", r.URL.Path).
			WithHint("kubemate openapi prints the operations that there are"))
		return
	}
	s.console.ServeHTTP(w, r)
}

// Routes lists what is served, as "GET /api/v1/users/:name"; a test compares it with the document.
func (s *Server) Routes() []string {
	var out []string
	for _, r := range s.engine.Routes() {
		out = append(out, r.Method+" "+r.Path)
	}
	return out
}
