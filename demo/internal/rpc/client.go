package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/trace"
)

// HeaderIdempotencyKey carries the client's key of a transfer.
const HeaderIdempotencyKey = "Idempotency-Key"

// retryPause is the wait before the only retry of a call.
const retryPause = 50 * time.Millisecond

// Client calls one service.
type Client struct {
	target  string
	base    string
	http    *http.Client
	metrics *metrics.Metrics
}

// NewClient makes a client of the service target at base, for example
// "http://accounts:8080". timeout bounds each attempt of a call.
func NewClient(target, base string, timeout time.Duration, transport http.RoundTripper, m *metrics.Metrics) *Client {
	return &Client{
		target: target,
		base:   strings.TrimSuffix(base, "/"),
		http: &http.Client{
			Timeout: timeout, Transport: transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		metrics: m,
	}
}

// Transport makes the connection pool that a role's clients share.
func Transport() *http.Transport {
	return &http.Transport{
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       30 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
	}
}

// Call is one request to a service. Every call of the demo bank may be
// repeated safely: transfers carry their ID, updates their sequence number.
type Call struct {
	Method string
	Path   string      // with query, if any
	Header http.Header // more headers, may be nil
	In     any         // body, may be nil
	Out    any         // where to decode the answer, may be nil
}

// Do makes the call, and once more after a lost connection or a 503. The
// error is a Problem if the service answered with one.
func (c *Client) Do(ctx context.Context, call Call) error {
	var body []byte
	if call.In != nil {
		var err error
		if body, err = json.Marshal(call.In); err != nil {
			return fmt.Errorf("encode call to %s: %w", c.target, err)
		}
	}
	again, err := c.attempt(ctx, call, body)
	if err == nil || !again {
		return err
	}
	select {
	case <-ctx.Done():
		return err
	case <-time.After(retryPause):
	}
	_, err = c.attempt(ctx, call, body)
	return err
}

// Get is a call that reads.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.Do(ctx, Call{Method: http.MethodGet, Path: path, Out: out})
}

// Post is a call that sends.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	return c.Do(ctx, Call{Method: http.MethodPost, Path: path, In: in, Out: out})
}

// attempt makes one request under a span of its own; again says whether a
// retry makes sense. A client-side span recorder would be called from here.
func (c *Client) attempt(ctx context.Context, call Call, body []byte) (again bool, err error) {
	identity, ok := trace.From(ctx)
	if !ok {
		identity = trace.New()
	}
	identity = identity.Child()
	request, err := http.NewRequestWithContext(ctx, call.Method, c.base+call.Path, bytes.NewReader(body))
	if err != nil {
		return false, fmt.Errorf("call %s: %w", c.target, err)
	}
	for name, values := range call.Header {
		request.Header[name] = values
	}
	if call.In != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	identity.Inject(request.Header)

	start := time.Now()
	response, err := c.http.Do(request)
	status := "error"
	if err == nil {
		status = strconv.Itoa(response.StatusCode)
	}
	c.metrics.Calls.WithLabelValues(c.target, status).Inc()
	defer func() {
		metrics.Observe(c.metrics.CallSeconds.WithLabelValues(c.target), time.Since(start), identity.Span.TraceID)
	}()
	if err != nil {
		var timeout interface{ Timeout() bool }
		slow := errors.As(err, &timeout) && timeout.Timeout()
		return !slow && ctx.Err() == nil, fmt.Errorf("call %s: %w", c.target, err)
	}
	defer func() { _ = response.Body.Close() }() // read to its end, or given up
	return response.StatusCode == http.StatusServiceUnavailable, c.decode(response, call.Out)
}

// decode reads the answer into out, or makes the problem that it carries.
func (c *Client) decode(response *http.Response, out any) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBody+1))
	if err != nil {
		return fmt.Errorf("read answer of %s: %w", c.target, err)
	}
	if len(body) > MaxBody {
		return fmt.Errorf("answer of %s is larger than %d bytes", c.target, MaxBody)
	}
	if response.StatusCode != http.StatusOK {
		problem := NewProblem(response.StatusCode, "upstream_failed", "")
		if err := json.Unmarshal(body, problem); err != nil || problem.Status != response.StatusCode {
			problem = NewProblem(response.StatusCode, "upstream_failed", c.target+" answered "+response.Status)
		}
		return problem
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("answer of %s: %w", c.target, err)
	}
	return nil
}
