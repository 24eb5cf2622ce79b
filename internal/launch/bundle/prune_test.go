package bundle

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestPrune(t *testing.T) {
	folder := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{
		"new": 0, "used": 29 * 24 * time.Hour, "old": 31 * 24 * time.Hour,
		".making-now": time.Hour, ".making-once": 25 * time.Hour,
	} {
		dir := filepath.Join(folder, name)
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chtimes(dir, now.Add(-age), now.Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("old", filepath.Join(folder, latestLink)); err != nil {
		t.Fatal(err)
	}
	prune(folder, now)
	for name, kept := range map[string]bool{
		"new": true, "used": true, "old": false, ".making-now": true, ".making-once": false, latestLink: true,
	} {
		if exists(filepath.Join(folder, name)) != kept {
			t.Errorf("%s: kept is %v", name, !kept)
		}
	}
}

func TestBuildsAtTheSameTime(t *testing.T) {
	o := testOptions(t)
	var wait sync.WaitGroup
	results := make([]string, 4)
	for i := range results {
		wait.Go(func() {
			b, err := Build(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			results[i] = digests(b)
		})
	}
	wait.Wait()
	for _, r := range results {
		if r != results[0] || r == "" {
			t.Errorf("the builds differ: %q, %q", r, results[0])
		}
	}
}

func TestALockThatSomebodyHolds(t *testing.T) {
	cache := t.TempDir()
	unlock, err := lock(t.Context(), cache)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lock(ctx, cache); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	unlock()
	again, err := lock(t.Context(), cache)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
