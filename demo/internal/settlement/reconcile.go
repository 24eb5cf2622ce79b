package settlement

import (
	"fmt"
	"net/http"
	"net/url"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// compared is the number of latest ledger commits that a reconciliation and a
// statement look at.
const compared = 1000

// reconcile compares the records with the ledger's latest commits.
func (s *Service) reconcile(r *http.Request) (any, error) {
	var commits []bank.Commit
	if err := s.Ledger.Get(r.Context(), fmt.Sprintf("/v1/commits?limit=%d", compared), &commits); err != nil {
		return nil, rpc.Upstream("ledger", err)
	}
	result := bank.Reconciliation{Mismatches: []bank.Mismatch{}}
	for _, commit := range commits {
		settlement, ok := s.records.get(commit.TransferID)
		if !ok {
			continue
		}
		result.Compared++
		if settlement.AmountMinor != commit.AmountMinor {
			result.Mismatches = append(result.Mismatches, bank.Mismatch{
				TransferID: commit.TransferID, Currency: commit.Currency, TraceID: commit.TraceID,
				SettledMinor: settlement.AmountMinor, PostedMinor: commit.AmountMinor,
			})
		}
	}
	return result, nil
}

// lines gives an account's latest movements: what the ledger posted beside
// what was settled.
func (s *Service) lines(r *http.Request) (any, error) {
	id := r.PathValue("id")
	var commits []bank.Commit
	path := fmt.Sprintf("/v1/commits?account=%s&limit=50", url.QueryEscape(id))
	if err := s.Ledger.Get(r.Context(), path, &commits); err != nil {
		return nil, rpc.Upstream("ledger", err)
	}
	lines := []bank.StatementLine{}
	for _, commit := range commits {
		line := bank.StatementLine{Commit: commit, PostedMinor: commit.AmountMinor}
		sign := int64(1)
		if commit.From == id {
			sign = -1
		}
		line.PostedMinor *= sign
		if settlement, ok := s.records.get(commit.TransferID); ok {
			settled := sign * settlement.AmountMinor
			line.SettledMinor = &settled
		}
		lines = append(lines, line)
	}
	return lines, nil
}
