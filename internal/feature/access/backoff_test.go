package access

import (
	"errors"
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
		if err := b.try("alice", "1.2.3.4"); err != nil {
			t.Fatalf("a free try was refused: %v", err)
		}
	}
	var waited time.Duration
	for range 8 {
		if err := b.try("alice", "5.6.7.8"); errs.KindOf(err) != errs.TooMany {
			t.Fatalf("after %s: %v", waited, err)
		}
		step := time.Duration(0)
		for b.try("alice", "5.6.7.8") != nil {
			clock.Turn(time.Second)
			step += time.Second
		}
		if step < waited || step > longestWait+time.Second {
			t.Errorf("waited %s after %s", step, waited)
		}
		waited = step
	}
	if err := b.try("bob", "9.9.9.9"); err != nil {
		t.Errorf("another user from another address: %v", err)
	}
	clock.Turn(2 * time.Hour)
	if err := b.try("alice", "5.6.7.8"); err != nil {
		t.Errorf("after two quiet hours: %v", err)
	}
}

// Guessing one password for many users is slowed by address, and a success in between does
// not give the address fresh tries.
func TestBackoffOfAnAddress(t *testing.T) {
	b := newBackoff(testkit.NewClock().Now)
	for i := range freeTriesAddress {
		_ = b.try("mallory", "1.2.3.4")
		b.succeeded("mallory", "1.2.3.4")
		if err := b.try(fmt.Sprint("user", i), "1.2.3.4"); err != nil {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if err := b.try("somebody-new", "1.2.3.4"); errs.KindOf(err) != errs.TooMany {
		t.Errorf("%v", err)
	}
	if err := b.try("somebody-new", "5.6.7.8"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

func TestBackoffIsBounded(t *testing.T) {
	b := newBackoff(testkit.NewClock().Now)
	for i := range maxWatched + 1000 {
		_ = b.try(fmt.Sprint("u", i), fmt.Sprint("a", i))
	}
	if len(b.watched) > maxWatched+2 {
		t.Errorf("%d names are watched", len(b.watched))
	}
}

// What is sent at once is counted at once: no guess is checked for free because the others
// were not answered yet.
func TestBackoffCountsBeforeTheAnswer(t *testing.T) {
	b := newBackoff(testkit.NewClock().Now)
	taken := 0
	for range 100 {
		if b.try("alice", "1.2.3.4") == nil {
			taken++
		}
	}
	if taken != freeTriesUser {
		t.Errorf("%d guesses were let through", taken)
	}
	for range 3 * freeTriesUser { // tries that nobody could decide cost nothing
		if err := b.try("bob", "5.6.7.8"); err != nil {
			t.Fatal(err)
		}
		b.undo("bob", "5.6.7.8")
	}
	if len(b.watched) != 2 {
		t.Errorf("left behind: %v", b.watched)
	}
}

// One-time links have no user before they are known, and a change of password no address: what
// is empty must not be a bucket that everybody shares.
func TestBackoffOfNobodyInParticular(t *testing.T) {
	b := newBackoff(testkit.NewClock().Now)
	for i := range 10 * freeTriesAddress {
		if err := b.try("", fmt.Sprint("address ", i)); err != nil {
			t.Fatalf("link from address %d: %v", i, err)
		}
		if err := b.try(fmt.Sprint("user ", i), ""); err != nil {
			t.Fatalf("password of user %d: %v", i, err)
		}
	}
}

// A clock that was wrong and is set back does not lock anybody out for as long.
func TestBackoffAfterTheClockWasSetBack(t *testing.T) {
	clock := testkit.NewClock()
	clock.Turn(365 * 24 * time.Hour)
	b := newBackoff(clock.Now)
	for b.try("alice", "1.2.3.4") == nil {
	}
	clock.Turn(-365 * 24 * time.Hour)
	var e *errs.Error
	if err := b.try("alice", "1.2.3.4"); !errors.As(err, &e) || e.Extra["retryAfterSeconds"].(int) > int(longestWait.Seconds()) {
		t.Errorf("%v", err)
	}
	clock.Turn(longestWait + time.Second)
	if err := b.try("alice", "1.2.3.4"); err != nil {
		t.Errorf("after the longest wait: %v", err)
	}
}
