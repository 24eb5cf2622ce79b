package resources

import (
	"context"
	"errors"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

const (
	// podPoll is how often a container that is not running is looked at.
	podPoll = time.Second
	// retryFirst and retryMost bound the wait between tries while contact is lost.
	retryFirst = 200 * time.Millisecond
	retryMost  = 10 * time.Second
)

// logSource reads the log of one container, and goes on after restarts and lost contact.
type logSource struct {
	session   *logSession
	pod       string
	container string
	tail      *int64 // last lines to begin with; nil = all
	emit      func(context.Context, logItem) error

	gate    lineGate
	latest  time.Time // never goes back: keeps the order of one container when its clock does
	run     containerRun
	started bool   // a start event without an end event stands
	waiting string // what the last waiting event said
	retry   time.Duration
}

// containerRun tells one run of a container from the next.
type containerRun struct {
	podUID   string
	restarts int32
}

// errSourceOver ends a source quietly.
var errSourceOver = errors.New("log is over")

// read delivers the log until it is over, given up, or ctx ends. The error is for the client
// when this is the only container.
func (s *logSource) read(ctx context.Context) error {
	var err error
	if s.session.opts.follow {
		err = s.followAll(ctx)
	} else {
		err = s.readOnce(ctx)
	}
	if err == nil || errors.Is(err, errSourceOver) || ctx.Err() != nil {
		return nil
	}
	return err
}

// readOnce reads what is there.
func (s *logSource) readOnce(ctx context.Context) error {
	rest, err := s.stream(ctx, s.session.opts.previous, false)
	if err != nil {
		return err
	}
	if err := s.deliverRest(ctx, rest); err != nil {
		return err
	}
	return s.end(ctx, "")
}

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
		if readErr != nil && !retriable(readErr) {
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

// lookup reads the pod, trying again while the cluster is out of contact.
func (s *logSource) lookup(ctx context.Context) (*corev1.Pod, error) {
	for {
		pod, err := s.session.target.getPod(ctx, s.pod)
		switch {
		case err == nil:
			return pod, nil
		case errs.KindOf(err) == errs.NotFound:
			if err := s.end(ctx, "the pod was deleted"); err != nil {
				return nil, err
			}
			return nil, errSourceOver
		case !retriable(err):
			return nil, err
		}
		if err := s.pause(ctx, err); err != nil {
			return nil, err
		}
	}
}

// retriable says that the same request may succeed later.
func retriable(err error) bool {
	switch errs.KindOf(err) {
	case errs.Unavailable, errs.BadUpstream, errs.Timeout, errs.TooMany, errs.Internal:
		return true
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

// stream reads one answer of the cluster to its end. rest is an unterminated last line.
func (s *logSource) stream(ctx context.Context, previous, follow bool) (rest []byte, err error) {
	body, err := s.session.target.clients.Typed.CoreV1().Pods(s.session.target.ref.Namespace).
		GetLogs(s.pod, s.query(previous, follow)).Stream(ctx)
	if err != nil {
		return nil, kube.FromKube(err, s.session.target.podRef(s.pod))
	}
	defer body.Close()
	if !s.started || s.waiting != "" {
		s.started, s.waiting = true, ""
		if err := s.event(ctx, "start", ""); err != nil {
			return nil, err
		}
	}
	lines := newLineReader(body)
	for {
		line, cut, whole, err := lines.next()
		switch {
		case err == nil && whole:
			if err := s.deliver(ctx, line, cut); err != nil {
				return nil, err
			}
		case errors.Is(err, io.EOF):
			return append([]byte(nil), line...), nil
		default:
			return nil, errs.New(errs.BadUpstream, "the log of %s broke off", s.session.target.podRef(s.pod)).Wrap(err)
		}
	}
}

// query says what to ask the kubelet for: at first what the reader wants, later everything
// from the second of the last line on.
func (s *logSource) query(previous, follow bool) *corev1.PodLogOptions {
	o := &corev1.PodLogOptions{Container: s.container, Timestamps: true, Previous: previous, Follow: follow}
	switch {
	case !s.gate.last.IsZero():
		since := metav1.NewTime(s.gate.last.Truncate(time.Second))
		o.SinceTime = &since
	default:
		o.TailLines = s.tail
		if !s.session.opts.since.IsZero() {
			since := metav1.NewTime(s.session.opts.since.Truncate(time.Second))
			o.SinceTime = &since
		}
	}
	return o
}

func (s *logSource) deliverRest(ctx context.Context, rest []byte) error {
	if len(rest) == 0 {
		return nil
	}
	return s.deliver(ctx, rest, false)
}

// deliver hands one line on, unless it came before.
func (s *logSource) deliver(ctx context.Context, line []byte, cut bool) error {
	stamp, at, message, ok := splitStamp(line)
	if !ok {
		// Only the kubelet writes lines without a time: why it cannot read on.
		text, _ := lineText(line, cut)
		return s.event(ctx, "gap", "the node says: "+text)
	}
	if at.Before(s.session.opts.since) {
		return nil
	}
	fresh, gap := s.gate.pass(at)
	if gap {
		if err := s.event(ctx, "gap", "lines may be missing: the log was rotated while contact was lost"); err != nil {
			return err
		}
	}
	if !fresh {
		return nil
	}
	if at.After(s.latest) {
		s.latest = at
	}
	s.retry = 0
	text, cut := lineText(message, cut)
	return s.emit(ctx, logItem{
		at:   s.latest,
		line: LogLine{Time: stamp, Pod: s.pod, Container: s.container, Message: text, Cut: cut},
	})
}
