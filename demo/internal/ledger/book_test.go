package ledger

import (
	"errors"
	"fmt"
	"testing"

	"kubemate.io/kubemate/demo/internal/bank"
)

func transfer(id string, amount int64) bank.Transfer {
	return bank.Transfer{ID: id, From: "C000001", To: "C000002", AmountMinor: amount, Currency: bank.CNY}
}

func entry(b *book, t bank.Transfer) bank.Commit {
	return bank.Commit{
		Seq: b.seq() + 1, TransferID: t.ID, From: t.From, To: t.To, AmountMinor: t.AmountMinor, Currency: t.Currency,
	}
}

func requireBalanced(t *testing.T, b *book) {
	t.Helper()
	for currency, sum := range b.sums() {
		if sum != 0 {
			t.Errorf("%s is off by %d", currency, sum)
		}
	}
}

func TestBookRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*bank.Transfer)
		want   error
	}{
		{"good", func(*bank.Transfer) {}, nil},
		{"all the funds", func(t *bank.Transfer) { t.AmountMinor = bank.OpeningMinor }, nil},
		{"more than the funds", func(t *bank.Transfer) { t.AmountMinor = bank.OpeningMinor + 1 }, errFunds},
		{"unknown payer", func(t *bank.Transfer) { t.From = "C000999" }, errNoAcct},
		{"unknown payee", func(t *bank.Transfer) { t.To = "C000999" }, errNoAcct},
		{"other currency", func(t *bank.Transfer) { t.Currency = bank.USD }, errOther},
		{"payee in dollars", func(t *bank.Transfer) { t.To = "C000005" }, errOther},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := transfer("tr-1", 100)
			tt.change(&tr)
			if err := newBook(newOpening("e", 10)).check(tr); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
}

func TestBookEntersOnceAndBalances(t *testing.T) {
	b := newBook(newOpening("e", 10))
	tr := transfer("tr-1", 100)
	if err := b.enter(entry(b, tr)); err != nil {
		t.Fatal(err)
	}
	if b.balances["C000001"] != bank.OpeningMinor-100 || b.balances["C000002"] != bank.OpeningMinor+100 {
		t.Errorf("balances %v", b.balances)
	}
	requireBalanced(t, b)
	if _, found, err := b.find(tr); !found || err != nil {
		t.Errorf("the same transfer: found %v, %v", found, err)
	}
	if _, _, err := b.find(transfer("tr-1", 101)); !errors.Is(err, errReused) {
		t.Errorf("another transfer under the same ID: %v", err)
	}
	if err := b.enter(bank.Commit{Seq: 7, TransferID: "x", AmountMinor: 1}); err == nil {
		t.Error("a gap in the numbers was taken")
	}
}

func TestBookForgetsTheOldest(t *testing.T) {
	b := newBook(newOpening("e", 10))
	for i := range kept + 10 {
		if err := b.enter(entry(b, transfer(fmt.Sprintf("tr-%d", i), 1))); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.entries) != kept || len(b.byID) != kept || b.opening.Seq != 10 {
		t.Errorf("%d entries, %d by ID, opening at %d", len(b.entries), len(b.byID), b.opening.Seq)
	}
	if b.opening.Balances["C000001"] != bank.OpeningMinor-10 {
		t.Errorf("opening balance %d", b.opening.Balances["C000001"])
	}
	requireBalanced(t, b)
	if latest := b.latest("C000002", 3); len(latest) != 3 || latest[0].Seq != kept+10 {
		t.Errorf("latest %+v", latest)
	}
	if none := b.latest("C000003", 3); len(none) != 0 {
		t.Errorf("entries of a bystander: %v", none)
	}
}
