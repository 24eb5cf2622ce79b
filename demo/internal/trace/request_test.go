package trace

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestRequestPassesFromServiceToService(t *testing.T) {
	first := New()
	first.State = "vendor=1"
	h := http.Header{}
	first.Child().Inject(h)
	second, err := Extract(h)
	if err != nil {
		t.Fatal(err)
	}
	if second.Span.TraceID != first.Span.TraceID || second.ID != first.ID || second.State != first.State {
		t.Errorf("identity lost: %+v became %+v", first, second)
	}
	if second.Span.SpanID == first.Span.SpanID {
		t.Error("the next service has no span of its own")
	}
	if second.Hops != first.Hops+1 {
		t.Errorf("hops %d after %d", second.Hops, first.Hops)
	}
}

func TestExtractDistrustsHeaders(t *testing.T) {
	tests := []struct {
		name   string
		header http.Header
		err    bool
		loop   bool
	}{
		{"nothing", http.Header{}, false, false},
		{"bad traceparent", http.Header{HeaderTraceparent: {"x"}}, false, false},
		{"line break in request ID", http.Header{HeaderRequestID: {"a\nb"}}, false, false},
		{"long request ID", http.Header{HeaderRequestID: {strings.Repeat("a", 65)}}, false, false},
		{"long state", http.Header{HeaderTraceparent: {good}, HeaderTracestate: {strings.Repeat("a", 513)}}, false, false},
		{"hops not a number", http.Header{HeaderHops: {"many"}}, true, false},
		{"negative hops", http.Header{HeaderHops: {"-1"}}, true, false},
		{"too many hops", http.Header{HeaderHops: {"17"}}, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Extract(tt.header)
			if (err != nil) != tt.err || errors.Is(err, ErrLoop) != tt.loop {
				t.Fatalf("error %v", err)
			}
			if len(r.Span.TraceID) != 32 || len(r.Span.SpanID) != 16 {
				t.Errorf("no usable trace: %+v", r)
			}
			if !plain(r.ID) || r.State != "" {
				t.Errorf("took over what it should not: %+v", r)
			}
		})
	}
}
