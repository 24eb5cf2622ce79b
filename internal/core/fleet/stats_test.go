package fleet_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/core/fleet"
)

func statsOf(t *testing.T, f *fleet.Fleet) fleet.Stats {
	t.Helper()
	for _, s := range f.Stats() {
		if s.Cluster == "local" && s.Resource == "pods" {
			return s
		}
	}
	t.Fatal("pods are not watched")
	return fleet.Stats{}
}

func TestStats(t *testing.T) {
	began := time.Now()
	r := rand.New(rand.NewPCG(5, 5)) //nolint:gosec // a test
	api := newFakeAPI(t)
	f := api.fleet(t)
	for n := range 10 {
		api.put(randomPod(r, n, api.uidOf(n)))
	}
	until(t, "all pods", func() bool { return api.equals(t, f) == nil })
	until(t, "the watch that follows the list", func() bool { return statsOf(t, f).Watches > 0 })
	s := statsOf(t, f)
	if s.Objects != 10 || s.Bytes <= 0 || s.Lists != 1 || s.Watches == 0 || s.Stale != 0 || s.Heard.Before(began) {
		t.Errorf("while all is well: %+v", s)
	}

	api.set(faults["500"])
	api.expire()
	until(t, "a failure", func() bool { now := statsOf(t, f); return now.Failures > s.Failures && now.Stale > 0 })
	api.set(nil)
	until(t, "the view is live", func() bool { return list(t, f, fleet.Query{}).State.Phase == "live" })
	if now := statsOf(t, f); now.Lists <= s.Lists || now.Objects != 10 || now.Stale != 0 {
		t.Errorf("afterwards: %+v, before: %+v", now, s)
	}
	api.remove(api.uidOf(3))
	until(t, "the removal", func() bool { now := statsOf(t, f); return now.Objects == 9 && now.Bytes < s.Bytes })
}
