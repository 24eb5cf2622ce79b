package accounts

import (
	"context"
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
	"kubemate.io/kubemate/demo/internal/trace"
)

// Service is the accounts role.
type Service struct {
	store    *store
	risk     *rpc.Client
	rechecks *prometheus.CounterVec
}

// New makes the role with n customer accounts.
func New(n int, risk *rpc.Client, m *metrics.Metrics) *Service {
	return &Service{
		store:    newStore(bank.Chart(n)),
		risk:     risk,
		rechecks: m.Counter("bank_rechecks_total", "Re-checks asked of risk.", "result"),
	}
}

// Ready implements the role: without balances nothing can be answered.
func (s *Service) Ready() error {
	if !s.store.filled() {
		return errors.New("the ledger has not sent the balances yet")
	}
	return nil
}

// Run implements the role; there is nothing to do in the background.
func (s *Service) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Routes implements the role.
func (s *Service) Routes(rt *rpc.Router) {
	rt.Handle("GET", "/v1/accounts", s.list)
	rt.Handle("GET", "/v1/accounts/{id}", s.get)
	rt.Handle("GET", "/v1/accounts/{id}/profile", s.profile)
	rt.Handle("PUT", "/v1/balances", s.balances)
}

func (s *Service) list(r *http.Request) (any, error) {
	offset, err := rpc.IntQuery(r, "offset", 0, 0, bank.MaxAccounts)
	if err != nil {
		return nil, err
	}
	limit, err := rpc.IntQuery(r, "limit", 50, 1, 500)
	if err != nil {
		return nil, err
	}
	return s.store.page(int(offset), int(limit)), nil
}

func (s *Service) get(r *http.Request) (any, error) { return s.find(r) }

func (s *Service) find(r *http.Request) (bank.Account, error) {
	account, ok := s.store.get(r.PathValue("id"))
	if !ok {
		return bank.Account{}, rpc.NotFound("this account")
	}
	return account, nil
}

// profile answers risk. A large amount is worth a second opinion, unless the
// request has been through it already.
func (s *Service) profile(r *http.Request) (any, error) {
	account, err := s.find(r)
	if err != nil {
		return nil, err
	}
	amount, err := rpc.IntQuery(r, "amount_minor", 0, 0, bank.MaxAmountMinor)
	if err != nil {
		return nil, err
	}
	profile := bank.Profile{Account: account}
	identity, _ := trace.From(r.Context())
	if amount < bank.RecheckMinor || identity.Hops >= bank.RecheckHops {
		return profile, nil
	}
	var opinion bank.Assessment
	question := bank.Recheck{AccountID: account.ID, AmountMinor: amount}
	if err := s.risk.Post(r.Context(), "/v1/rechecks", question, &opinion); err != nil {
		s.rechecks.WithLabelValues("failed").Inc()
		return nil, rpc.Upstream("risk", err)
	}
	s.rechecks.WithLabelValues("answered").Inc()
	profile.Rechecked, profile.Flagged = true, !opinion.Approved
	return profile, nil
}

func (s *Service) balances(r *http.Request) (any, error) {
	var update bank.Balances
	if err := rpc.Decode(r, &update); err != nil {
		return nil, err
	}
	if update.Epoch == "" {
		return nil, rpc.Invalid(errors.New("epoch is missing"))
	}
	if err := s.store.update(update); err != nil {
		return nil, rpc.NewProblem(http.StatusConflict, "other_books", err.Error())
	}
	return struct{}{}, nil
}
