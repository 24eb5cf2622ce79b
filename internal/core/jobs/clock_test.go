package jobs_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/records"
)

// A holder that died before the clock was set back must not keep its job for as long as the
// step was; one that lives keeps it whatever the clock does.
func TestLeasesAndClockSteps(t *testing.T) {
	db, err := records.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), []records.Migration{{Number: 1, Name: "jobs", SQL: jobs.Schema}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	store, ctx, start := jobs.NewSQLStore(db.Write, db.Read), context.Background(), time.Unix(1_800_000_000, 0)
	const lease = 30 * time.Second
	record := jobs.Record{Job: jobs.Job{ID: "j", Type: "x", Cluster: "local", Ref: kube.Ref{Name: "n"}, Phase: jobs.Running, Created: start}}
	if err := store.Insert(ctx, record); err != nil {
		t.Fatal(err)
	}
	if _, won, err := store.Claim(ctx, "j", "first", start, start.Add(lease)); !won || err != nil {
		t.Fatal(won, err)
	}
	for _, c := range []struct {
		name string
		step time.Duration
		free bool
	}{
		{"at once", 0, false},
		{"before the lease ends", 20 * time.Second, false},
		{"after it", 31 * time.Second, true},
		{"a small step back", -time.Minute, false},
		{"a day back", -24 * time.Hour, true},
		{"a year on", 365 * 24 * time.Hour, true},
	} {
		ids, err := store.Claimable(ctx, start.Add(c.step))
		if err != nil || slices.Contains(ids, "j") != c.free {
			t.Errorf("%s: %v, %v", c.name, ids, err)
		}
	}
	back := start.Add(-24 * time.Hour)
	if _, held, err := store.Renew(ctx, "j", "first", back.Add(lease)); !held || err != nil { // the living one goes on
		t.Errorf("held %v, %v", held, err)
	}
	if _, won, err := store.Claim(ctx, "j", "second", back, back.Add(lease)); won || err != nil {
		t.Errorf("a second holder won: %v, %v", won, err)
	}
	if _, _, err := store.Renew(ctx, "j", "first", start.Add(lease)); err != nil {
		t.Fatal(err)
	}
	if _, won, err := store.Claim(ctx, "j", "second", back, back.Add(lease)); !won || err != nil { // the dead one does not
		t.Errorf("the job is stuck: %v, %v", won, err)
	}
}
