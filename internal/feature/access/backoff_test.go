package access

import (
	"fmt"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/testkit"
)

func TestBackoffGrowsAndEnds(t *testing.T) {
	clock := testkit.NewClock()
	b := newBackoff(clock.Now)
	for range freeTriesUser {
		if err := b.allow("alice", "1.2.3.4"); err != nil {
			t.Fatalf("a free try was refused: %v", err)
		}
		b.failed("alice", "1.2.3.4")
	}
	var waited time.Duration
	for range 8 {
		if err := b.allow("alice", "5.6.7.8"); errs.KindOf(err) != errs.TooMany {
			t.Fatalf("after %s: %v", waited, err)
		}
		step := time.Duration(0)
		for b.allow("alice", "5.6.7.8") != nil {
			clock.Turn(time.Second)
			step += time.Second
		}
		if step < waited || step > longestWait+time.Second {
			t.Errorf("waited %s after %s", step, waited)
		}
		waited = step
		b.failed("alice", "5.6.7.8")
	}
	if err := b.allow("bob", "9.9.9.9"); err != nil {
		t.Errorf("another user from another address: %v", err)
	}
	clock.Turn(2 * time.Hour)
	b.failed("alice", "5.6.7.8")
	if err := b.allow("alice", "5.6.7.8"); err != nil {
		t.Errorf("after two quiet hours: %v", err)
	}
}

// Guessing one password for many users is slowed by address, and a success in between does
// not give the address fresh tries.
func TestBackoffOfAnAddress(t *testing.T) {
	b := newBackoff(testkit.NewClock().Now)
	for i := range freeTriesAddress {
		b.failed(fmt.Sprint("user", i), "1.2.3.4")
		b.succeeded("mallory")
	}
	if err := b.allow("somebody-new", "1.2.3.4"); errs.KindOf(err) != errs.TooMany {
		t.Errorf("%v", err)
	}
	if err := b.allow("somebody-new", "5.6.7.8"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

func TestBackoffIsBounded(t *testing.T) {
	b := newBackoff(testkit.NewClock().Now)
	for i := range maxWatched + 1000 {
		b.failed(fmt.Sprint("u", i), fmt.Sprint("a", i))
	}
	if len(b.watched) > maxWatched+2 {
		t.Errorf("%d names are watched", len(b.watched))
	}
}
