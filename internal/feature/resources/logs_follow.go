package resources

import (
	"context"

	corev1 "k8s.io/api/core/v1"
)

// followAll reads until the container will not run again.
func (s *logSource) followAll(ctx context.Context) error {
	for {
		pod, err := s.lookup(ctx)
		if err != nil {
			return err
		}
		status, _ := streamContainer(pod, s.container)
		if status == nil || (status.State.Running == nil && status.State.Terminated == nil && status.LastTerminationState.Terminated == nil) {
			if err := s.wait(ctx, "container is not running yet: "+containerDoing(pod, status), podPoll); err != nil {
				return err
			}
			continue
		}
		s.run = runOf(pod, status)
		return s.followRuns(ctx)
	}
}

// followRuns reads the run at hand, then each run after it.
func (s *logSource) followRuns(ctx context.Context) error {
	for {
		rest, readErr := s.stream(ctx, false, true)
		if readErr != nil && !s.retriable(readErr) {
			return readErr
		}
		pod, err := s.lookup(ctx)
		if err != nil {
			return err
		}
		status, once := streamContainer(pod, s.container)
		now := runOf(pod, status)
		switch {
		case now != s.run:
			err = s.nextRun(ctx, now, rest, readErr)
		case readErr != nil || status == nil || status.State.Running != nil:
			// The stream broke, or was closed while the container runs: an unterminated rest
			// comes again.
			s.gate.reopen(true)
			err = s.pause(ctx, readErr)
		default:
			err = s.finishRun(ctx, pod, status, once, rest)
		}
		if err != nil {
			return err
		}
	}
}

func runOf(pod *corev1.Pod, status *corev1.ContainerStatus) containerRun {
	run := containerRun{podUID: string(pod.UID)}
	if status != nil {
		run.restarts = status.RestartCount
	}
	return run
}

// finishRun tells that a run ended, and waits for the next one if there will be one.
func (s *logSource) finishRun(ctx context.Context, pod *corev1.Pod, status *corev1.ContainerStatus, once bool, rest []byte) error {
	if err := s.deliverRest(ctx, rest); err != nil {
		return err
	}
	if err := s.end(ctx, containerDoing(pod, status)); err != nil {
		return err
	}
	for runsAgain(pod, status, once) {
		if err := s.sleep(ctx, podPoll); err != nil {
			return err
		}
		var err error
		if pod, err = s.lookup(ctx); err != nil {
			return err
		}
		status, once = streamContainer(pod, s.container)
		now := runOf(pod, status)
		if now == s.run || status == nil || status.State.Waiting != nil && status.LastTerminationState.Terminated == nil {
			continue
		}
		return s.goOver(ctx, now)
	}
	return errSourceOver
}

// nextRun goes over to a run that began while the one before was still being read, and reads
// the end of that one where it is kept.
func (s *logSource) nextRun(ctx context.Context, now containerRun, rest []byte, readErr error) error {
	if now.podUID == s.run.podUID {
		s.gate.reopen(now.restarts == s.run.restarts+1)
		before, err := s.stream(ctx, true, false)
		switch {
		case err == nil:
			rest = before
		case readErr != nil:
			if err := s.event(ctx, "gap", "the end of the run before the restart is not kept"); err != nil {
				return err
			}
		}
	}
	if err := s.deliverRest(ctx, rest); err != nil {
		return err
	}
	if err := s.end(ctx, "the container was restarted"); err != nil {
		return err
	}
	return s.goOver(ctx, now)
}

// goOver makes now the run that is read.
func (s *logSource) goOver(ctx context.Context, now containerRun) error {
	before := s.run
	s.run = now
	s.gate.reopen(false)
	if before.podUID != now.podUID {
		if s.session.workload {
			return errSourceOver // the new pod is a source of its own
		}
		return s.event(ctx, "gap", "the pod was replaced by a new one of the same name")
	}
	if now.restarts > before.restarts+1 {
		return s.event(ctx, "gap", "the container was restarted more than once in between")
	}
	return nil
}

// runsAgain says whether the kubelet will start the container once more.
func runsAgain(pod *corev1.Pod, status *corev1.ContainerStatus, once bool) bool {
	if pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return false
	}
	if status == nil || status.State.Terminated == nil {
		return true
	}
	failed := status.State.Terminated.ExitCode != 0
	switch {
	case pod.Spec.RestartPolicy == corev1.RestartPolicyNever:
		return false
	case once || pod.Spec.RestartPolicy == corev1.RestartPolicyOnFailure:
		return failed
	default:
		return true
	}
}
