// Package accounts is the role that knows the customers' accounts: standing,
// limit and, as a copy of what the ledger says, the balance.
//
// Invariants: balances come from the ledger only, whose sequence numbers make
// a late update harmless; until the first full update the role is not ready.
// For large amounts it asks risk back, which asks here again: the demo's
// deliberate call cycle, ended by bank.RecheckHops.
package accounts
