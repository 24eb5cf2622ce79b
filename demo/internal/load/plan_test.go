package load

import (
	"testing"
	"time"

	"kubemate.io/kubemate/demo/internal/bank"
)

func TestPlanFollowsFromItsSeed(t *testing.T) {
	a, b, other := NewPlan(7, 200), NewPlan(7, 200), NewPlan(8, 200)
	differs := false
	for range 1000 {
		op := a.Next()
		if op != b.Next() {
			t.Fatal("the same seed gave another plan")
		}
		differs = other.Next() != op || differs
	}
	if !differs {
		t.Error("another seed gave the same plan")
	}
}

func TestPlanIsWorkableAndMixed(t *testing.T) {
	for _, accounts := range []int{10, 200} {
		plan, kinds, large := NewPlan(1, accounts), map[string]int{}, 0
		for range 10_000 {
			op := plan.Next()
			kinds[op.Kind]++
			if op.Kind != Transfer {
				continue
			}
			if err := op.Transfer.Validate(); err != nil {
				t.Fatalf("%+v: %v", op.Transfer, err)
			}
			if bank.CurrencyOf(op.Transfer.To) != op.Transfer.Currency {
				t.Fatalf("%+v crosses currencies", op.Transfer)
			}
			if op.Transfer.AmountMinor >= bank.RecheckMinor {
				large++
			}
		}
		if kinds[Transfer] < 5300 || kinds[Transfer] > 5700 || kinds[Balance] < 2800 || kinds[Statement] < 1300 {
			t.Errorf("mix %v", kinds)
		}
		if share := float64(large) / float64(kinds[Transfer]); share < 0.02 || share > 0.4 {
			t.Errorf("%.0f %% of the transfers go through the call cycle", 100*share)
		}
	}
}

func TestDailyWave(t *testing.T) {
	at := func(hour int) float64 { return rateAt(10, time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC)) }
	if night, day := at(3), at(15); night < 6.9 || night > 7.1 || day < 12.9 || day > 13.1 {
		t.Errorf("night %.2f, day %.2f, want 7 and 13", night, day)
	}
	if elsewhere := rateAt(10, time.Date(2026, 1, 1, 23, 0, 0, 0, time.FixedZone("", 8*3600))); elsewhere != at(15) {
		t.Errorf("the wave depends on the zone: %g", elsewhere)
	}
}
