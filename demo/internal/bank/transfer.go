package bank

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// RecheckMinor is the amount from which the accounts service asks the risk
// service once more. That call closes the demo's deliberate call cycle.
const RecheckMinor int64 = 100_000

// RecheckHops is the number of calls behind a request from which no re-check
// is made any more: teller → risk (1) → accounts (2) → risk (3) → accounts (4).
const RecheckHops = 4

// MaxAmountMinor bounds one transfer, far from int64's end.
const MaxAmountMinor int64 = 1_000_000_000_000

const (
	maxMemo = 140
	maxKey  = 100
)

// Transfer is what a customer asks for.
type Transfer struct {
	ID          string `json:"id,omitempty"` // set by the teller
	From        string `json:"from"`
	To          string `json:"to"`
	AmountMinor int64  `json:"amount_minor"`
	Currency    string `json:"currency"`
	Memo        string `json:"memo,omitempty"`
}

// Validate refuses what no service may act on.
func (t Transfer) Validate() error {
	switch {
	case t.From == "" || t.To == "":
		return errors.New("from and to must name accounts")
	case !IsCustomer(t.From) || !IsCustomer(t.To):
		return errors.New("from and to must be customer accounts")
	case t.From == t.To:
		return errors.New("from and to are the same account")
	case t.AmountMinor <= 0 || t.AmountMinor > MaxAmountMinor:
		return fmt.Errorf("amount_minor must be between 1 and %d", MaxAmountMinor)
	case t.Currency != CNY && t.Currency != USD:
		return fmt.Errorf("currency must be %s or %s", CNY, USD)
	case utf8.RuneCountInString(t.Memo) > maxMemo:
		return fmt.Errorf("memo is longer than %d characters", maxMemo)
	}
	return nil
}

// TransferID derives a transfer's ID from the client's idempotency key of 1 to
// 100 letters, digits, '-', '_' and '.'.
func TransferID(key string) (string, error) {
	if key == "" || len(key) > maxKey {
		return "", fmt.Errorf("header Idempotency-Key must hold 1 to %d characters", maxKey)
	}
	for _, c := range []byte(key) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' {
			return "", errors.New("header Idempotency-Key may hold only letters, digits, '-', '_' and '.'")
		}
	}
	sum := sha256.Sum256([]byte(key))
	return "tr-" + hex.EncodeToString(sum[:10]), nil
}

// Commit is one double entry in the ledger: AmountMinor leaves From and
// reaches To.
type Commit struct {
	Seq         uint64    `json:"seq"`
	TransferID  string    `json:"transfer_id"`
	From        string    `json:"from"`
	To          string    `json:"to"`
	AmountMinor int64     `json:"amount_minor"`
	Currency    string    `json:"currency"`
	At          time.Time `json:"at"`
	TraceID     string    `json:"trace_id,omitempty"`
}

// Moves says whether c is the ledger's entry of t.
func (c Commit) Moves(t Transfer) bool {
	return c.TransferID == t.ID && c.From == t.From && c.To == t.To &&
		c.AmountMinor == t.AmountMinor && c.Currency == t.Currency
}

// Settlement is what the settlement service believes to have settled.
type Settlement struct {
	TransferID  string    `json:"transfer_id"`
	From        string    `json:"from"`
	To          string    `json:"to"`
	AmountMinor int64     `json:"amount_minor"`
	Currency    string    `json:"currency"`
	CommitSeq   uint64    `json:"commit_seq"`
	At          time.Time `json:"at"`
	Replayed    bool      `json:"replayed,omitempty"` // true if an earlier request had settled it
}
