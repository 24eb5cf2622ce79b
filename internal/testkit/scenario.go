package testkit

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// Scenario is one request to an endpoint and what must come back. A table of them begins with
// the rows for nobody (401) and for somebody without the right (403).
type Scenario struct {
	Name   string
	Method string
	Path   string            // below the server's address
	As     string            // key of Scenarios.Tokens; "" for nobody
	Body   string            // sent as JSON when not empty
	Header map[string]string // further headers
	Status int
	Want   []string // parts of the answer's body
	Not    []string // parts that must not be in it
}

// Scenarios runs tables of scenarios against one server.
type Scenarios struct {
	URL    string            // address of the server
	Tokens map[string]string // bearer tokens by user
}

// Run runs the scenarios in order, each as a subtest.
func (s Scenarios) Run(t *testing.T, table []Scenario) {
	t.Helper()
	for _, row := range table {
		t.Run(row.Name, func(t *testing.T) { s.one(t, row) })
	}
}

func (s Scenarios) one(t *testing.T, row Scenario) {
	t.Helper()
	resp := s.Do(t, row)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		t.Fatalf("read the answer: %v", err)
	}
	if resp.StatusCode != row.Status {
		t.Fatalf("%s %s as %q: status %d, want %d: %s", row.Method, row.Path, row.As, resp.StatusCode, row.Status, body)
	}
	for _, part := range row.Want {
		if !strings.Contains(string(body), part) {
			t.Errorf("%s %s: the answer lacks %q: %s", row.Method, row.Path, part, body)
		}
	}
	for _, part := range row.Not {
		if strings.Contains(string(body), part) {
			t.Errorf("%s %s: the answer shows %q: %s", row.Method, row.Path, part, body)
		}
	}
	if row.Status >= 400 && resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %s: an error of type %q", row.Method, row.Path, resp.Header.Get("Content-Type"))
	}
}

// Do sends the request of a scenario; the caller closes the answer.
func (s Scenarios) Do(t *testing.T, row Scenario) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), row.Method, s.URL+row.Path, strings.NewReader(row.Body))
	if err != nil {
		t.Fatal(err)
	}
	if row.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if row.As != "" {
		token, ok := s.Tokens[row.As]
		if !ok {
			t.Fatalf("no token for %q", row.As)
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range row.Header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}
