// Package teller is the role at the edge: what customers' requests reach. It
// checks a transfer with accounts and risk, has it settled, and answers for
// balances and statements. It keeps no state, so any replica may answer.
//
// The demo has no customer sign-in: the teller must not be reachable from
// outside of the cluster without something in front that has one.
package teller

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// Deps is what the role works with.
type Deps struct {
	Accounts, Risk, Settlement *rpc.Client
	Log                        *slog.Logger
	Metrics                    *metrics.Metrics
}

// Service is the teller role.
type Service struct {
	Deps
	transfers *prometheus.CounterVec
	amount    *prometheus.CounterVec
}

// New makes the role.
func New(d Deps) *Service {
	return &Service{
		Deps:      d,
		transfers: d.Metrics.Counter("bank_transfers_total", "Transfers asked for.", "result"),
		amount:    d.Metrics.Counter("bank_transfer_amount_minor_total", "Money moved, in minor units.", "currency"),
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
	rt.Handle("POST", "/v1/transfers", s.transfer)
	rt.Handle("GET", "/v1/accounts", s.accounts)
	rt.Handle("GET", "/v1/accounts/{id}/balance", s.balance)
	rt.Handle("GET", "/v1/accounts/{id}/statement", s.statement)
	rt.Handle("GET", "/v1/reconciliation", s.reconciliation)
}

func (s *Service) transfer(r *http.Request) (any, error) {
	transfer, err := decode(r)
	if err != nil {
		return nil, err
	}
	settlement, err := s.move(r.Context(), transfer)
	if err != nil {
		s.transfers.WithLabelValues("failed").Inc()
		return nil, err
	}
	s.transfers.WithLabelValues("settled").Inc()
	if !settlement.Replayed {
		s.amount.WithLabelValues(transfer.Currency).Add(float64(transfer.AmountMinor))
	}
	s.Log.InfoContext(r.Context(), "transfer done", "transfer_id", transfer.ID,
		"amount_minor", transfer.AmountMinor, "currency", transfer.Currency)
	return settlement, nil
}

// decode reads a transfer and gives it the ID that follows from its key.
func decode(r *http.Request) (bank.Transfer, error) {
	var transfer bank.Transfer
	if err := rpc.Decode(r, &transfer); err != nil {
		return transfer, err
	}
	if err := transfer.Validate(); err != nil {
		return transfer, rpc.Invalid(err)
	}
	id, err := bank.TransferID(r.Header.Get(rpc.HeaderIdempotencyKey))
	if err != nil {
		return transfer, rpc.Invalid(err)
	}
	transfer.ID = id
	return transfer, nil
}

// move asks all who have a say, in the order accounts, risk, settlement.
// Funds are the ledger's to check: only it knows the balance for sure.
func (s *Service) move(ctx context.Context, t bank.Transfer) (settlement bank.Settlement, err error) {
	for _, id := range []string{t.From, t.To} {
		account, err := s.account(ctx, id)
		if err != nil {
			return settlement, err
		}
		if account.Currency != t.Currency {
			return settlement, rpc.Refused("currency_differs", "account "+id+" is held in "+account.Currency)
		}
		if account.Status != bank.Active {
			return settlement, rpc.Refused("account_"+account.Status, "account "+id+" is "+account.Status)
		}
	}
	var verdict bank.Assessment
	if err := s.Risk.Post(ctx, "/v1/assessments", t, &verdict); err != nil {
		return settlement, rpc.Upstream("risk", err)
	}
	if !verdict.Approved {
		return settlement, rpc.Refused("declined", verdict.Reason)
	}
	if err := s.Settlement.Post(ctx, "/v1/settlements", t, &settlement); err != nil {
		return settlement, rpc.Upstream("settlement", err)
	}
	return settlement, nil
}

func (s *Service) account(ctx context.Context, id string) (account bank.Account, err error) {
	if !bank.IsCustomer(id) {
		return account, rpc.NotFound("this account")
	}
	if err := s.Accounts.Get(ctx, "/v1/accounts/"+url.PathEscape(id), &account); err != nil {
		return account, rpc.Upstream("accounts", err)
	}
	return account, nil
}

func (s *Service) accounts(r *http.Request) (any, error) {
	offset, err := rpc.IntQuery(r, "offset", 0, 0, bank.MaxAccounts)
	if err != nil {
		return nil, err
	}
	limit, err := rpc.IntQuery(r, "limit", 50, 1, 500)
	if err != nil {
		return nil, err
	}
	accounts := []bank.Account{}
	if err := s.Accounts.Get(r.Context(), fmt.Sprintf("/v1/accounts?offset=%d&limit=%d", offset, limit), &accounts); err != nil {
		return nil, rpc.Upstream("accounts", err)
	}
	return accounts, nil
}

func (s *Service) balance(r *http.Request) (any, error) {
	account, err := s.account(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return account, nil
}

func (s *Service) statement(r *http.Request) (any, error) {
	account, err := s.account(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	statement := bank.Statement{Account: account}
	if err := s.Settlement.Get(r.Context(), "/v1/accounts/"+url.PathEscape(account.ID)+"/lines", &statement.Lines); err != nil {
		return nil, rpc.Upstream("settlement", err)
	}
	return statement, nil
}

func (s *Service) reconciliation(r *http.Request) (any, error) {
	var result bank.Reconciliation
	if err := s.Settlement.Get(r.Context(), "/v1/reconciliation", &result); err != nil {
		return nil, rpc.Upstream("settlement", err)
	}
	return result, nil
}
