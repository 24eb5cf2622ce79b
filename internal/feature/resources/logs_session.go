package resources

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"kubemate.io/kubemate/internal/core/errs"
)

// logSession answers one request for logs: it starts a source per container and merges them.
type logSession struct {
	streams  *streams
	target   *streamTarget
	opts     *logOptions
	out      *logWriter
	workload bool // pods come and go

	mu      sync.Mutex
	joined  map[types.UID]bool
	running int
	wg      sync.WaitGroup
}

// logPick is one container to read.
type logPick struct{ pod, container string }

// run delivers the logs until they are over, the client leaves or the limit is reached.
func (l *logSession) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.joined = map[types.UID]bool{}
	pods, set, err := l.pods(ctx)
	if err != nil {
		return err
	}
	picks, left, err := l.choose(pods)
	if err != nil {
		return err
	}
	if len(picks) == 0 && (!l.workload || !l.opts.follow) {
		return errs.New(errs.NotFound, "%s has no pods with logs to read", l.target.ref).WithObject("%s", l.target.ref)
	}
	l.out.single = len(picks) == 1 && !l.workload
	for _, pick := range left {
		l.tooMany(pick.pod, pick.container)
	}
	if l.opts.follow {
		return l.follow(ctx, cancel, picks, set)
	}
	return l.readAll(ctx, cancel, picks)
}

func (l *logSession) tooMany(pod, container string) {
	_ = l.out.event(LogEvent{
		Event: "error", Pod: pod, Container: container,
		Message: fmt.Sprintf("not shown: at most %d containers are read at once; choose containers or a pod", maxLogStreams),
	})
}

// pods finds what to read at first; set is nil for a single pod.
func (l *logSession) pods(ctx context.Context) ([]corev1.Pod, *podSet, error) {
	if l.target.isPod() {
		pod, err := l.target.getPod(ctx, l.target.ref.Name)
		if err != nil {
			return nil, nil, err
		}
		return []corev1.Pod{*pod}, nil, nil
	}
	l.workload = true
	obj, err := l.target.workload(ctx)
	if err != nil {
		return nil, nil, err
	}
	set, err := l.target.podSet(ctx, obj)
	if err != nil {
		return nil, nil, err
	}
	pods, err := l.target.listPods(ctx, set)
	return pods, set, err
}

// choose lists the containers to read, and those that are too many.
func (l *logSession) choose(pods []corev1.Pod) (picks, left []logPick, err error) {
	for i := range pods {
		l.joined[pods[i].UID] = true
		for _, c := range allContainerNames(&pods[i]) {
			if !l.opts.wants(c) {
				continue
			}
			if len(picks) < maxLogStreams {
				picks = append(picks, logPick{pods[i].Name, c})
			} else {
				left = append(left, logPick{pods[i].Name, c})
			}
		}
	}
	if len(picks) == 0 && len(pods) > 0 && len(l.opts.containers) > 0 {
		return nil, nil, noSuchContainer(&pods[0], l.opts.containers[0])
	}
	return picks, left, nil
}

func (l *logSession) source(pick logPick, tail *int64, emit func(context.Context, logItem) error) *logSource {
	return &logSource{session: l, pod: pick.pod, container: pick.container, tail: tail, emit: emit}
}

// send hands items to a channel until ctx ends.
func send(ch chan<- logItem) func(context.Context, logItem) error {
	return func(ctx context.Context, item logItem) error {
		select {
		case ch <- item:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// readAll reads what is there of all containers, merged by time.
func (l *logSession) readAll(ctx context.Context, cancel context.CancelFunc, picks []logPick) error {
	defer l.wg.Wait()
	defer cancel()
	channels := make([]<-chan logItem, len(picks))
	failed := make([]error, len(picks))
	for i, pick := range picks {
		ch := make(chan logItem, 64)
		channels[i] = ch
		source := l.source(pick, l.opts.tail, send(ch))
		l.wg.Go(func() {
			defer close(ch)
			failed[i] = source.read(ctx)
			if failed[i] != nil && len(picks) > 1 {
				_ = source.event(ctx, "error", errorWords(failed[i]))
			}
		})
	}
	if err := mergeSorted(ctx, channels, l.out); err != nil {
		return err
	}
	l.wg.Wait()
	if len(picks) == 1 {
		return failed[0]
	}
	return nil
}

// follow reads and goes on reading, pods made later included.
func (l *logSession) follow(ctx context.Context, cancel context.CancelFunc, picks []logPick, set *podSet) error {
	defer l.wg.Wait()
	defer cancel()
	items := make(chan logItem, 256)
	only := make(chan error, 1)
	for _, pick := range picks {
		l.start(ctx, pick, l.opts.tail, items, len(picks) == 1 && !l.workload, only)
	}
	if set != nil {
		_ = l.out.event(LogEvent{Event: "start"})
		l.wg.Go(func() { l.join(ctx, set, items) })
	}
	done := make(chan struct{})
	var closer sync.WaitGroup
	closer.Go(func() {
		l.wg.Wait()
		close(done)
	})
	defer closer.Wait()
	defer cancel()
	err := mergeFollowing(ctx, l.streams.clock, items, done, l.out)
	if err != nil {
		return err
	}
	select {
	case err := <-only:
		return err
	default:
		return nil
	}
}

// start runs one source; its error goes to only when it is the only one, into the stream otherwise.
func (l *logSession) start(ctx context.Context, pick logPick, tail *int64, items chan<- logItem, alone bool, only chan<- error) {
	l.mu.Lock()
	l.running++
	l.mu.Unlock()
	source := l.source(pick, tail, send(items))
	l.wg.Go(func() {
		defer func() {
			l.mu.Lock()
			l.running--
			l.mu.Unlock()
		}()
		err := source.read(ctx)
		switch {
		case err == nil:
		case alone:
			only <- err
		default:
			_ = source.event(ctx, "error", errorWords(err))
		}
	})
}

// join starts sources for pods that are made while following.
func (l *logSession) join(ctx context.Context, set *podSet, items chan<- logItem) {
	pods := l.target.clients.Typed.CoreV1().Pods(l.target.ref.Namespace)
	selector := set.selector.String()
	seen := func(obj any) { l.seen(ctx, set, obj, items) }
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: &cache.ListWatch{
			ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
				o.LabelSelector = selector
				return pods.List(ctx, o)
			},
			WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
				o.LabelSelector = selector
				return pods.Watch(ctx, o)
			},
		},
		ObjectType: &corev1.Pod{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    seen,
			UpdateFunc: func(_, obj any) { seen(obj) },
		},
	})
	controller.RunWithContext(ctx)
}

// seen starts the sources of a pod not known yet.
func (l *logSession) seen(ctx context.Context, set *podSet, obj any, items chan<- logItem) {
	pod, ok := obj.(*corev1.Pod)
	if !ok || !set.has(ctx, pod) {
		return
	}
	l.mu.Lock()
	known := l.joined[pod.UID]
	l.joined[pod.UID] = true
	l.mu.Unlock()
	if known {
		return
	}
	for _, c := range allContainerNames(pod) {
		if !l.opts.wants(c) {
			continue
		}
		l.mu.Lock()
		full := l.running >= maxLogStreams
		l.mu.Unlock()
		if full {
			_ = send(items)(ctx, logItem{event: &LogEvent{
				Event: "error", Pod: pod.Name, Container: c,
				Message: fmt.Sprintf("not shown: at most %d containers are read at once", maxLogStreams),
			}})
			continue
		}
		l.start(ctx, logPick{pod.Name, c}, nil, items, false, nil)
	}
}

// errorWords gives the part of an error that a user may read.
func errorWords(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return "internal error"
	}
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// exitWords tells how a container ended.
func exitWords(t *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("exited with code %d", t.ExitCode)
	if t.Signal != 0 {
		text = fmt.Sprintf("killed by signal %d", t.Signal)
	}
	if t.Reason != "" && t.Reason != "Error" && t.Reason != "Completed" {
		text += " (" + t.Reason + ")"
	}
	if !t.FinishedAt.IsZero() {
		text += " at " + t.FinishedAt.UTC().Format(time.RFC3339)
	}
	return text
}
