package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/clock"

	"kubemate.io/kubemate/internal/core/kube"
)

const (
	pageSize      = 1000 // objects of one page of a list
	batchSize     = 256  // changes that are stored at once
	firstPause    = 500 * time.Millisecond
	longestPause  = 30 * time.Second
	watchSeconds  = 300              // least time after which the server ends a watch
	pollEvery     = 30 * time.Second // for kinds that can't be watched
	silentFor     = 90 * time.Second // a watch with bookmarks that says nothing for longer is cut
	shortest      = time.Second      // a watch that ends sooner, with nothing, has failed
	connectWithin = 30 * time.Second
	healthyAfter  = 10 * time.Second // a watch that held for so long ends the row of failures, though nothing changed
)

// errSilent ends a watch that hangs.
var errSilent = errors.New("the watch fell silent")

// reflector keeps one store equal to the API server: one full list, then a watch; a new
// list when the watch's version has expired. The old view stays until the new one is whole.
type reflector struct {
	store    *store
	upstream upstream
	extract  *extractor
	phase    *phase
	counts   *counts
	clock    clock.WithTicker
	log      *slog.Logger

	version   string // resourceVersion to watch from; "" = a full list is due
	streaming bool   // the server is known to serve WatchList, or it is not known yet
	failures  int
	opened    time.Time // when the last watch was opened, zero while none was
	fruitless int       // watches in a row that broke before they brought anything
}

// run works until ctx ends.
func (r *reflector) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := r.round(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			r.failures = 0
			continue
		}
		r.failures++
		r.counts.failures.Add(1)
		r.phase.broken(kube.FromKube(err))
		r.log.Debug("watch is interrupted", "resource", r.store.kind.Resource, "error", err, "failures", r.failures)
		r.pause(ctx, err)
	}
}

// round makes one list if it is due, and one watch.
func (r *reflector) round(ctx context.Context) error {
	if r.version == "" {
		if err := r.relist(ctx); err != nil {
			return err
		}
		if r.version == "" {
			return nil // expired already
		}
	}
	if !r.watchable() {
		r.phase.live()
		r.wait(ctx, pollEvery)
		r.version = ""
		return nil
	}
	return r.follow(ctx)
}

func (r *reflector) watchable() bool {
	for _, v := range r.store.kind.Verbs {
		if v == "watch" {
			return true
		}
	}
	return false
}

// relist brings the store up to date with a full list, page by page. Rows that are not in it
// are removed at the end, so a list that breaks off removes nothing.
func (r *reflector) relist(ctx context.Context) error {
	r.counts.lists.Add(1)
	if r.streaming && r.watchable() {
		err := r.stream(ctx)
		if !unstreamable(err) {
			return err
		}
		r.streaming = false
	}
	r.store.begin()
	opts := metav1.ListOptions{Limit: pageSize}
	for {
		p, err := r.upstream.list(ctx, opts)
		if apierrors.IsResourceExpired(err) && opts.Continue != "" {
			return fmt.Errorf("the list took too long for the API server: %w", err)
		}
		if err != nil {
			return err
		}
		r.counts.hear(r.clock.Now())
		r.storeAll(p.objects)
		if p.next == "" {
			r.store.finish()
			r.version = p.version
			r.phase.live()
			return nil
		}
		opts.Continue = p.next
	}
}

func (r *reflector) storeAll(objects []metav1.Object) {
	ops := make([]op, 0, batchSize)
	for i, o := range objects {
		objects[i] = nil // let the object go as soon as it is stored
		if uid, _ := identify(o); r.store.holds(uid, versionOf(o)) {
			continue
		}
		ops = r.add(ops, o, false)
		if len(ops) == batchSize {
			r.store.apply(ops)
			ops = ops[:0]
		}
	}
	r.store.apply(ops)
}

// add appends the change of one object; one that can't be encoded is named in the log and
// left out, so that it does not hide the others.
func (r *reflector) add(ops []op, o metav1.Object, remove bool) []op {
	if remove {
		uid, own := identify(o)
		return append(ops, op{record: record{uid: uid, real: own}, remove: true})
	}
	rec, err := r.extract.record(o)
	if err != nil {
		r.log.Error("an object cannot be cached", "error", err)
		return ops
	}
	return append(ops, op{record: rec})
}

// pause waits before the next try: longer each time, or as long as the server asks for.
func (r *reflector) pause(ctx context.Context, err error) {
	d := min(firstPause<<min(r.failures-1, 10), longestPause)
	if seconds, ok := apierrors.SuggestsClientDelay(err); ok {
		d = max(d, min(time.Duration(seconds)*time.Second, longestPause))
	}
	r.wait(ctx, d/2+time.Duration(rand.Int64N(int64(d)))) //nolint:gosec // spread, not secrecy
}

func (r *reflector) wait(ctx context.Context, d time.Duration) {
	timer := r.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C():
	}
}

// expired says that the version to watch from is no longer known, so a full list is due.
func expired(err error) bool {
	return apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
}

// unstreamable says that the server does not serve WatchList.
func unstreamable(err error) bool {
	return apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) || errors.Is(err, errSilent)
}

// statusOf is the error that a watch delivered as an event.
func statusOf(e watch.Event) error {
	if e.Object == nil {
		return io.ErrUnexpectedEOF
	}
	return apierrors.FromObject(e.Object)
}
