package resources

import (
	"container/heap"
	"context"
	"time"

	"k8s.io/utils/clock"
)

const (
	// mergeWindow is how long a followed line waits for earlier lines of other containers.
	mergeWindow = 150 * time.Millisecond
	// mergeLines and mergeBytes bound what waits.
	mergeLines = 4096
	mergeBytes = 8 << 20
)

// itemSink takes items in their final order. flush is called when nothing more is at hand.
type itemSink interface {
	item(logItem) error
	flush()
}

// mergeSorted merges sources that end, by time. It holds one item of each.
func mergeSorted(ctx context.Context, sources []<-chan logItem, out itemSink) error {
	var heads mergeHeap
	next := func(i int) error {
		for {
			var item logItem
			var ok bool
			select {
			case item, ok = <-sources[i]:
			case <-ctx.Done():
				return ctx.Err()
			}
			switch {
			case !ok:
				return nil
			case item.event == nil:
				heap.Push(&heads, mergeEntry{logItem: item, order: i})
				return nil
			}
			if err := out.item(item); err != nil {
				return err
			}
		}
	}
	for i := range sources {
		if err := next(i); err != nil {
			return err
		}
	}
	for heads.Len() > 0 {
		e := heap.Pop(&heads).(mergeEntry)
		if err := out.item(e.logItem); err != nil {
			return err
		}
		if err := next(e.order); err != nil {
			return err
		}
	}
	return nil
}

// mergeFollowing merges sources that go on: a line waits for mergeWindow, or until too many
// wait. It returns when done is closed and everything is delivered.
func mergeFollowing(ctx context.Context, c clock.Clock, items <-chan logItem, done <-chan struct{}, out itemSink) error {
	m := &followMerge{clock: c, out: out}
	out.flush() // the client sees at once that it is connected
	for {
		var timer clock.Timer
		var due <-chan time.Time
		if m.heap.Len() > 0 {
			timer = c.NewTimer(mergeWindow - c.Since(m.heap.entries[0].arrived))
			due = timer.C()
		}
		var err error
		over := false
		select {
		case item := <-items:
			err = m.take(item)
			for more := true; more && err == nil; {
				select {
				case item := <-items:
					err = m.take(item)
				default:
					more = false
				}
			}
		case <-due:
		case <-ctx.Done():
			err = ctx.Err()
		case <-done:
			over = true
		}
		if timer != nil {
			timer.Stop()
		}
		if err == nil && over {
			err = m.drain(items)
		}
		if err == nil {
			err = m.release(over)
		}
		if err != nil || over {
			return err
		}
		out.flush()
	}
}

type followMerge struct {
	clock clock.Clock
	out   itemSink
	heap  mergeHeap
	bytes int
	order int
}

// take queues a line; an event goes out after the lines that wait, which came before it.
func (m *followMerge) take(item logItem) error {
	if item.event != nil {
		if err := m.releaseOf(item.event.Pod, item.event.Container); err != nil {
			return err
		}
		return m.out.item(item)
	}
	m.order++
	m.bytes += len(item.line.Message)
	heap.Push(&m.heap, mergeEntry{logItem: item, order: m.order, arrived: m.clock.Now()})
	for m.heap.Len() > mergeLines || m.bytes > mergeBytes {
		if err := m.pop(); err != nil {
			return err
		}
	}
	return nil
}

// drain takes what is left when all sources are over.
func (m *followMerge) drain(items <-chan logItem) error {
	for {
		select {
		case item := <-items:
			if err := m.take(item); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// release delivers what has waited long enough, or all.
func (m *followMerge) release(all bool) error {
	for m.heap.Len() > 0 && (all || m.clock.Since(m.heap.entries[0].arrived) >= mergeWindow) {
		if err := m.pop(); err != nil {
			return err
		}
	}
	return nil
}

// releaseOf delivers all up to the last waiting line of a container, so that its event keeps
// its place.
func (m *followMerge) releaseOf(pod, container string) error {
	waits := 0
	for i := range m.heap.entries {
		if e := &m.heap.entries[i]; e.line.Pod == pod && e.line.Container == container {
			waits++
		}
	}
	for waits > 0 {
		e := m.heap.entries[0]
		if e.line.Pod == pod && e.line.Container == container {
			waits--
		}
		if err := m.pop(); err != nil {
			return err
		}
	}
	return nil
}

func (m *followMerge) pop() error {
	e := heap.Pop(&m.heap).(mergeEntry)
	m.bytes -= len(e.line.Message)
	return m.out.item(e.logItem)
}

// mergeEntry is a line that waits for its turn.
type mergeEntry struct {
	logItem
	order   int // source, or order of arrival: breaks ties
	arrived time.Time
}

// mergeHeap orders lines by time.
type mergeHeap struct{ entries []mergeEntry }

func (h *mergeHeap) Len() int { return len(h.entries) }
func (h *mergeHeap) Less(i, j int) bool {
	a, b := &h.entries[i], &h.entries[j]
	if !a.at.Equal(b.at) {
		return a.at.Before(b.at)
	}
	return a.order < b.order
}
func (h *mergeHeap) Swap(i, j int) { h.entries[i], h.entries[j] = h.entries[j], h.entries[i] }
func (h *mergeHeap) Push(x any)    { h.entries = append(h.entries, x.(mergeEntry)) }
func (h *mergeHeap) Pop() any {
	last := len(h.entries) - 1
	e := h.entries[last]
	h.entries[last] = mergeEntry{}
	h.entries = h.entries[:last]
	return e
}
