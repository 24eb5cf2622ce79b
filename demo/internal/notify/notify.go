// Package notify is the role that tells customers of settled transfers. The
// demo sends nothing anywhere: a notification is a log line and a place among
// the latest ones.
package notify

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/demo/internal/bank"
	"kubemate.io/kubemate/demo/internal/metrics"
	"kubemate.io/kubemate/demo/internal/rpc"
)

// kept is the number of latest notifications that can be read back.
const kept = 100

// Service is the notify role.
type Service struct {
	log    *slog.Logger
	sent   *prometheus.CounterVec
	mu     sync.Mutex
	latest []bank.Notification
}

// New makes the role.
func New(log *slog.Logger, m *metrics.Metrics) *Service {
	return &Service{log: log, sent: m.Counter("bank_notifications_total", "Notifications sent.", "channel")}
}

// Ready implements the role.
func (s *Service) Ready() error { return nil }

// Run implements the role; there is nothing to do in the background.
func (s *Service) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Routes implements the role.
func (s *Service) Routes(rt *rpc.Router) {
	rt.Handle("POST", "/v1/notifications", s.send)
	rt.Handle("GET", "/v1/notifications", s.list)
}

func (s *Service) send(r *http.Request) (any, error) {
	var n bank.Notification
	if err := rpc.Decode(r, &n); err != nil {
		return nil, err
	}
	if n.AccountID == "" || n.TransferID == "" || n.Text == "" || len(n.Text) > 500 {
		return nil, rpc.Invalid(errors.New("account_id, transfer_id and a text of at most 500 bytes are needed"))
	}
	s.mu.Lock()
	s.latest = append(s.latest, n)
	if len(s.latest) > kept {
		s.latest = slices.Delete(s.latest, 0, len(s.latest)-kept)
	}
	s.mu.Unlock()
	s.sent.WithLabelValues("app").Inc()
	s.log.InfoContext(r.Context(), "notification sent", "account", n.AccountID, "transfer_id", n.TransferID)
	return struct{}{}, nil
}

func (s *Service) list(*http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.latest), nil
}
