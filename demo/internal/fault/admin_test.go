package fault

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAdmin(t *testing.T) {
	const good = "ledger: {latency: {ms: 10, share: 1}}"
	tests := []struct {
		name, method, host, kind, body string
		status                         int
		on                             bool // latency is on afterwards; it was on before
	}{
		{"foreign host name", "GET", "evil.example:9091", "", "", 421, true},
		{"rebound name", "DELETE", "faults.evil.example", "", "", 421, true},
		{"form of a web page", "PUT", "localhost:9091", "text/plain", good, 415, true},
		{"no content type", "PUT", "localhost:9091", "", good, 415, true},
		{"post", "POST", "localhost:9091", typeYAML, good, 405, true},
		{"show", "GET", "127.0.0.1:9091", "", "", 200, true},
		{"mistake", "PUT", "localhost:9091", typeYAML, "ledger: {boom: {}}", 422, true},
		{"role elsewhere", "PUT", "localhost:9091", typeYAML, "teller: {}", 422, true},
		{"too large", "PUT", "localhost:9091", typeYAML, strings.Repeat("#", MaxBytes+1), 422, true},
		{"put", "PUT", "[::1]:9091", "application/json", `{"ledger":{"latency":{"ms":5,"share":1}}}`, 200, true},
		{"put nothing", "PUT", "localhost", typeYAML, "{}", 200, false},
		{"delete", "DELETE", "localhost:9091", "", "", 200, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			board := NewBoard(testRoles)
			ledger := newTestSwitch(t, "ledger", nil)
			board.Add("ledger", ledger)
			set, err := Parse([]byte(good), testRoles)
			if err != nil {
				t.Fatal(err)
			}
			board.Apply(set, "file")
			request := httptest.NewRequest(tt.method, "/faults", strings.NewReader(tt.body))
			request.Host = tt.host
			if tt.kind != "" {
				request.Header.Set("Content-Type", tt.kind)
			}
			answer := httptest.NewRecorder()
			Admin(board, slog.New(slog.DiscardHandler)).ServeHTTP(answer, request)
			if answer.Code != tt.status {
				t.Errorf("status %d: %s", answer.Code, answer.Body)
			}
			if spec, _ := ledger.Current(); (spec.Latency != nil) != tt.on {
				t.Errorf("afterwards: %+v", spec)
			}
		})
	}
}
