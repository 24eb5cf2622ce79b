package testkit

import (
	"errors"
	"testing"
	"time"
)

// The limits are generous: they are reached only when something is broken.
const (
	patience = 60 * time.Second
	// nodePatience is for real pods on a machine that is busy: images, probes, back-offs of minutes.
	nodePatience = 6 * time.Minute
)

// Eventually waits until ok holds. It fails with what when that never happens.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	within(t, patience, 10*time.Millisecond, what, func() error {
		if !ok() {
			return errors.New("it never held")
		}
		return nil
	})
}

// OnNode tries until it works, as long as things on a real node may take. It fails with the
// last error.
func OnNode(t testing.TB, what string, try func() error) {
	t.Helper()
	within(t, nodePatience, 500*time.Millisecond, what, try)
}

func within(t testing.TB, limit, pause time.Duration, what string, try func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain: %s: %v", limit, what, err)
		}
		time.Sleep(pause) // between two looks at a condition that has no event
	}
}
