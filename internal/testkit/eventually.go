package testkit

import (
	"testing"
	"time"
)

// patience is a generous limit: it is reached only when something is broken.
const patience = 60 * time.Second

// Eventually waits until ok holds. It fails with what when that never happens.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
		time.Sleep(10 * time.Millisecond) // between two looks at a condition that has no event
	}
}
