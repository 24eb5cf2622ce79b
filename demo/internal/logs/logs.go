// Package logs makes the demo bank's JSON logger. Every line has time, level,
// msg and service; lines written under a request also have trace_id, span_id
// and request_id. Money appears as amount_minor and currency, time spent as
// duration_ms. No line holds a secret or a customer's name.
package logs

import (
	"context"
	"io"
	"log/slog"

	"kubemate.io/kubemate/demo/internal/trace"
)

// New gives a logger that writes JSON lines to w from the given level on.
func New(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(handler{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})})
}

// handler adds the identity of the request, if the context has one.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, record slog.Record) error {
	if r, ok := trace.From(ctx); ok {
		record.AddAttrs(
			slog.String("trace_id", r.Span.TraceID),
			slog.String("span_id", r.Span.SpanID),
			slog.String("request_id", r.ID),
		)
	}
	return h.Handler.Handle(ctx, record)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
