package access

import (
	"errors"
	"sync/atomic"

	"kubemate.io/kubemate/internal/core/errs"
)

// SignIns counts tries of one way in, with one outcome, since the process began.
type SignIns struct {
	Way     string // password or link
	Outcome string // succeeded; failed: wrong; throttled: too many failures before; error: could not be decided
	Count   uint64
}

// errThrottled is the cause of refusals by the back-off.
var errThrottled = errors.New("too many failures before")

// outcomes are the columns of signInCounts.
func outcomes() []string { return []string{"succeeded", "failed", "throttled", "error"} }

// signInCounts has one counter per outcome.
type signInCounts [4]atomic.Uint64

func (c *signInCounts) note(err error) {
	c[outcomeOf(err)].Add(1)
}

// outcomeOf gives the place of an outcome in outcomes.
func outcomeOf(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errThrottled):
		return 2
	}
	switch errs.KindOf(err) {
	case errs.Unauthenticated, errs.Gone:
		return 1
	}
	return 3
}

// SignIns gives the counts of all ways and outcomes, zeros too.
func (f *Feature) SignIns() []SignIns {
	var out []SignIns
	for way, c := range map[string]*signInCounts{"password": &f.byPassword, "link": &f.byLink} {
		for i, outcome := range outcomes() {
			out = append(out, SignIns{Way: way, Outcome: outcome, Count: c[i].Load()})
		}
	}
	return out
}
