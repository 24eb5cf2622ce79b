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

// try takes one try, or says how long to wait. The try counts as a failure until succeeded or
// undo says otherwise: who sends many guesses at once must not have them all checked before
// the first is counted. An empty user or address is not counted.
func (b *backoff) try(user, address string) error {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	var wait time.Duration
	for key := range keysOf(user, address) {
		f := b.watched[key]
		if f == nil {
			continue
		}
		if f.until.Sub(now) > longestWait { // the clock was set back
			f.until = now.Add(longestWait)
		}
		wait = max(wait, f.until.Sub(now))
	}
	if wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		return errs.New(errs.TooMany, "too many failed sign-ins: wait %d s", seconds).
			WithHint("if you forgot the password, ask a platform admin for a one-time link").WithExtra("retryAfterSeconds", seconds).Wrap(errThrottled)
	}
	for key, free := range keysOf(user, address) {
		b.note(key, free)
	}
	return nil
}

// keysOf gives what is watched of a try, with the free tries of each.
func keysOf(user, address string) map[string]int {
	keys := map[string]int{}
	if user != "" {
		keys["user "+user] = freeTriesUser
	}
	if address != "" {
		keys["address "+address] = freeTriesAddress
	}
	return keys
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
func (b *backoff) succeeded(user, address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.watched, "user "+user)
	b.take("address " + address)
}

// undo takes a try back that was not decided: the cluster did not answer, or the client left.
func (b *backoff) undo(user, address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key := range keysOf(user, address) {
		b.take(key)
	}
}

// take takes back one failure and the wait that it made.
func (b *backoff) take(key string) {
	f := b.watched[key]
	if f == nil {
		return
	}
	f.until = time.Time{}
	if f.count--; f.count <= 0 {
		delete(b.watched, key)
	}
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
