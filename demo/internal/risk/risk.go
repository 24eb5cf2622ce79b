// Package risk is the role that approves or declines transfers by what the
// accounts service says of the paying account. It is asked back by accounts
// for large amounts (see bank.RecheckHops), and keeps no state.
package risk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// Service is the risk role.
type Service struct {
	accounts *rpc.Client
	verdicts *prometheus.CounterVec
}

// New makes the role.
func New(accounts *rpc.Client, m *metrics.Metrics) *Service {
	return &Service{
		accounts: accounts,
		verdicts: m.Counter("bank_assessments_total", "Transfers assessed.", "verdict"),
	}
}

// Ready implements the role.
func (s *Service) Ready() error { return nil }

// Run implements the role; there is nothing to do in the background.
func (s *Service) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Routes implements the role.
func (s *Service) Routes(rt *rpc.Router) {
	rt.Handle("POST", "/v1/assessments", s.assess)
	rt.Handle("POST", "/v1/rechecks", s.recheck)
}

// assess decides on a transfer that the teller is about to settle.
func (s *Service) assess(r *http.Request) (any, error) {
	var transfer bank.Transfer
	if err := rpc.Decode(r, &transfer); err != nil {
		return nil, err
	}
	if err := transfer.Validate(); err != nil {
		return nil, rpc.Invalid(err)
	}
	profile, err := s.profile(r.Context(), transfer.From, transfer.AmountMinor)
	if err != nil {
		return nil, err
	}
	answer := judge(profile, transfer.AmountMinor)
	verdict := "approved"
	if !answer.Approved {
		verdict = "declined"
	}
	s.verdicts.WithLabelValues(verdict).Inc()
	return answer, nil
}

// recheck gives accounts a second opinion, from a fresh profile.
func (s *Service) recheck(r *http.Request) (any, error) {
	var question bank.Recheck
	if err := rpc.Decode(r, &question); err != nil {
		return nil, err
	}
	profile, err := s.profile(r.Context(), question.AccountID, question.AmountMinor)
	if err != nil {
		return nil, err
	}
	return judge(profile, question.AmountMinor), nil
}

func (s *Service) profile(ctx context.Context, account string, amount int64) (bank.Profile, error) {
	var profile bank.Profile
	path := fmt.Sprintf("/v1/accounts/%s/profile?amount_minor=%d", url.PathEscape(account), amount)
	if err := s.accounts.Get(ctx, path, &profile); err != nil {
		return profile, rpc.Upstream("accounts", err)
	}
	return profile, nil
}

// judge looks at nothing that a repeated request could find changed, so that
// a retry gets the same answer.
func judge(p bank.Profile, amount int64) bank.Assessment {
	answer := bank.Assessment{Rechecked: p.Rechecked}
	switch {
	case p.Account.Status != bank.Active:
		answer.Reason = "the paying account is " + p.Account.Status
	case amount > p.Account.LimitMinor:
		answer.Reason = "the amount is above the account's limit"
	case p.Flagged:
		answer.Reason = "the re-check objected"
	default:
		answer.Approved = true
	}
	return answer
}
