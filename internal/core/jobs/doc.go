// Package jobs runs long work that outlives a request: a drain, later a backup or an upgrade.
//
// A job is a row with a lease, stages and a checkpoint. Whoever holds the lease runs it;
// when a process dies the lease runs out and any replica takes the job over. A handler
// that can't continue from a checkpoint says so, and the job is marked failed with the reason.
//
// Invariants: at most one runner per job while its lease is renewed; every change that a
// reader sees was stored first; a cancelled job ends as cancelled, never as succeeded;
// nothing secret stands in a job. Start reading at job.go, then manager.go.
package jobs
