package jobs

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestStats(t *testing.T) {
	m := New(Options{Store: newStore(t)})
	hold, entered := make(chan struct{}), make(chan struct{})
	m.Handle("hold", func(context.Context, *Run) error { close(entered); <-hold; return nil })
	m.Handle("good", func(context.Context, *Run) error { return nil })
	m.Handle("bad", func(context.Context, *Run) error { return errors.New("no") })
	m.Handle("long", func(ctx context.Context, _ *Run) error { <-ctx.Done(); return ctx.Err() })
	if s := m.Stats(); len(s.Running) != 4 || len(s.Ended) != 12 {
		t.Errorf("a figure is missing before its first job: %+v", s)
	}
	stop := serve(t, m)
	start(t, m, order("hold"))
	<-entered
	await(t, m, start(t, m, order("good")), Succeeded)
	await(t, m, start(t, m, order("good")), Succeeded)
	await(t, m, start(t, m, order("bad")), Failed)
	id := start(t, m, order("long"))
	deadline := time.After(generous)
	for m.Stats().Running["long"] == 0 {
		select {
		case <-deadline:
			t.Fatal("the job does not run")
		case <-time.After(time.Millisecond):
		}
	}
	if _, err := m.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	await(t, m, id, Cancelled)
	if n := m.Stats().Running["hold"]; n != 1 {
		t.Errorf("%d run, want the one that holds", n)
	}
	close(hold)
	stop()
	s := m.Stats()
	for o, want := range map[Outcome]uint64{
		{"good", Succeeded}: 2, {"bad", Failed}: 1, {"long", Cancelled}: 1, {"hold", Succeeded}: 1, {"good", Failed}: 0, {"bad", Succeeded}: 0,
	} {
		if s.Ended[o] != want {
			t.Errorf("%v: %d, want %d", o, s.Ended[o], want)
		}
	}
	for kind, n := range s.Running {
		if n != 0 {
			t.Errorf("%d of %s still run", n, kind)
		}
	}
}

// A type that came out of the store and is not known here must not make a series of its own.
func TestUnknownTypesAreCountedTogether(t *testing.T) {
	m := New(Options{Store: newStore(t)})
	m.noteEnd("of a newer version", Failed)
	m.noteEnd("of another one", Failed)
	if n := m.Stats().Ended[Outcome{otherType, Failed}]; n != 2 {
		t.Errorf("%d", n)
	}
}
