package ledger

import (
	"errors"
	"net/http"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// Routes implements the role.
func (s *Service) Routes(rt *rpc.Router) {
	rt.Handle("POST", "/v1/commits", s.post)
	rt.Handle("GET", "/v1/commits", s.list)
	rt.Handle("GET", "/v1/check", s.check)
}

func (s *Service) post(r *http.Request) (any, error) {
	var transfer bank.Transfer
	if err := rpc.Decode(r, &transfer); err != nil {
		return nil, err
	}
	if err := transfer.Validate(); err != nil {
		return nil, rpc.Invalid(err)
	}
	if transfer.ID == "" {
		return nil, rpc.Invalid(errors.New("id is missing"))
	}
	answer, changed, err := s.commit(r.Context(), transfer)
	if err != nil {
		s.commits.WithLabelValues("refused").Inc()
		return nil, problem(err)
	}
	if changed == nil {
		s.commits.WithLabelValues("replayed").Inc()
		return answer, nil
	}
	s.commits.WithLabelValues("entered").Inc()
	s.Log.InfoContext(r.Context(), "ledger commit", "transfer_id", transfer.ID, "commit_seq", answer.Commit.Seq,
		"amount_minor", answer.Commit.AmountMinor, "currency", answer.Commit.Currency)
	s.Peers.send(r.Context(), *changed)
	return answer, nil
}

func (s *Service) list(r *http.Request) (any, error) {
	limit, err := rpc.IntQuery(r, "limit", 50, 1, 1000)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.latest(r.URL.Query().Get("account"), int(limit)), nil
}

// Check is the answer to "do the books balance?".
type Check struct {
	Seq       uint64           `json:"seq"`
	Balanced  bool             `json:"balanced"`
	SumsMinor map[string]int64 `json:"sums_minor"` // by currency; zero if balanced
}

func (s *Service) check(*http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	check := Check{Seq: s.book.seq(), Balanced: true, SumsMinor: s.book.sums()}
	for _, sum := range check.SumsMinor {
		check.Balanced = check.Balanced && sum == 0
	}
	return check, nil
}
