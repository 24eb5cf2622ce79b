package accounts

import (
	"errors"
	"sync"

	"kubemate.io/kubemate/demo/internal/bank"
)

// errOtherBooks asks the ledger for a full update.
var errOtherBooks = errors.New("these balances continue other books; send all of them")

// store holds the chart of accounts and the latest known balances.
type store struct {
	mu       sync.RWMutex
	order    []string
	accounts map[string]bank.Account
	seqs     map[string]uint64 // account → sequence number of its balance
	epoch    string            // of the books that the balances came from
}

func newStore(chart []bank.Account) *store {
	s := &store{accounts: make(map[string]bank.Account, len(chart)), seqs: map[string]uint64{}}
	for _, account := range chart {
		s.order = append(s.order, account.ID)
		s.accounts[account.ID] = account
	}
	return s
}

// update takes over what the ledger says. Balances older than what is known
// are passed over; accounts that are not customers' are none of ours.
func (s *store) update(b bank.Balances) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.Epoch != s.epoch {
		if !b.Full {
			return errOtherBooks
		}
		s.epoch, s.seqs = b.Epoch, map[string]uint64{}
	}
	for id, minor := range b.Minor {
		account, ok := s.accounts[id]
		if !ok || b.Seq < s.seqs[id] {
			continue
		}
		account.BalanceMinor = minor
		s.accounts[id], s.seqs[id] = account, b.Seq
	}
	return nil
}

func (s *store) get(id string) (bank.Account, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	account, ok := s.accounts[id]
	return account, ok
}

// page gives up to limit accounts from offset on.
func (s *store) page(offset, limit int) []bank.Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	page := []bank.Account{}
	for i := offset; i < len(s.order) && len(page) < limit; i++ {
		page = append(page, s.accounts[s.order[i]])
	}
	return page
}

// filled says whether balances have arrived.
func (s *store) filled() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.epoch != ""
}
