package load

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
	"kubemate.io/kubemate/demo/internal/trace"
)

// workers bounds the operations under way at once.
const workers = 16

// summaryEvery is the time between two log lines.
const summaryEvery = 30 * time.Second

// Deps is what the role works with.
type Deps struct {
	Teller  *rpc.Client
	Rate    float64 // operations a second
	Plan    *Plan
	Log     *slog.Logger
	Metrics *metrics.Metrics
	Now     func() time.Time
}

// Service is the load role.
type Service struct {
	Deps
	run        string // makes this run's idempotency keys its own
	operations *prometheus.CounterVec
	mu         sync.Mutex
	counts     map[string]int // result → operations since the last summary
}

// New makes the role.
func New(d Deps) *Service {
	return &Service{
		Deps: d, run: trace.New().ID, counts: map[string]int{},
		operations: d.Metrics.Counter("bank_load_operations_total", "Operations of the load generator.", "kind", "result"),
	}
}

// Ready implements the role.
func (s *Service) Ready() error { return nil }

// Routes implements the role: the load generator serves nothing of its own.
func (s *Service) Routes(*rpc.Router) {}

// Run implements the role: it starts operations at the planned rate until the
// context ends. An operation that finds all workers busy is skipped, so that
// a slow bank is not buried under what piled up.
func (s *Service) Run(ctx context.Context) error {
	slots := make(chan struct{}, workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	summary := time.NewTicker(summaryEvery)
	defer summary.Stop()
	next := time.NewTimer(0)
	defer next.Stop()
	for number := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-summary.C:
			s.summarize()
		case <-next.C:
			next.Reset(time.Duration(float64(time.Second) / rateAt(s.Rate, s.Now())))
			number++
			op, key := s.Plan.Next(), fmt.Sprintf("load-%s-%d", s.run, number)
			select {
			case slots <- struct{}{}:
				wg.Go(func() {
					defer func() { <-slots }()
					s.do(ctx, op, key)
				})
			default:
				s.count(op.Kind, "skipped")
			}
		}
	}
}

// do carries one operation out, in a trace of its own.
func (s *Service) do(ctx context.Context, op Operation, key string) {
	ctx = trace.With(ctx, trace.New())
	var err error
	switch op.Kind {
	case Transfer:
		err = s.Teller.Do(ctx, rpc.Call{
			Method: http.MethodPost, Path: "/v1/transfers", In: op.Transfer,
			Header: http.Header{rpc.HeaderIdempotencyKey: {key}},
		})
	case Balance:
		err = s.Teller.Get(ctx, "/v1/accounts/"+op.Account+"/balance", nil)
	case Statement:
		err = s.Teller.Get(ctx, "/v1/accounts/"+op.Account+"/statement", nil)
	}
	if ctx.Err() != nil {
		return
	}
	result := outcome(err)
	if result == "failed" {
		s.Log.WarnContext(ctx, "operation failed", "kind", op.Kind, "error", err)
	}
	s.count(op.Kind, result)
}

// outcome tells the bank's refusals (no funds, above the limit) from failures.
func outcome(err error) string {
	var p *rpc.Problem
	switch {
	case err == nil:
		return "succeeded"
	case errors.As(err, &p) && p.Status == http.StatusUnprocessableEntity:
		return "refused"
	}
	return "failed"
}

func (s *Service) count(kind, result string) {
	s.operations.WithLabelValues(kind, result).Inc()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[result]++
}

// summarize logs what happened since the last time.
func (s *Service) summarize() {
	s.mu.Lock()
	counts := s.counts
	s.counts = map[string]int{}
	s.mu.Unlock()
	s.Log.Info("load", "succeeded", counts["succeeded"], "refused", counts["refused"],
		"failed", counts["failed"], "skipped", counts["skipped"], "period_s", int(summaryEvery.Seconds()))
}
