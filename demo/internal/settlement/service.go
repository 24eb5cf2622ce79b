package settlement

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// Offsets tells by how many minor units a transfer's commit is to be off.
type Offsets interface {
	Offset(transferID string) int64
}

// Deps is what the role works with.
type Deps struct {
	Ledger, Notify *rpc.Client
	Faults         Offsets
	Log            *slog.Logger
	Metrics        *metrics.Metrics
	Now            func() time.Time
}

// Service is the settlement role.
type Service struct {
	Deps
	records *records
	settled *prometheus.CounterVec
}

// New makes the role.
func New(d Deps) *Service {
	return &Service{
		Deps:    d,
		records: newRecords(),
		settled: d.Metrics.Counter("bank_settlements_total", "Transfers brought to settlement.", "currency", "result"),
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
	rt.Handle("POST", "/v1/settlements", s.settle)
	rt.Handle("GET", "/v1/settlements/{id}", s.get)
	rt.Handle("GET", "/v1/accounts/{id}/lines", s.lines)
	rt.Handle("GET", "/v1/reconciliation", s.reconcile)
}

// settle brings a transfer into the books and answers with its settlement. A
// transfer known already is answered from the records, if it is the same one.
func (s *Service) settle(r *http.Request) (any, error) {
	transfer, err := decodeTransfer(r)
	if err != nil {
		return nil, err
	}
	if known, ok := s.records.get(transfer.ID); ok {
		return replay(known, transfer)
	}
	settlement, fresh, err := s.commit(r.Context(), transfer)
	if err != nil {
		s.settled.WithLabelValues(transfer.Currency, "failed").Inc()
		return nil, err
	}
	s.settled.WithLabelValues(transfer.Currency, "settled").Inc()
	if fresh {
		s.tell(r.Context(), settlement)
	}
	return settlement, nil
}

// commit has the ledger enter the transfer and records the outcome; fresh is
// false if the ledger had entered it before.
func (s *Service) commit(ctx context.Context, transfer bank.Transfer) (settlement bank.Settlement, fresh bool, err error) {
	entry := transfer
	if offset := s.Faults.Offset(transfer.ID); entry.AmountMinor+offset > 0 {
		entry.AmountMinor += offset
	}
	var answer bank.CommitAnswer
	if err := s.Ledger.Post(ctx, "/v1/commits", entry, &answer); err != nil {
		return settlement, false, rpc.Upstream("ledger", err)
	}
	settlement = bank.Settlement{
		TransferID: transfer.ID, From: transfer.From, To: transfer.To,
		AmountMinor: transfer.AmountMinor, Currency: transfer.Currency,
		CommitSeq: answer.Commit.Seq, At: s.Now().UTC(), Replayed: answer.Replayed,
	}
	s.records.add(settlement)
	s.Log.InfoContext(ctx, "settled", "transfer_id", transfer.ID, "amount_minor", transfer.AmountMinor,
		"currency", transfer.Currency, "commit_seq", answer.Commit.Seq)
	return settlement, !answer.Replayed, nil
}

// tell has both customers told. Failures are logged and otherwise ignored.
func (s *Service) tell(ctx context.Context, settlement bank.Settlement) {
	text := fmt.Sprintf("Transfer %s of %d.%02d %s is settled.", settlement.TransferID,
		settlement.AmountMinor/100, settlement.AmountMinor%100, settlement.Currency)
	for _, account := range []string{settlement.From, settlement.To} {
		note := bank.Notification{AccountID: account, TransferID: settlement.TransferID, Text: text}
		if err := s.Notify.Post(ctx, "/v1/notifications", note, nil); err != nil {
			s.Log.WarnContext(ctx, "customer not notified", "account", account,
				"transfer_id", settlement.TransferID, "error", err)
		}
	}
}

func (s *Service) get(r *http.Request) (any, error) {
	settlement, ok := s.records.get(r.PathValue("id"))
	if !ok {
		return nil, rpc.NotFound("a recent settlement of this transfer")
	}
	return settlement, nil
}

func decodeTransfer(r *http.Request) (bank.Transfer, error) {
	var transfer bank.Transfer
	if err := rpc.Decode(r, &transfer); err != nil {
		return transfer, err
	}
	if err := transfer.Validate(); err != nil {
		return transfer, rpc.Invalid(err)
	}
	if transfer.ID == "" {
		return transfer, rpc.Invalid(errors.New("id is missing"))
	}
	return transfer, nil
}

// replay answers a repeated request, and refuses a different one that comes
// under the same key.
func replay(known bank.Settlement, t bank.Transfer) (any, error) {
	if known.From != t.From || known.To != t.To || known.AmountMinor != t.AmountMinor || known.Currency != t.Currency {
		return nil, rpc.NewProblem(http.StatusConflict, "idempotency_key_reused",
			"this idempotency key belongs to another transfer")
	}
	known.Replayed = true
	return known, nil
}
