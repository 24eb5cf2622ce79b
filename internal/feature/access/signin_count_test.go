package access

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/testkit"
)

func (s *suite) counted(way, outcome string) uint64 {
	for _, c := range s.SignIns() {
		if c.Way == way && c.Outcome == outcome {
			return c.Count
		}
	}
	s.t.Fatalf("%s %s is not counted", way, outcome)
	return 0
}

func TestSignInsAreCounted(t *testing.T) {
	s := newSuite(t)
	s.user("alice") // signs in once
	for range freeTriesUser {
		_ = s.Do(t, signInAs("bob", "wrong password 1")).Body.Close()
	}
	_ = s.Do(t, signInAs("bob", "wrong password 1")).Body.Close() // has to wait now
	byLink := testkit.Scenario{Method: "POST", Path: "/api/v1/auth/sign-in-link", Body: `{"token":"kml_made-up"}`}
	_ = s.Do(t, byLink).Body.Close()
	for _, want := range []struct {
		way, outcome string
		count        uint64
	}{
		{"password", "succeeded", 1},
		{"password", "failed", freeTriesUser},
		{"password", "throttled", 1},
		{"password", "error", 0},
		{"link", "succeeded", 0},
		{"link", "failed", 1},
		{"link", "throttled", 0},
		{"link", "error", 0},
	} {
		if got := s.counted(want.way, want.outcome); got != want.count {
			t.Errorf("%s %s: %d, want %d", want.way, want.outcome, got, want.count)
		}
	}
}

func TestOutcomeOf(t *testing.T) {
	throttled := newBackoff(testkit.NewClock().Now)
	var refused error
	for refused == nil {
		refused = throttled.try("alice", "")
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "succeeded"},
		{errs.New(errs.Unauthenticated, "wrong"), "failed"},
		{errs.New(errs.Gone, "used"), "failed"},
		{refused, "throttled"},
		{errs.New(errs.TooMany, "the cluster asks to wait"), "error"},
		{fmt.Errorf("store: %w", context.Canceled), "error"},
		{errors.New("x"), "error"},
	} {
		if got := outcomes()[outcomeOf(c.err)]; got != c.want {
			t.Errorf("%v is %s, want %s", c.err, got, c.want)
		}
	}
}
