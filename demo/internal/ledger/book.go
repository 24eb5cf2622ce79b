package ledger

import (
	"errors"
	"fmt"
	"maps"

	"kubemate.io/kubemate/demo/internal/bank"
)

// kept is the number of latest entries that can be listed and against which a
// repeated transfer is recognised.
const kept = 5000

var (
	errFunds  = errors.New("the paying account does not hold this amount")
	errReused = errors.New("this idempotency key belongs to another transfer")
	errNoAcct = errors.New("an account of this transfer does not exist")
	errOther  = errors.New("the accounts of this transfer are held in another currency")
)

// opening is the state before the kept entries.
type opening struct {
	Epoch    string           `json:"epoch"` // names these books; new books, new epoch
	Seq      uint64           `json:"seq"`   // of the last entry that the balances hold
	Balances map[string]int64 `json:"balances"`
}

// book is the books in memory. It is not safe for concurrent use.
type book struct {
	opening  opening
	balances map[string]int64
	entries  []bank.Commit // kept ones, oldest first
	byID     map[string]bank.Commit
}

// newOpening opens the books of n customers, funded by the bank's own accounts.
func newOpening(epoch string, n int) opening {
	o := opening{Epoch: epoch, Balances: map[string]int64{}}
	o.fund(n)
	return o
}

// fund opens the accounts that do not exist yet; it says whether there were any.
func (o *opening) fund(n int) bool {
	added := false
	for _, account := range bank.Chart(n) {
		if _, ok := o.Balances[account.ID]; ok {
			continue
		}
		o.Balances[account.ID] = bank.OpeningMinor
		o.Balances[bank.CapitalID(account.Currency)] -= bank.OpeningMinor
		added = true
	}
	return added
}

func newBook(o opening) *book {
	return &book{opening: o, balances: maps.Clone(o.Balances), byID: map[string]bank.Commit{}}
}

// seq is the number of the last entry.
func (b *book) seq() uint64 {
	if n := len(b.entries); n > 0 {
		return b.entries[n-1].Seq
	}
	return b.opening.Seq
}

// find gives the entry of a transfer. It is an error if the kept entry under
// this ID moves something else.
func (b *book) find(t bank.Transfer) (commit bank.Commit, found bool, err error) {
	commit, found = b.byID[t.ID]
	if found && !commit.Moves(t) {
		return commit, false, errReused
	}
	return commit, found, nil
}

// check says why the transfer can't be entered, or nil.
func (b *book) check(t bank.Transfer) error {
	held, okFrom := b.balances[t.From]
	_, okTo := b.balances[t.To]
	switch {
	case !okFrom || !okTo:
		return errNoAcct
	case bank.CurrencyOf(t.From) != t.Currency || bank.CurrencyOf(t.To) != t.Currency:
		return errOther
	case held < t.AmountMinor:
		return errFunds
	}
	return nil
}

// enter makes the double entry. Its number must follow the last one's.
func (b *book) enter(c bank.Commit) error {
	if c.Seq != b.seq()+1 {
		return fmt.Errorf("entry %d does not follow entry %d", c.Seq, b.seq())
	}
	if c.AmountMinor <= 0 {
		return fmt.Errorf("entry %d has no positive amount", c.Seq)
	}
	b.balances[c.From] -= c.AmountMinor
	b.balances[c.To] += c.AmountMinor
	b.entries = append(b.entries, c)
	b.byID[c.TransferID] = c
	if len(b.entries) > kept {
		b.forget()
	}
	return nil
}

// forget moves the oldest entry into the opening state.
func (b *book) forget() {
	oldest := b.entries[0]
	b.entries = b.entries[1:]
	delete(b.byID, oldest.TransferID)
	b.opening.Balances[oldest.From] -= oldest.AmountMinor
	b.opening.Balances[oldest.To] += oldest.AmountMinor
	b.opening.Seq = oldest.Seq
}

// latest lists up to limit entries, newest first, of one account or of all.
func (b *book) latest(account string, limit int) []bank.Commit {
	found := []bank.Commit{}
	for i := len(b.entries) - 1; i >= 0 && len(found) < limit; i-- {
		if c := b.entries[i]; account == "" || c.From == account || c.To == account {
			found = append(found, c)
		}
	}
	return found
}

// sums adds up all balances by currency; in good books each sum is zero.
func (b *book) sums() map[string]int64 {
	sums := map[string]int64{}
	for id, minor := range b.balances {
		sums[bank.CurrencyOf(id)] += minor
	}
	return sums
}
