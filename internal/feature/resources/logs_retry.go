package resources

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"

	"kubemate.io/kubemate/internal/core/errs"
)

// lookup reads the pod, trying again while the cluster is out of contact.
func (s *logSource) lookup(ctx context.Context) (*corev1.Pod, error) {
	for {
		pod, err := s.session.target.getPod(ctx, s.pod)
		switch {
		case err == nil:
			s.refused = 0
			return pod, nil
		case errs.KindOf(err) == errs.NotFound:
			if err := s.end(ctx, "the pod was deleted"); err != nil {
				return nil, err
			}
			return nil, errSourceOver
		case !s.retriable(err):
			return nil, err
		}
		if err := s.pause(ctx, err); err != nil {
			return nil, err
		}
	}
}

// refusedMost is how many refusals in a row are borne once a log was read: an API server that
// was just started refuses everything until it has read its rules.
const refusedMost = 8

// retriable says that the same request may succeed later.
func (s *logSource) retriable(err error) bool {
	switch errs.KindOf(err) {
	case errs.Unavailable, errs.BadUpstream, errs.Timeout, errs.TooMany, errs.Internal:
		return true
	case errs.Forbidden:
		s.refused++
		return s.wasOpen && s.refused <= refusedMost
	default:
		return false
	}
}

// pause waits before the next try, longer each time.
func (s *logSource) pause(ctx context.Context, cause error) error {
	s.retry = min(max(2*s.retry, retryFirst), retryMost)
	if cause == nil {
		return s.sleep(ctx, s.retry)
	}
	return s.wait(ctx, "contact lost, trying again: "+errorWords(cause), s.retry)
}

// wait tells once why nothing comes, then sleeps.
func (s *logSource) wait(ctx context.Context, why string, d time.Duration) error {
	if why != s.waiting {
		s.waiting = why
		if err := s.event(ctx, "waiting", why); err != nil {
			return err
		}
	}
	return s.sleep(ctx, d)
}

func (s *logSource) sleep(ctx context.Context, d time.Duration) error {
	timer := s.session.streams.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end tells that no lines follow, unless that was told.
func (s *logSource) end(ctx context.Context, why string) error {
	if !s.started {
		return nil
	}
	s.started = false
	return s.event(ctx, "end", why)
}

func (s *logSource) event(ctx context.Context, event, message string) error {
	return s.emit(ctx, logItem{event: &LogEvent{Event: event, Pod: s.pod, Container: s.container, Message: message}})
}
