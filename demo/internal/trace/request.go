package trace

import (
	"context"
	"errors"
	"net/http"
	"strconv"
)

// Headers that carry a Request between services.
const (
	HeaderTraceparent = "Traceparent"
	HeaderTracestate  = "Tracestate"
	HeaderRequestID   = "X-Request-Id"
	HeaderHops        = "X-Bank-Hops"
)

// MaxHops is the number of calls behind a request from which every service
// refuses it: the last guard against a call cycle that does not end.
const MaxHops = 16

const (
	maxState     = 512
	maxRequestID = 64
)

// ErrLoop says that a request has passed through too many services.
var ErrLoop = errors.New("the request has passed through too many services")

// Request is the identity under which a service works.
type Request struct {
	Span  Parent // this service's own span
	State string // tracestate, passed on as it came
	ID    string // request ID, the same in all services
	Hops  int    // calls behind this request; 0 at the edge
}

type key struct{}

// With puts a request's identity into the context.
func With(ctx context.Context, r Request) context.Context { return context.WithValue(ctx, key{}, r) }

// From takes it out again; ok is false outside of any request.
func From(ctx context.Context) (r Request, ok bool) {
	r, ok = ctx.Value(key{}).(Request)
	return r, ok
}

// New starts a trace of its own.
func New() Request {
	return Request{Span: Parent{TraceID: newID(16), SpanID: newID(8), Sampled: true}, ID: newID(8)}
}

// Child is the identity of a span below r, in the same trace.
func (r Request) Child() Request {
	r.Span.SpanID = newID(8)
	return r
}

// Extract reads the caller's identity and starts this service's span. What is
// missing or malformed is made anew; a bad hop count is an error, because
// guessing would defeat the guard.
func Extract(h http.Header) (Request, error) {
	r := New()
	if parent, err := ParseTraceparent(h.Get(HeaderTraceparent)); err == nil {
		r.Span.TraceID, r.Span.Sampled = parent.TraceID, parent.Sampled
		if state := h.Get(HeaderTracestate); len(state) <= maxState {
			r.State = state
		}
	}
	if id := h.Get(HeaderRequestID); plain(id) {
		r.ID = id
	}
	hops := h.Get(HeaderHops)
	if hops == "" {
		return r, nil
	}
	n, err := strconv.Atoi(hops)
	if err != nil || n < 0 {
		return r, errors.New("header " + HeaderHops + " must be a small non-negative number")
	}
	if n > MaxHops {
		return r, ErrLoop
	}
	r.Hops = n
	return r, nil
}

// Inject writes the identity for the next service: one hop further.
func (r Request) Inject(h http.Header) {
	h.Set(HeaderTraceparent, r.Span.String())
	if r.State != "" {
		h.Set(HeaderTracestate, r.State)
	}
	h.Set(HeaderRequestID, r.ID)
	h.Set(HeaderHops, strconv.Itoa(r.Hops+1))
}

// plain says whether id may stand in logs as it is.
func plain(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
