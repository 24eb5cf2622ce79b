package jobs

import (
	"context"
	"time"
)

// Store keeps jobs. An implementation may be shared by several processes.
type Store interface {
	// Insert adds a new job that nobody holds.
	Insert(ctx context.Context, r Record) error
	// Load finds one job; errs.NotFound otherwise.
	Load(ctx context.Context, id string) (Record, error)
	// List gives the newest jobs of a cluster ("" = of all), newest first.
	List(ctx context.Context, cluster string, limit int) ([]Record, error)
	// Claimable lists the ids of running jobs whose lease ended before now.
	Claimable(ctx context.Context, now time.Time) ([]string, error)
	// Claim takes a job over; false when somebody else was faster.
	Claim(ctx context.Context, id, holder string, now, until time.Time) (Record, bool, error)
	// Renew keeps the lease and tells whether the job shall be cancelled; held is false
	// when the lease is somebody else's now.
	Renew(ctx context.Context, id, holder string, until time.Time) (cancel, held bool, err error)
	// Save writes everything but the lease and the wish to cancel; held as for Renew.
	Save(ctx context.Context, r Record) (held bool, err error)
	// Release gives a job up so that another runner can take it at once.
	Release(ctx context.Context, id, holder string) error
	// RequestCancel notes that the job shall end.
	RequestCancel(ctx context.Context, id string) error
	// Prune removes jobs that finished before a time.
	Prune(ctx context.Context, before time.Time) error
}
