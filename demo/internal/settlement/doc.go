// Package settlement is the role that settles approved transfers: it has the
// ledger commit them, records what it settled, and has the customer told.
//
// Invariants: a transfer is committed once, because the ledger refuses to
// enter an ID twice; a notification that fails does not undo a settlement.
// The records of the latest transfers are kept in memory, to be compared with
// the ledger's commits (reconcile.go): the fault switch "mismatch" makes the
// two differ.
package settlement
