package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// follow watches from the known version until the server ends the watch. A normal end is
// no error. An expired version makes the next round list again.
func (r *reflector) follow(ctx context.Context) error {
	opts := r.watchOptions()
	opts.ResourceVersion = r.version
	began := r.clock.Now()
	r.opened = time.Time{}
	got, err := r.consume(ctx, opts, false)
	if err == nil && !got && r.clock.Since(began) < shortest {
		err = fmt.Errorf("the watch ended at once: %w", io.ErrUnexpectedEOF) // client-go hides a cut connection
	}
	if !r.opened.IsZero() && r.clock.Since(r.opened) >= healthyAfter {
		r.failures = 0
	}
	if expired(err) {
		r.version = ""
		return nil
	}
	if got {
		r.fruitless = 0
		r.failures = 0
	} else if err != nil {
		r.fruitless++
	}
	if r.fruitless >= 5 { // something at this version can't be read: start over
		r.fruitless, r.version = 0, ""
	}
	return err
}

// stream makes the full list by a watch that begins with what exists (WatchList): neither
// side ever holds the whole list.
func (r *reflector) stream(ctx context.Context) error {
	r.store.begin()
	send := true
	opts := r.watchOptions()
	opts.SendInitialEvents = &send
	opts.ResourceVersionMatch = metav1.ResourceVersionMatchNotOlderThan
	_, err := r.consume(ctx, opts, true)
	if err == nil && r.version == "" {
		return errSilent // ended before the list was whole
	}
	if r.version == "" {
		return err
	}
	if expired(err) {
		r.version = ""
	}
	return nil // the list is whole; follow tells what became of the watch
}

func (r *reflector) watchOptions() metav1.ListOptions {
	seconds := int64(watchSeconds + rand.IntN(watchSeconds)) //nolint:gosec // spread, not secrecy
	return metav1.ListOptions{AllowWatchBookmarks: true, TimeoutSeconds: &seconds}
}

// consume opens one watch and stores what it brings, until it ends. got tells whether it
// brought anything.
func (r *reflector) consume(ctx context.Context, opts metav1.ListOptions, initial bool) (got bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	connect := time.AfterFunc(connectWithin, func() { cancel(errSilent) })
	w, err := r.upstream.watch(ctx, opts)
	if !connect.Stop() && err == nil {
		w.Stop()
		err = errSilent
	}
	if err != nil {
		return false, err
	}
	defer drain(w)
	r.counts.watches.Add(1)
	r.opened = r.clock.Now()
	if !initial {
		r.phase.live()
	}
	c := &consumer{reflector: r, initial: initial}
	err = c.run(ctx, w, time.Duration(*opts.TimeoutSeconds)*time.Second)
	return c.got, err
}

// drain stops a watch and takes what its goroutine still wants to deliver.
func drain(w watch.Interface) {
	w.Stop()
	for range w.ResultChan() { //nolint:revive // only to let the sender end
	}
}

// consumer stores the events of one watch, in batches when they come fast.
type consumer struct {
	*reflector
	initial   bool // still inside the initial events of a WatchList
	got       bool
	bookmarks bool
	ops       []op
}

func (c *consumer) run(ctx context.Context, w watch.Interface, lasts time.Duration) error {
	silence := c.clock.NewTimer(lasts + connectWithin)
	defer silence.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-silence.C():
			return errSilent
		case e, ok := <-w.ResultChan():
			if !ok {
				return nil
			}
			if err := c.batch(e, w.ResultChan()); err != nil {
				return err
			}
			c.counts.hear(c.clock.Now())
			if c.bookmarks || c.initial {
				silence.Reset(silentFor)
			}
		}
	}
}

// batch takes the event and those that wait behind it, and stores them together.
func (c *consumer) batch(e watch.Event, more <-chan watch.Event) error {
	c.ops = c.ops[:0]
	err := c.take(e)
	for err == nil && len(c.ops) < batchSize {
		select {
		case next, ok := <-more:
			if !ok {
				c.flush()
				return nil // run sees the closed channel
			}
			err = c.take(next)
			continue
		default:
		}
		break
	}
	c.flush()
	return err
}

func (c *consumer) flush() {
	c.store.apply(c.ops)
	c.ops = c.ops[:0]
}

func (c *consumer) take(e watch.Event) error {
	switch e.Type {
	case watch.Error:
		return statusOf(e)
	case watch.Bookmark:
		return c.bookmark(e.Object)
	case watch.Added, watch.Modified, watch.Deleted:
	default:
		return fmt.Errorf("the API server sent an event of unknown type %q: %w", e.Type, io.ErrUnexpectedEOF)
	}
	objects, err := c.upstream.objects(e.Object)
	if err != nil {
		return err
	}
	for _, o := range objects {
		version := o.GetResourceVersion()
		if !c.initial || !c.storeHolds(o) {
			c.ops = c.add(c.ops, o, e.Type == watch.Deleted)
		}
		if !c.initial {
			c.got, c.version = true, version
		}
	}
	return nil
}

func (c *consumer) storeHolds(o metav1.Object) bool {
	uid, _ := identify(o)
	return c.store.holds(uid, versionOf(o))
}

// bookmark moves the version on; the one that closes the initial events completes the list.
func (c *consumer) bookmark(o runtime.Object) error {
	objects, err := c.upstream.objects(o)
	if err != nil {
		return err
	}
	if len(objects) == 0 {
		return errors.New("the API server sent an empty bookmark")
	}
	c.bookmarks = true
	version := objects[0].GetResourceVersion()
	if c.initial {
		if objects[0].GetAnnotations()[metav1.InitialEventsAnnotationKey] != "true" {
			return nil
		}
		c.flush()
		c.store.finish()
		c.initial = false
		c.phase.live()
	}
	c.got, c.version = true, version
	return nil
}
