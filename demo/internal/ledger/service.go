package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
	"kubemate.io/kubemate/demo/internal/trace"
)

// republish is the time between two full updates of accounts: as long as a new
// replica may have to wait until it is ready.
const republish = 3 * time.Second

// Deps is what the role works with.
type Deps struct {
	Accounts int       // number of customer accounts
	Journal  string    // path of the journal; empty: books in memory only
	Peers    *Replicas // the accounts service's replicas
	Log      *slog.Logger
	Metrics  *metrics.Metrics
	Now      func() time.Time
}

// Service is the ledger role.
type Service struct {
	Deps
	mu      sync.Mutex
	book    *book
	journal *journal // nil without one
	commits *prometheus.CounterVec
}

// New makes the role and recovers its books from the journal, if it has one.
func New(d Deps) (*Service, error) {
	s := &Service{Deps: d, commits: d.Metrics.Counter("bank_commits_total", "Transfers brought to the ledger.", "result")}
	first := newOpening(trace.New().Span.TraceID, d.Accounts)
	if d.Journal == "" {
		s.book = newBook(first)
	} else if err := s.recover(first); err != nil {
		return nil, err
	}
	d.Metrics.Gauge("bank_ledger_seq", "Number of the ledger's last entry.", func() float64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		return float64(s.book.seq())
	})
	d.Metrics.Gauge("bank_journal_bytes", "Size of the journal.", func() float64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.journal == nil {
			return 0
		}
		return float64(s.journal.size)
	})
	return s, nil
}

// recover opens the journal, and opens accounts that came since it was begun.
func (s *Service) recover(first opening) error {
	j, b, torn, err := openJournal(s.Journal, first)
	if err != nil {
		return err
	}
	if grown := b.opening; grown.fund(s.Accounts) {
		entries := b.entries
		b = newBook(grown)
		for _, c := range entries {
			if err := b.enter(c); err != nil {
				return errors.Join(err, j.close())
			}
		}
		if err := j.compact(b); err != nil {
			return errors.Join(err, j.close())
		}
	}
	s.journal, s.book = j, b
	s.Log.Info("journal recovered", "seq", b.seq(), "bytes", j.size, "torn_last_line", torn)
	return nil
}

// Ready implements the role.
func (s *Service) Ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal != nil {
		return s.journal.broken
	}
	return nil
}

// Run implements the role: it keeps telling accounts all balances, so that a
// replica that has just started learns of them, and closes the journal last.
func (s *Service) Run(ctx context.Context) error {
	ticker := time.NewTicker(republish)
	defer ticker.Stop()
	for {
		s.Peers.send(ctx, s.all())
		select {
		case <-ctx.Done():
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.journal == nil {
				return nil
			}
			s.journal.broken = errors.New("the ledger is stopping")
			return s.journal.close()
		case <-ticker.C:
		}
	}
}

// all gives every balance.
func (s *Service) all() bank.Balances {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bank.Balances{Epoch: s.book.opening.Epoch, Seq: s.book.seq(), Full: true, Minor: maps.Clone(s.book.balances)}
}

// commit enters a transfer once. The balances are those after the entry, nil
// if it stood in the books before.
func (s *Service) commit(ctx context.Context, t bank.Transfer) (bank.CommitAnswer, *bank.Balances, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, found, err := s.book.find(t)
	if err != nil || found {
		return bank.CommitAnswer{Commit: known, Replayed: true}, nil, err
	}
	if err := s.book.check(t); err != nil {
		return bank.CommitAnswer{}, nil, err
	}
	identity, _ := trace.From(ctx)
	c := bank.Commit{
		Seq: s.book.seq() + 1, TransferID: t.ID, From: t.From, To: t.To,
		AmountMinor: t.AmountMinor, Currency: t.Currency, At: s.Now().UTC(), TraceID: identity.Span.TraceID,
	}
	if s.journal != nil {
		if err := s.journal.append(c); err != nil {
			return bank.CommitAnswer{}, nil, err
		}
	}
	if err := s.book.enter(c); err != nil {
		return bank.CommitAnswer{}, nil, err
	}
	s.compact()
	return bank.CommitAnswer{Commit: c}, &bank.Balances{
		Epoch: s.book.opening.Epoch, Seq: c.Seq,
		Minor: map[string]int64{c.From: s.book.balances[c.From], c.To: s.book.balances[c.To]},
	}, nil
}

// compact keeps the journal small. If that fails, the old one stays in use.
func (s *Service) compact() {
	if s.journal == nil || s.journal.size < compactBytes {
		return
	}
	if err := s.journal.compact(s.book); err != nil {
		s.Log.Error("journal not rewritten, going on with the old one", "error", err)
	}
}

// problem tells the caller why a transfer was not entered.
func problem(err error) error {
	switch {
	case errors.Is(err, errFunds):
		return rpc.Refused("insufficient_funds", err.Error())
	case errors.Is(err, errReused):
		return rpc.NewProblem(http.StatusConflict, "idempotency_key_reused", err.Error())
	case errors.Is(err, errNoAcct):
		return rpc.NewProblem(http.StatusNotFound, "not_found", err.Error())
	case errors.Is(err, errOther):
		return rpc.Refused("currency_differs", err.Error())
	}
	return fmt.Errorf("commit: %w", err)
}
