package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/trace"
)

// statusGone is logged and counted when the caller left before the answer.
const statusGone = 499

// endpoint runs a handler under a span of its own, and answers, logs and
// counts in one place. A server-side span recorder would be called from here.
func (rt *Router) endpoint(method, route string, h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		identity, err := trace.Extract(r.Header)
		ctx := trace.With(r.Context(), identity)
		r = r.WithContext(ctx)
		w.Header().Set(trace.HeaderRequestID, identity.ID)

		var answer any
		switch {
		case errors.Is(err, trace.ErrLoop):
			err = NewProblem(http.StatusLoopDetected, "loop_detected", err.Error())
		case err != nil:
			err = Invalid(err)
		default:
			answer, err = rt.serve(ctx, r, h)
		}
		status := reply(ctx, w, identity.ID, answer, err)
		took := time.Since(start)

		rt.metrics.Requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
		metrics.Observe(rt.metrics.RequestSeconds.WithLabelValues(method, route), took, identity.Span.TraceID)
		rt.access(ctx, r.Method, route, status, took, err)
	})
}

// serve lets the fault switches go first, and turns a panic into an error.
func (rt *Router) serve(ctx context.Context, r *http.Request, h Handler) (answer any, err error) {
	defer func() {
		if p := recover(); p != nil {
			rt.log.ErrorContext(ctx, "handler panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errors.New("handler panicked")
		}
	}()
	if err := rt.faults.Before(r); err != nil {
		return nil, err
	}
	return h(r)
}

// reply writes the answer or the problem and gives the status.
func reply(ctx context.Context, w http.ResponseWriter, requestID string, answer any, err error) int {
	if err == nil {
		body, encodeErr := json.Marshal(answer)
		if encodeErr == nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(append(body, '\n')) // the caller has gone if this fails
			return http.StatusOK
		}
		err = encodeErr
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return statusGone
	}
	problem := asProblem(err)
	problem.RequestID = requestID
	writeProblem(w, problem)
	return problem.Status
}

// access writes the request's one line; its level follows the status.
func (rt *Router) access(ctx context.Context, method, route string, status int, took time.Duration, err error) {
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case status >= 400:
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("method", method),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	rt.log.LogAttrs(ctx, level, "request", attrs...)
}
