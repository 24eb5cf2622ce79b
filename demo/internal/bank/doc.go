// Package bank holds what all roles of the demo bank agree on: accounts,
// transfers, ledger commits and settlements, as they travel between services.
//
// Invariants: money is an int64 of minor units (fen, cents), never a float;
// a transfer moves one positive amount between two customer accounts of one
// currency; a transfer's ID is derived from the client's idempotency key, so
// the same key always names the same transfer.
package bank
