package access

import (
	"math"
	"sync"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// After so many failures in a row every further try has to wait, twice as long each time.
const (
	freeTriesUser    = 5
	freeTriesAddress = 20
	longestWait      = 5 * time.Minute
	forgetFailures   = time.Hour
	maxWatched       = 50_000
)

// backoff slows guessing down, per user name (known or not) and per address. It lives in
// memory, bounded: a restart forgets it, which gives an attacker some free tries a restart.
type backoff struct {
	now func() time.Time

	mu      sync.Mutex
	watched map[string]*failures
}

type failures struct {
	count int
	last  time.Time
	until time.Time // no try before
}

func newBackoff(now func() time.Time) *backoff {
	return &backoff{now: now, watched: map[string]*failures{}}
}

// allow says whether a try may be made now; the error tells how long to wait.
func (b *backoff) allow(user, address string) error {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	var until time.Time
	for _, key := range []string{"user " + user, "address " + address} {
		if f := b.watched[key]; f != nil && f.until.After(until) {
			until = f.until
		}
	}
	if wait := until.Sub(now); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		return errs.New(errs.TooMany, "too many failed sign-ins: wait %d s", seconds).
			WithHint("if you forgot the password, ask a platform admin for a one-time link").WithExtra("retryAfterSeconds", seconds)
	}
	return nil
}

// failed notes a failed try.
func (b *backoff) failed(user, address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note("user "+user, freeTriesUser)
	b.note("address "+address, freeTriesAddress)
}

func (b *backoff) note(key string, free int) {
	now := b.now()
	f := b.watched[key]
	if f == nil || now.Sub(f.last) > forgetFailures {
		b.shrink(now)
		f = &failures{}
		b.watched[key] = f
	}
	f.count++
	f.last = now
	if over := f.count - free; over >= 0 {
		f.until = now.Add(min(time.Second<<min(over, 20), longestWait))
	}
}

// succeeded forgets a user's failures. Those of the address stay: who has one account must
// not get fresh tries at all others by signing in.
func (b *backoff) succeeded(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.watched, "user "+user)
}

func (b *backoff) shrink(now time.Time) {
	if len(b.watched) < maxWatched {
		return
	}
	for key, f := range b.watched {
		if now.Sub(f.last) > forgetFailures || now.After(f.until) {
			delete(b.watched, key)
		}
	}
	for key := range b.watched {
		if len(b.watched) < maxWatched {
			return
		}
		delete(b.watched, key)
	}
}
