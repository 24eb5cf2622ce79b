// Package records is the relational store: what has happened (sessions, tokens, jobs, …), in
// SQLite inside the process.
//
// Invariants: the schema only moves forward, by numbered migrations that features declare and
// internal/app lists; each feature has its own tables behind its own small store type; one
// connection writes. Start reading at store.go.
package records
