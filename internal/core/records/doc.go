// Package records is the relational store: what has happened (sessions, tokens, jobs, …), in
// SQLite inside the process. Migrations are numbered and forward only.
package records
