package accounts

import (
	"errors"
	"testing"

	"kubemate.io/kubemate/demo/internal/bank"
)

func TestUpdate(t *testing.T) {
	update := func(epoch string, seq uint64, full bool, minor int64) bank.Balances {
		return bank.Balances{Epoch: epoch, Seq: seq, Full: full, Minor: map[string]int64{"C000001": minor, "BANK-CNY": -minor}}
	}
	s := newStore(bank.Chart(10))
	if s.filled() {
		t.Error("filled before any update")
	}
	steps := []struct {
		name string
		b    bank.Balances
		want int64
		err  error
	}{
		{"partial before any full one", update("a", 1, false, 10), 0, errOtherBooks},
		{"full", update("a", 5, true, 50), 50, nil},
		{"later", update("a", 6, false, 60), 60, nil},
		{"late arrival", update("a", 4, false, 40), 60, nil},
		{"late full one", update("a", 5, true, 50), 60, nil},
		{"other books, partial", update("b", 9, false, 90), 60, errOtherBooks},
		{"other books, numbered from the start", update("b", 1, true, 7), 7, nil},
	}
	for _, step := range steps {
		if err := s.update(step.b); !errors.Is(err, step.err) {
			t.Errorf("%s: error %v", step.name, err)
		}
		if account, _ := s.get("C000001"); account.BalanceMinor != step.want {
			t.Errorf("%s: balance %d, want %d", step.name, account.BalanceMinor, step.want)
		}
	}
	if _, ok := s.get("BANK-CNY"); ok {
		t.Error("the bank's own account became a customer's")
	}
	if page := s.page(8, 50); len(page) != 2 || page[0].ID != "C000009" {
		t.Errorf("page %v", page)
	}
	if page := s.page(99, 50); len(page) != 0 {
		t.Errorf("page past the end %v", page)
	}
}
