package bank

import (
	"fmt"
	"strconv"
	"strings"
)

// Currencies of the demo bank.
const (
	CNY = "CNY"
	USD = "USD"
)

// Standing of an account.
const (
	Active = "active"
	Frozen = "frozen"
)

// OpeningMinor is what every customer account holds when the bank opens.
const OpeningMinor int64 = 100_000_000

// MaxAccounts bounds the number of customer accounts.
const MaxAccounts = 100_000

// Account is one customer's account as the accounts service tells it.
type Account struct {
	ID           string `json:"id"`
	Currency     string `json:"currency"`
	Status       string `json:"status"`
	LimitMinor   int64  `json:"limit_minor"` // most that one transfer may move
	BalanceMinor int64  `json:"balance_minor"`
}

// AccountID names the n-th customer account, counted from 1.
func AccountID(n int) string { return fmt.Sprintf("C%06d", n) }

// CapitalID names the bank's own account that funds a currency's customers.
func CapitalID(currency string) string { return capitalPrefix + currency }

const capitalPrefix = "BANK-"

// IsCustomer says whether id has the form of a customer account's name.
func IsCustomer(id string) bool {
	digits, ok := strings.CutPrefix(id, "C")
	if !ok || len(digits) != 6 {
		return false
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func inDollars(n int) bool { return n%5 == 0 }

// CurrencyOf gives the currency of any account, the bank's own included, by
// its name; empty if no account can have that name.
func CurrencyOf(id string) string {
	if currency, ok := strings.CutPrefix(id, capitalPrefix); ok {
		return currency
	}
	if !IsCustomer(id) {
		return ""
	}
	n, err := strconv.Atoi(id[1:])
	switch {
	case err != nil:
		return ""
	case inDollars(n):
		return USD
	}
	return CNY
}

// Chart makes the deterministic chart of n customer accounts: every fifth in
// dollars, every ninety-seventh frozen, balances unset.
func Chart(n int) []Account {
	chart := make([]Account, 0, n)
	for i := 1; i <= n; i++ {
		account := Account{ID: AccountID(i), Currency: CNY, Status: Active, LimitMinor: 5_000_000}
		if inDollars(i) {
			account.Currency = USD
		}
		if i%97 == 0 {
			account.Status = Frozen
		}
		chart = append(chart, account)
	}
	return chart
}
