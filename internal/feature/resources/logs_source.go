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
	wasOpen bool   // the cluster let it be read
	refused int    // refusals in a row
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
	if ctx.Err() == nil && !errors.Is(err, errSourceOver) {
		return err
	}
	return nil
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

// stream reads one answer of the cluster to its end. rest is an unterminated last line.
func (s *logSource) stream(ctx context.Context, previous, follow bool) (rest []byte, err error) {
	body, err := s.session.target.clients.Typed.CoreV1().Pods(s.session.target.ref.Namespace).
		GetLogs(s.pod, s.query(previous, follow)).Stream(ctx)
	if err != nil {
		return nil, kube.FromKube(err, s.session.target.podRef(s.pod))
	}
	defer func() { _ = body.Close() }()
	s.wasOpen = true
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
