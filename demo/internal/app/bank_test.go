package app_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/demo/internal/app"
	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/config"
	"kubemate.io/kubemate/demo/internal/logs"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// small is a transfer that needs no re-check.
var small = bank.Transfer{From: "C000001", To: "C000002", AmountMinor: 1234, Currency: bank.CNY}

func code(err error) string {
	var p *rpc.Problem
	if errors.As(err, &p) {
		return fmt.Sprintf("%d %s", p.Status, p.Code)
	}
	return fmt.Sprint(err)
}

func TestTransferSettlesOnce(t *testing.T) {
	w := open(t)
	first, err := w.transfer("key-1", small)
	if err != nil || first.AmountMinor != small.AmountMinor || first.CommitSeq != 1 || first.Replayed {
		t.Fatalf("settlement %+v, %v", first, err)
	}
	again, err := w.transfer("key-1", small)
	if err != nil || !again.Replayed || again.TransferID != first.TransferID || again.CommitSeq != 1 {
		t.Errorf("the same key again: %+v, %v", again, err)
	}
	other := small
	other.AmountMinor++
	if _, err := w.transfer("key-1", other); code(err) != "409 idempotency_key_reused" {
		t.Errorf("another transfer under the same key: %v", err)
	}
	var statement bank.Statement
	w.get("teller", "/v1/accounts/C000001/statement", &statement)
	if statement.Account.BalanceMinor != bank.OpeningMinor-1234 || len(statement.Lines) != 1 ||
		statement.Lines[0].PostedMinor != -1234 || *statement.Lines[0].SettledMinor != -1234 {
		t.Errorf("statement %+v", statement)
	}
	var told []bank.Notification
	w.get("notify", "/v1/notifications", &told)
	if len(told) != 2 || told[0].AccountID != "C000001" || told[1].AccountID != "C000002" {
		t.Errorf("notifications %+v", told)
	}
	if seq := w.requireBalanced(); seq != 1 {
		t.Errorf("%d entries, want 1", seq)
	}
}

func TestTransferIsRefused(t *testing.T) {
	w := open(t)
	tests := []struct {
		name, key string
		change    func(*bank.Transfer)
		want      string
	}{
		{"no key", "", func(*bank.Transfer) {}, "400 invalid_request"},
		{"nothing to move", "k", func(t *bank.Transfer) { t.AmountMinor = 0 }, "400 invalid_request"},
		{"unknown account", "k", func(t *bank.Transfer) { t.To = "C009999" }, "404 not_found"},
		{"other currency", "k", func(t *bank.Transfer) { t.To = "C000005" }, "422 currency_differs"},
		{"frozen", "k", func(t *bank.Transfer) { t.To = "C000097" }, "422 account_frozen"},
		{"above the limit", "k", func(t *bank.Transfer) { t.AmountMinor = 5_000_001 }, "422 declined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			transfer := small
			tt.change(&transfer)
			if _, err := w.transfer(tt.key, transfer); code(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	for i := range 20 { // 20 × 50,000.00 is all that the account holds
		transfer := small
		transfer.AmountMinor = 5_000_000
		if _, err := w.transfer(fmt.Sprintf("drain-%d", i), transfer); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.transfer("too-much", small); code(err) != "422 insufficient_funds" {
		t.Errorf("an empty account paid: %v", err)
	}
	if seq := w.requireBalanced(); seq != 20 {
		t.Errorf("%d entries, want 20", seq)
	}
}

// TestCallCycleIsBounded follows a large transfer's trace through the logs:
// risk → accounts → risk → accounts, and then no further.
func TestCallCycleIsBounded(t *testing.T) {
	w := open(t)
	large := small
	large.AmountMinor = bank.RecheckMinor
	if _, err := w.transfer("large", large); err != nil {
		t.Fatal(err)
	}
	if _, err := w.transfer("small", small); err != nil {
		t.Fatal(err)
	}
	w.stop()
	served, traces := map[string]int{}, map[any]bool{}
	for _, line := range w.logs.all(t) {
		if route, ok := line["route"].(string); ok && route != "/v1/balances" && line["service"] != "load" {
			served[fmt.Sprint(line["service"], " ", route)]++
			if route == "/v1/transfers" {
				traces[line["trace_id"]] = true
			}
		}
	}
	want := map[string]int{"risk /v1/assessments": 2, "risk /v1/rechecks": 1, "accounts /v1/accounts/{id}/profile": 3}
	for call, n := range want {
		if served[call] != n {
			t.Errorf("%s was served %d times, want %d", call, served[call], n)
		}
	}
	if len(traces) != 2 {
		t.Errorf("%d traces of two transfers", len(traces))
	}
}

func TestOneTraceThroughAllServices(t *testing.T) {
	w := open(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.urls["teller"]+"/v1/transfers",
		strings.NewReader(`{"from":"C000001","to":"C000002","amount_minor":5,"currency":"CNY"}`))
	if err != nil {
		t.Fatal(err)
	}
	const traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	request.Header.Set("Traceparent", "00-"+traceID+"-00f067aa0ba902b7-01")
	request.Header.Set("Idempotency-Key", "traced")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	requestID := response.Header.Get("X-Request-Id")
	w.stop()
	seen, spans := map[any]bool{}, map[any]bool{}
	for _, line := range w.logs.all(t) {
		if line["trace_id"] == traceID && line["msg"] == "request" {
			seen[line["service"]] = true
			if spans[line["span_id"]] {
				t.Errorf("span %v twice", line["span_id"])
			}
			spans[line["span_id"]] = true
			if line["request_id"] != requestID {
				t.Errorf("request ID %v, want %s", line["request_id"], requestID)
			}
		}
	}
	for _, service := range []string{"teller", "accounts", "risk", "settlement", "ledger", "notify"} {
		if !seen[service] {
			t.Errorf("%s did not log the trace", service)
		}
	}
}

func TestMismatchIsFoundByComparing(t *testing.T) {
	w := open(t)
	if _, err := w.transfer("good", small); err != nil {
		t.Fatal(err)
	}
	w.faults("settlement: {mismatch: {share: 1}}")
	settlement, err := w.transfer("off", small)
	if err != nil || settlement.AmountMinor != small.AmountMinor {
		t.Fatalf("the customer must not see it: %+v, %v", settlement, err)
	}
	if again, err := w.transfer("off", small); err != nil || !again.Replayed {
		t.Errorf("its retry: %+v, %v", again, err)
	}
	var found bank.Reconciliation
	w.get("teller", "/v1/reconciliation", &found)
	if found.Compared != 2 || len(found.Mismatches) != 1 {
		t.Fatalf("reconciliation %+v", found)
	}
	m := found.Mismatches[0]
	if off := m.PostedMinor - m.SettledMinor; m.TransferID != settlement.TransferID || off == 0 || off < -3 || off > 3 {
		t.Errorf("mismatch %+v", m)
	}
	w.requireBalanced() // double entries balance even when their amount is wrong
	w.runStatements(1)
}

// runStatements makes the statement run, which must find n mismatches.
func (w *world) runStatements(n int) {
	w.t.Helper()
	c, err := config.Parse([]string{"--role=statement-run", "--teller-url=" + w.urls["teller"]}, io.Discard)
	if err != nil {
		w.t.Fatal(err)
	}
	log := &lines{}
	err = app.Run(w.t.Context(), app.Options{Config: c, Log: logs.New(log, c.LogLevel), Now: time.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	differ := 0
	for _, line := range log.all(w.t) {
		if line["msg"] == "settlement and ledger differ" && line["level"] == "ERROR" {
			differ++
		}
		if line["msg"] == "statement run finished" && (line["accounts"] != 200.0 || line["mismatches"] != float64(n)) {
			w.t.Errorf("statement run %v", line)
		}
	}
	if differ != n {
		w.t.Errorf("%d mismatches logged, want %d", differ, n)
	}
}

func TestFaultsReachTheCustomer(t *testing.T) {
	w := open(t)
	w.faults("ledger: {errors: {status: 500, share: 1}}")
	if _, err := w.transfer("a", small); code(err) != "502 upstream_failed" || !strings.Contains(err.Error(), "ledger") {
		t.Errorf("ledger fails: %v", err)
	}
	w.faults("notify: {errors: {status: 503, share: 1}}")
	if _, err := w.transfer("a", small); err != nil {
		t.Errorf("a notification that fails undid the transfer: %v", err)
	}
	w.faults("{}")
	if _, err := w.transfer("b", small); err != nil {
		t.Errorf("after switching off: %v", err)
	}
	w.faults("risk: {crash: {after_seconds: 1, exit_code: 7}}")
	select {
	case exit := <-w.exits:
		if exit != 7 {
			t.Errorf("exit code %d", exit)
		}
	case <-time.After(patience):
		t.Error("no crash")
	}
}

func TestBooksSurviveARestart(t *testing.T) {
	journal := "--journal=" + filepath.Join(t.TempDir(), "journal")
	w := open(t, journal)
	first, err := w.transfer("key", small)
	if err != nil {
		t.Fatal(err)
	}
	w.stop()
	w = open(t, journal, "--accounts=210")
	again, err := w.transfer("key", small)
	if err != nil || !again.Replayed || again.CommitSeq != first.CommitSeq {
		t.Errorf("the transfer was made twice: %+v, %v", again, err)
	}
	for id, want := range map[string]int64{"C000001": bank.OpeningMinor - small.AmountMinor, "C000210": bank.OpeningMinor} {
		var account bank.Account
		w.get("teller", "/v1/accounts/"+id+"/balance", &account)
		if account.BalanceMinor != want {
			t.Errorf("%s holds %d, want %d", id, account.BalanceMinor, want)
		}
	}
	w.requireBalanced()
}

func TestLoadKeepsTheBankBusyAndBalanced(t *testing.T) {
	w := open(t, "--rate=200")
	w.eventually("50 transfers", func() bool { return w.requireBalanced() >= 50 })
	w.runStatements(0)
	w.stop()
	for _, line := range w.logs.all(t) {
		if line["level"] == "ERROR" {
			t.Errorf("an error without a fault: %v", line)
		}
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	w := open(t)
	taken := strings.TrimPrefix(w.urls["teller"], "http://")
	tests := []struct{ flag, want string }{
		{"--listen=" + taken, "--listen"},
		{"--admin-listen=" + taken, "--admin-listen"},
		{"--journal=/nowhere/journal", "/nowhere/journal"},
	}
	for _, tt := range tests {
		c, err := config.Parse([]string{"--role=all", "--listen=127.0.0.1:0", "--admin-listen=", tt.flag}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		err = app.Run(t.Context(), app.Options{Config: c, Log: logs.New(io.Discard, c.LogLevel), Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.flag, err, tt.want)
		}
	}
}
