package load

import (
	"math"
	"math/rand/v2"
	"time"

	"kubemate.io/kubemate/demo/internal/bank"
)

// Kinds of operations.
const (
	Transfer  = "transfer"
	Balance   = "balance"
	Statement = "statement"
)

// Operation is one thing that a customer does.
type Operation struct {
	Kind     string
	Account  string // who asks
	Transfer bank.Transfer
}

// Plan is an endless, deterministic sequence of operations.
type Plan struct {
	random *rand.Rand
	byCur  map[string][]string // currency → active accounts
	all    []bank.Account
}

// NewPlan makes the plan of a seed for a bank of n accounts. n must be large
// enough for two active accounts of each currency: 10 will do.
func NewPlan(seed uint64, n int) *Plan {
	p := &Plan{random: rand.New(rand.NewPCG(seed, 0x62616e6b)), byCur: map[string][]string{}}
	for _, account := range bank.Chart(n) {
		if account.Status == bank.Active {
			p.all = append(p.all, account)
			p.byCur[account.Currency] = append(p.byCur[account.Currency], account.ID)
		}
	}
	return p
}

// Next gives the next operation: 55 % transfers, 30 % balances, 15 % statements.
func (p *Plan) Next() Operation {
	account := p.all[p.random.IntN(len(p.all))]
	op := Operation{Kind: Transfer, Account: account.ID}
	switch dice := p.random.IntN(100); {
	case dice >= 85:
		op.Kind = Statement
	case dice >= 55:
		op.Kind = Balance
	default:
		op.Transfer = bank.Transfer{
			From: account.ID, To: p.other(account), Currency: account.Currency, AmountMinor: p.amount(),
		}
	}
	return op
}

// other picks somebody else with an account of the same currency.
func (p *Plan) other(account bank.Account) string {
	peers := p.byCur[account.Currency]
	for {
		if id := peers[p.random.IntN(len(peers))]; id != account.ID {
			return id
		}
	}
}

// amount draws an amount: many small ones, few large ones, from 1.00 to about
// 54,000.00; the largest are above the accounts' limit and get declined.
func (p *Plan) amount() int64 {
	return int64(100 * math.Exp(p.random.Float64()*p.random.Float64()*10.9))
}

// rateAt is the rate at a time of day, in operations a second: the base rate,
// 30 % more at the crest (15:00 UTC) and 30 % less in the trough (03:00 UTC).
func rateAt(base float64, t time.Time) float64 {
	t = t.UTC()
	hours := float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
	return base * (1 + 0.3*math.Sin((hours-9)/24*2*math.Pi))
}
