package httpapi

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxBuckets bounds the memory of a limiter; past it idle buckets go first, then any.
const maxBuckets = 20_000

// limiter is one token bucket per key (a session or an address), in bounded memory.
type limiter struct {
	now   func() time.Time
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	tokens *rate.Limiter
	used   time.Time
}

func newLimiter(perSecond float64, burst int, now func() time.Time) *limiter {
	return &limiter{now: now, rate: rate.Limit(perSecond), burst: burst, buckets: map[string]*bucket{}}
}

// take says whether one more request of key is within its rate.
func (l *limiter) take(key string) bool {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxBuckets {
			l.shrink(now)
		}
		b = &bucket{tokens: rate.NewLimiter(l.rate, l.burst)}
		l.buckets[key] = b
	}
	b.used = now
	return b.tokens.AllowN(now, 1)
}

// shrink forgets buckets that are full again (forgetting them changes nothing), and, when
// an attacker made all of them, arbitrary ones down to half.
func (l *limiter) shrink(now time.Time) {
	full := time.Duration(float64(l.burst) / float64(l.rate) * float64(time.Second))
	for key, b := range l.buckets {
		if now.Sub(b.used) > full {
			delete(l.buckets, key)
		}
	}
	for key := range l.buckets {
		if len(l.buckets) <= maxBuckets/2 {
			return
		}
		delete(l.buckets, key)
	}
}
