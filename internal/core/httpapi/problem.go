package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"kubemate.io/kubemate/internal/core/errs"
)

// Problem is every error that leaves the server, in the shape of RFC 9457.
type Problem struct {
	Type      string         `json:"type" doc:"URN of the error's kind" example:"urn:kubemate:error:not-found"`
	Title     string         `json:"title" doc:"The HTTP status in words"`
	Status    int            `json:"status" doc:"HTTP status"`
	Code      string         `json:"code" doc:"Stable kind of the error" example:"not-found"`
	Detail    string         `json:"detail" doc:"Names the thing and says what is wrong"`
	Hint      string         `json:"hint,omitempty" doc:"What to do about it"`
	Object    string         `json:"object,omitempty" doc:"The object concerned"`
	Fields    []errs.Field   `json:"fields,omitempty" doc:"Wrong fields of the input"`
	RequestID string         `json:"requestId" doc:"Names this request in the server's log"`
	Extra     map[string]any `json:"-"`
}

// Error gives the detail, so that a Problem can travel as an error inside huma.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status; huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType turns JSON into problem JSON; huma asks for it.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// MarshalJSON lays the extra members beside the standard ones; they never replace one.
func (p *Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	standard, err := json.Marshal((*plain)(p))
	if err != nil || len(p.Extra) == 0 {
		return standard, err
	}
	all := make(map[string]any, len(p.Extra)+9)
	for k, v := range p.Extra {
		all[k] = v
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(standard, &members); err != nil {
		return nil, err
	}
	for k, v := range members {
		all[k] = v
	}
	return json.Marshal(all)
}

// statusOf is the one mapping of kinds to HTTP statuses.
func statusOf(kind errs.Kind) int {
	switch kind {
	case errs.Invalid:
		return http.StatusBadRequest
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Gone:
		return http.StatusGone
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Unprocessable:
		return http.StatusUnprocessableEntity
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.BadUpstream:
		return http.StatusBadGateway
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.Timeout:
		return http.StatusGatewayTimeout
	default:
		return http.StatusInternalServerError
	}
}

// kindOfStatus is the inverse, for errors that huma makes itself.
func kindOfStatus(status int) errs.Kind {
	switch status {
	case http.StatusRequestTimeout:
		return errs.Timeout
	case http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		return errs.Invalid
	}
	for _, k := range []errs.Kind{
		errs.Invalid, errs.Unauthenticated, errs.Forbidden, errs.NotFound, errs.Conflict, errs.Gone, errs.TooLarge,
		errs.Unprocessable, errs.TooMany, errs.BadUpstream, errs.Unavailable, errs.Timeout,
	} {
		if statusOf(k) == status {
			return k
		}
	}
	return errs.Internal
}

// NewProblem is what a user may read of err. What is no *errs.Error stays in the log.
func NewProblem(ctx context.Context, err error) *Problem {
	e := asError(err)
	status := statusOf(e.Kind)
	return &Problem{
		Type: "urn:kubemate:error:" + string(e.Kind), Title: http.StatusText(status), Status: status, Code: string(e.Kind),
		Detail: e.Message, Hint: e.Hint, Object: e.Object, Fields: e.Fields, Extra: e.Extra, RequestID: From(ctx).ID,
	}
}

// asError finds the *errs.Error in err, or says what kind of failure it is without its text.
func asError(err error) *errs.Error {
	var e *errs.Error
	var tooLarge *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &tooLarge):
		return tooLargeError(tooLarge.Limit)
	case errors.Is(err, context.DeadlineExceeded):
		return errs.New(errs.Timeout, "the request took too long and was stopped").
			WithHint("try again; if it stays slow, ask for less at once")
	case errors.Is(err, context.Canceled):
		return errs.New(errs.Timeout, "the request was cancelled before it was answered")
	case errors.As(err, &network) && network.Timeout():
		return errs.New(errs.Timeout, "the request body did not arrive in time").WithHint("check the connection and try again")
	default:
		return errs.New(errs.Internal, "something went wrong inside Kubemate").
			WithHint("try again; if it stays, give the request id to whoever runs Kubemate: the cause stands in its log")
	}
}

func tooLargeError(limit int64) *errs.Error {
	return errs.New(errs.TooLarge, "the request body is larger than the limit of %s", bytesText(limit)).
		WithHint("send less at once, for instance several smaller files").WithExtra("limitBytes", limit)
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}

// problemHeaders are the headers that belong to a kind of error.
func problemHeaders(h http.Header, p *Problem) {
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="kubemate"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		wait := 1
		if s, ok := p.Extra["retryAfterSeconds"].(int); ok && s > 0 {
			wait = s
		}
		h.Set("Retry-After", strconv.Itoa(wait))
	}
}

// WriteProblem answers with err. It keeps the cause for the log.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	From(r.Context()).cause = err
	p := NewProblem(r.Context(), err)
	writeProblem(w, p)
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil { // an extra member that JSON cannot hold; the rest still can
		p.Extra = nil
		body, _ = json.Marshal(p) //nolint:errchkjson // only strings and integers are left
	}
	h := w.Header()
	for _, name := range []string{"Content-Length", "Content-Encoding", "ETag", "Last-Modified", "Content-Disposition"} {
		h.Del(name)
	}
	problemHeaders(h, p)
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // the client may have gone; nobody is left to tell
}
