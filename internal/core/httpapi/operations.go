package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// Check is one thing that must work for the server to be ready.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

// checkTime bounds one check of /readyz.
const checkTime = 2 * time.Second

// ownOperations registers what the border serves itself.
func (s *Server) ownOperations() {
	raw := s.api.Raw
	raw(withMetadata(Public(huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Tags: []string{"platform"},
		Summary: "Whether the process is alive",
	}), metaProbe, true), func(w http.ResponseWriter, _ *http.Request) error {
		return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	raw(withMetadata(Public(huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Tags: []string{"platform"},
		Summary: "Whether the server can do its work, check by check; 503 when it cannot",
	}), metaProbe, true), s.readyz)
	prometheus := promhttp.HandlerFor(s.options.Metrics, promhttp.HandlerOpts{})
	raw(ForGroup(huma.Operation{
		OperationID: "metrics", Method: http.MethodGet, Path: "/metrics", Tags: []string{"platform"},
		Summary: "Metrics of Kubemate itself, in the Prometheus format",
	}, authz.GroupPlatformAdmins), func(w http.ResponseWriter, r *http.Request) error {
		prometheus.ServeHTTP(w, r)
		return nil
	})
	raw(Stream(ForGroup(huma.Operation{
		OperationID: "pprof", Method: http.MethodGet, Path: "/debug/pprof/{profile}", Tags: []string{"platform"},
		Summary: "Profiles of Kubemate itself: heap, goroutine, profile, trace, …",
	}, authz.GroupPlatformAdmins)), serveProfile)
	raw(huma.Operation{
		OperationID: "openapi", Method: http.MethodGet, Path: Prefix + "/openapi.yaml", Tags: []string{"platform"},
		Summary: "This document",
	}, func(w http.ResponseWriter, _ *http.Request) error {
		document, err := s.OpenAPI()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/openapi+yaml")
		_, err = w.Write(document)
		return err
	})
}

// OpenAPI is the document of everything registered, as YAML.
func (s *Server) OpenAPI() ([]byte, error) { return s.api.Typed.OpenAPI().YAML() }

type checkResult struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	results := make([]checkResult, len(s.options.Checks))
	var wait sync.WaitGroup
	for i, check := range s.options.Checks {
		wait.Go(func() { results[i] = runCheck(r.Context(), check) })
	}
	wait.Wait()
	status, text := http.StatusOK, "ok"
	for _, result := range results {
		if !result.OK {
			status, text = http.StatusServiceUnavailable, "failed"
		}
	}
	return writeJSON(w, status, map[string]any{"status": text, "checks": results})
}

// runCheck says what users may read of a failure; this operation needs no sign-in.
func runCheck(ctx context.Context, check Check) checkResult {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	err := check.Run(ctx)
	if err == nil {
		return checkResult{Name: check.Name, OK: true}
	}
	text := "failed; the cause stands in the server's log"
	var e *errs.Error
	if errors.As(err, &e) {
		text = e.Message
	}
	return checkResult{Name: check.Name, Error: text}
}

func serveProfile(w http.ResponseWriter, r *http.Request) error {
	switch name := r.PathValue("profile"); name {
	case "profile":
		pprof.Profile(w, r)
	case "trace":
		pprof.Trace(w, r)
	case "heap", "goroutine", "allocs", "block", "mutex", "threadcreate":
		pprof.Handler(name).ServeHTTP(w, r)
	default:
		return errs.New(errs.NotFound, "there is no profile %q", name).
			WithHint("one of heap, goroutine, allocs, block, mutex, threadcreate, profile, trace")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}
