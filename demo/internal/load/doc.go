// Package load is the role that plays the customers: transfers, balances and
// statements at a steady rate with a small daily wave. The sequence of
// operations follows from the seed alone; only the idempotency keys differ
// from run to run, because the ledger remembers them.
package load
