package logs

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"

	"kubemate.io/kubemate/demo/internal/trace"
)

func TestLinesCarryTheRequest(t *testing.T) {
	var out bytes.Buffer
	log := New(&out, slog.LevelInfo).With("service", "ledger")
	request := trace.New()
	log.InfoContext(trace.With(t.Context(), request), "settled", "amount_minor", 100)
	log.Debug("too fine")
	log.Info("outside")
	decoder := json.NewDecoder(&out)
	var inside, outside map[string]any
	if err := decoder.Decode(&inside); err != nil {
		t.Fatal(err)
	}
	if err := decoder.Decode(&outside); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"service": "ledger", "msg": "settled", "level": "INFO", "amount_minor": 100.0,
		"trace_id": request.Span.TraceID, "span_id": request.Span.SpanID, "request_id": request.ID,
	} {
		if inside[key] != want {
			t.Errorf("%s is %v, want %v", key, inside[key], want)
		}
	}
	if _, has := outside["trace_id"]; has || outside["msg"] != "outside" {
		t.Errorf("line outside of a request: %v", outside)
	}
}
