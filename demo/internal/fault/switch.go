package fault

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/rpc"
)

// Switch holds what is wrong with one role and makes it so.
type Switch struct {
	role   string
	log    *slog.Logger
	active *prometheus.GaugeVec // label kind
	exit   func(code int)

	mu      sync.Mutex
	spec    Spec
	source  string
	changed chan struct{} // holds a token while Run has a change to see
}

// NewSwitch makes a role's switch, all off. exit ends the process at once.
func NewSwitch(role string, log *slog.Logger, active *prometheus.GaugeVec, exit func(code int)) *Switch {
	s := &Switch{role: role, log: log, active: active, exit: exit, changed: make(chan struct{}, 1)}
	s.gauge()
	return s
}

// Apply makes spec the role's state; source tells who asked ("file", "api").
// The state that already is in force restarts nothing.
func (s *Switch) Apply(spec Spec, source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reflect.DeepEqual(spec, s.spec) {
		return
	}
	s.spec, s.source = spec, source
	s.gauge()
	s.log.Warn("fault switches changed", "active", spec.names(), "source", source)
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Current gives the role's state and who set it.
func (s *Switch) Current() (Spec, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spec, s.source
}

// gauge shows the state as metrics.
func (s *Switch) gauge() {
	active := s.spec.active()
	for _, kind := range kinds {
		value := 0.0
		if active[kind] {
			value = 1
		}
		s.active.WithLabelValues(kind).Set(value)
	}
}

// Before delays or refuses a request as the switches say. It is an
// rpc.Injector. The answer looks like a defect of the role itself, so that
// finding the cause is left to whoever looks.
func (s *Switch) Before(r *http.Request) error {
	spec, _ := s.Current()
	if l := spec.Latency; l != nil && rand.Float64() < l.Share {
		if !sleep(r.Context(), time.Duration(l.MS)*time.Millisecond) {
			return errGone
		}
	}
	if e := spec.Errors; e != nil && rand.Float64() < e.Share {
		return rpc.NewProblem(e.Status, "internal", s.role+" could not process the request")
	}
	return nil
}

// Offset gives the minor units by which a transfer's ledger entry is to be
// off: 0 for most, ±1 to ±3 for the switched share. The same transfer always
// gets the same answer, so that its retry commits the same amount.
func (s *Switch) Offset(transferID string) int64 {
	spec, _ := s.Current()
	if spec.Mismatch == nil {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(transferID))
	sum := mix(h.Sum64())
	if float64(sum%10_000)/10_000 >= spec.Mismatch.Share {
		return 0
	}
	offset := int64(sum>>32%3) + 1
	if sum>>40&1 == 1 {
		return -offset
	}
	return offset
}

// mix spreads FNV's bits, which differ little for names that differ little.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// Run keeps the background faults (CPU, memory, crash) as the switches say,
// until the context ends.
func (s *Switch) Run(ctx context.Context) error {
	for {
		spec, _ := s.Current()
		stop := s.start(ctx, spec)
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-s.changed:
			stop()
		}
	}
}

// start runs the background faults of spec; the returned function stops them
// and waits.
func (s *Switch) start(ctx context.Context, spec Spec) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	if spec.CPU != nil {
		wg.Go(func() { burn(ctx, spec.CPU.Cores) })
	}
	if spec.Memory != nil {
		wg.Go(func() { leak(ctx, *spec.Memory) })
	}
	if spec.Crash != nil {
		wg.Go(func() { s.crash(ctx, *spec.Crash) })
	}
	return func() {
		cancel()
		wg.Wait()
	}
}

// crash ends the process when its time has come.
func (s *Switch) crash(ctx context.Context, c Crash) {
	if !sleep(ctx, time.Duration(c.AfterSeconds)*time.Second) {
		return
	}
	s.log.Error("unrecoverable state, exiting", "exit_code", c.ExitCode)
	s.exit(c.ExitCode)
}

// errGone ends a delayed request whose caller did not wait.
var errGone = errors.New("the caller has gone")

// sleep waits for d; it is false if the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
