package fault

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"kubemate.io/kubemate/demo/internal/rpc"
)

func newTestSwitch(t *testing.T, role string, exit func(int)) *Switch {
	t.Helper()
	gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "bank_fault_active"}, []string{"kind"})
	return NewSwitch(role, slog.New(slog.DiscardHandler), gauge, exit)
}

func TestBeforeRefusesTheShare(t *testing.T) {
	tests := []struct {
		share    float64
		low, top int // refused of 1,000
	}{{0, 0, 0}, {0.5, 400, 600}, {1, 1000, 1000}}
	for _, tt := range tests {
		s := newTestSwitch(t, "teller", nil)
		s.Apply(Spec{Errors: &Errors{Status: 503, Share: tt.share}}, "api")
		refused := 0
		for range 1000 {
			err := s.Before(httptest.NewRequest("GET", "/", nil))
			var p *rpc.Problem
			if errors.As(err, &p) && p.Status == 503 {
				refused++
			}
		}
		if refused < tt.low || refused > tt.top {
			t.Errorf("share %g refused %d of 1000", tt.share, refused)
		}
	}
}

func TestLatencyDelaysUntilTheCallerGoes(t *testing.T) {
	s := newTestSwitch(t, "teller", nil)
	s.Apply(Spec{Latency: &Latency{MS: 20, Share: 1}}, "api")
	start := time.Now()
	if err := s.Before(httptest.NewRequest("GET", "/", nil)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 20*time.Millisecond {
		t.Errorf("delayed by %s only", took)
	}
	s.Apply(Spec{Latency: &Latency{MS: 30_000, Share: 1}}, "api")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Before(httptest.NewRequest("GET", "/", nil).WithContext(ctx)); err == nil {
		t.Error("went on for a caller who has gone")
	}
}

func TestOffset(t *testing.T) {
	s := newTestSwitch(t, "settlement", nil)
	if s.Offset("tr-1") != 0 {
		t.Error("an offset though switched off")
	}
	s.Apply(Spec{Mismatch: &Mismatch{Share: 0.1}}, "api")
	hit, up, down := 0, 0, 0
	for i := range 10_000 {
		id := fmt.Sprintf("tr-%d", i)
		offset := s.Offset(id)
		if offset != s.Offset(id) {
			t.Fatalf("%s got two offsets", id)
		}
		if offset < -3 || offset > 3 {
			t.Fatalf("offset %d", offset)
		}
		if offset != 0 {
			hit++
		}
		if offset > 0 {
			up++
		}
		if offset < 0 {
			down++
		}
	}
	if hit < 800 || hit > 1200 || up < 200 || down < 200 {
		t.Errorf("%d of 10000 off (%d up, %d down), want about 1000", hit, up, down)
	}
}

// run runs the switch's background faults until the test ends.
func run(t *testing.T, s *Switch) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestCrashExits(t *testing.T) {
	exits := make(chan int, 1)
	s := newTestSwitch(t, "teller", func(code int) { exits <- code })
	run(t, s)
	s.Apply(Spec{Crash: &Crash{AfterSeconds: 1, ExitCode: 3}}, "file")
	select {
	case code := <-exits:
		if code != 3 {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("no exit")
	}
}

func TestCrashCanBeCalledOff(t *testing.T) {
	exits := make(chan int, 1)
	s := newTestSwitch(t, "teller", func(code int) { exits <- code })
	stop := s.start(t.Context(), Spec{Crash: &Crash{AfterSeconds: 3600, ExitCode: 3}})
	stop() // returns only when the fault has ended
	if len(exits) != 0 {
		t.Error("exited although called off")
	}
}

// heapMiB is what is in use after a collection.
func heapMiB() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc >> 20)
}

func TestLeakHoldsMemoryUntilSwitchedOff(t *testing.T) {
	s := newTestSwitch(t, "teller", nil)
	before := heapMiB()
	stop := s.start(t.Context(), Spec{Memory: &Memory{MiBPerSecond: 256, MaxMiB: 40}})
	deadline := time.Now().Add(30 * time.Second)
	for heapMiB()-before < 38 {
		if time.Now().After(deadline) {
			t.Fatalf("leaked %d MiB only", heapMiB()-before)
		}
	}
	if leaked := heapMiB() - before; leaked > 45 {
		t.Errorf("leaked %d MiB, beyond its bound", leaked)
	}
	stop()
	if left := heapMiB() - before; left > 10 {
		t.Errorf("%d MiB are still held", left)
	}
}

func TestBurnEndsWhenSwitchedOff(t *testing.T) {
	s := newTestSwitch(t, "teller", nil)
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano())
	}
	before := used()
	stop := s.start(t.Context(), Spec{CPU: &CPU{Cores: 1.5}})
	deadline := time.Now().Add(30 * time.Second)
	for used()-before < 100*time.Millisecond {
		if time.Now().After(deadline) {
			t.Fatal("no processor time was burnt")
		}
		time.Sleep(5 * time.Millisecond)
	}
	stop() // returns only when the fault has ended
}

func TestGaugeShowsWhatIsOn(t *testing.T) {
	s := newTestSwitch(t, "teller", nil)
	s.Apply(Spec{CPU: &CPU{Cores: 1}}, "api")
	if v := testutil.ToFloat64(s.active.WithLabelValues("cpu")); v != 1 {
		t.Errorf("cpu is %g", v)
	}
	s.Apply(Spec{}, "api")
	if v := testutil.ToFloat64(s.active.WithLabelValues("cpu")); v != 0 {
		t.Errorf("cpu is %g after switching off", v)
	}
}

func TestTheSameStateRestartsNothing(t *testing.T) {
	s := newTestSwitch(t, "teller", nil)
	s.Apply(Spec{Crash: &Crash{AfterSeconds: 5, ExitCode: 1}}, "file")
	<-s.changed
	s.Apply(Spec{Crash: &Crash{AfterSeconds: 5, ExitCode: 1}}, "api")
	if len(s.changed) != 0 {
		t.Error("the crash timer would start again")
	}
	if _, source := s.Current(); source != "file" {
		t.Errorf("source %q", source)
	}
}
