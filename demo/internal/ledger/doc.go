// Package ledger is the role that keeps the books: double entries, balances,
// and a journal that survives the process.
//
// Invariants: every entry takes from one account what it gives to another, so
// the balances of a currency always sum to zero (the bank's own account holds
// the counterpart of the opening balances); a transfer ID is entered at most
// once among the latest entries; with a journal, an entry is on disk before
// it is answered.
//
// Start reading at book (the rules), then journal (the file), Service, and
// Replicas (how accounts learns of balances).
package ledger
