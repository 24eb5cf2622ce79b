// Package statement is the one-off role behind the statement run: it reads
// the statement of every account through the teller and has settlement and
// ledger compared. What it finds is logged; only a run that could not finish
// is an error, so that a mismatch is not retried.
package statement

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/rpc"
	"kubemate.io/kubemate/demo/internal/trace"
)

// page is the number of accounts read at once.
const page = 100

// Result is what a run found.
type Result struct {
	Accounts   int
	Lines      int
	Mismatches []bank.Mismatch
}

// Run makes the statement run.
func Run(ctx context.Context, teller *rpc.Client, log *slog.Logger, now func() time.Time) (Result, error) {
	ctx = trace.With(ctx, trace.New())
	start := now()
	var result Result
	for offset := 0; ; offset += page {
		var accounts []bank.Account
		path := fmt.Sprintf("/v1/accounts?offset=%d&limit=%d", offset, page)
		if err := teller.Get(ctx, path, &accounts); err != nil {
			return result, fmt.Errorf("statement run: list accounts: %w", err)
		}
		for _, account := range accounts {
			var s bank.Statement
			if err := teller.Get(ctx, "/v1/accounts/"+account.ID+"/statement", &s); err != nil {
				return result, fmt.Errorf("statement run: account %s: %w", account.ID, err)
			}
			result.Accounts++
			result.Lines += len(s.Lines)
		}
		if len(accounts) < page {
			break
		}
	}
	var compared bank.Reconciliation
	if err := teller.Get(ctx, "/v1/reconciliation", &compared); err != nil {
		return result, fmt.Errorf("statement run: reconciliation: %w", err)
	}
	result.Mismatches = compared.Mismatches
	for _, m := range compared.Mismatches {
		log.ErrorContext(ctx, "settlement and ledger differ", "transfer_id", m.TransferID, "currency", m.Currency,
			"settled_minor", m.SettledMinor, "posted_minor", m.PostedMinor, "transfer_trace_id", m.TraceID)
	}
	log.InfoContext(ctx, "statement run finished", "accounts", result.Accounts, "lines", result.Lines,
		"compared", compared.Compared, "mismatches", len(result.Mismatches),
		"duration_ms", now().Sub(start).Milliseconds())
	return result, nil
}
