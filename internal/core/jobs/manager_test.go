package jobs

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

const generous = 30 * time.Second

func newStore(t *testing.T) *SQLStore {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "jobs.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(Schema); err != nil {
		t.Fatal(err)
	}
	return NewSQLStore(db, db)
}

// serve runs a manager until stop is called; stop waits.
func serve(t *testing.T, m *Manager) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := m.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	stop = func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return stop
}

func order(kind string) Order {
	return Order{
		Type: kind, Ref: kube.Ref{Cluster: "local", Resource: "nodes", Name: "n"},
		As: authz.Identity{User: "alice", Groups: []string{"ops"}}, Spec: map[string]int{"n": 7},
	}
}

// await waits until a job is in a phase.
func await(t *testing.T, m *Manager, id string, want Phase) Job {
	t.Helper()
	deadline := time.After(generous)
	for {
		changed, stop := m.Watch(id)
		j, err := m.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if j.Phase == want {
			stop()
			return *j
		}
		select {
		case <-changed:
		case <-time.After(50 * time.Millisecond): // changed by another manager
		case <-deadline:
			t.Fatalf("job is %s (%s), want %s", j.Phase, j.Message, want)
		}
		stop()
	}
}

func start(t *testing.T, m *Manager, o Order) string {
	t.Helper()
	j, err := m.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func TestJobRuns(t *testing.T) {
	m := New(Options{Store: newStore(t)})
	m.Handle("count", func(ctx context.Context, run *Run) error {
		var spec map[string]int
		if err := run.Spec(&spec); err != nil {
			return err
		}
		var notes map[string]int
		if again, err := run.Resumed(&notes); again || err != nil {
			t.Errorf("a first run is resumed: %v, %v", again, err)
		}
		if as := run.As(); as.User != "alice" || !as.InGroup("ops") {
			t.Errorf("acts as %+v", as)
		}
		if err := run.Stage(ctx, "one", Succeeded, ""); err != nil {
			return err
		}
		return run.Update(ctx, func(j *Job) { j.Progress = JobProgress{Done: spec["n"], Total: 7} }, nil)
	})
	m.Handle("refuse", func(ctx context.Context, run *Run) error {
		if err := run.Stage(ctx, "one", Running, ""); err != nil {
			return err
		}
		return errs.New(errs.Unprocessable, "no").WithHint("ask again")
	})
	m.Handle("panic", func(context.Context, *Run) error { panic("secret text") })
	m.Handle("break", func(context.Context, *Run) error { return errors.New("secret text") })
	serve(t, m)

	done := await(t, m, start(t, m, order("count")), Succeeded)
	if done.Progress.Done != 7 || done.Finished == nil || len(done.Stages) != 1 {
		t.Errorf("got %+v", done)
	}
	refused := await(t, m, start(t, m, order("refuse")), Failed)
	if refused.Message != "no; ask again" || refused.Stages[0].Phase != Failed {
		t.Errorf("got %+v", refused)
	}
	for _, kind := range []string{"panic", "break"} {
		if j := await(t, m, start(t, m, order(kind)), Failed); j.Message != "internal error; the server's log has the details" {
			t.Errorf("%s shows %q", kind, j.Message)
		}
	}
	if _, err := m.Start(t.Context(), order("unknown")); err == nil {
		t.Error("a job without a handler was accepted")
	}
	all, err := m.List(t.Context(), "local")
	if err != nil || len(all) != 4 {
		t.Errorf("listed %d jobs, %v; want 4", len(all), err)
	}
	if other, _ := m.List(t.Context(), "elsewhere"); len(other) != 0 {
		t.Errorf("another cluster has %d jobs", len(other))
	}
}

func TestCancelEndsAsCancelled(t *testing.T) {
	m := New(Options{Store: newStore(t)})
	began := make(chan struct{})
	m.Handle("wait", func(ctx context.Context, run *Run) error {
		if err := run.Update(ctx, func(j *Job) { j.Items = []JobItem{{Phase: Running}, {Phase: Succeeded}} }, nil); err != nil {
			return err
		}
		close(began)
		<-ctx.Done()
		if !WasCancelled(ctx) {
			t.Error("the handler can't see that it was cancelled")
		}
		return nil // even so it ends as cancelled
	})
	serve(t, m)
	id := start(t, m, order("wait"))
	<-began
	if _, err := m.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	j := await(t, m, id, Cancelled)
	if j.Items[0].Phase != Cancelled || j.Items[1].Phase != Succeeded {
		t.Errorf("items are %+v", j.Items)
	}
	if _, err := m.Cancel(t.Context(), id); errs.KindOf(err) != errs.Conflict {
		t.Errorf("cancelled twice: %v", err)
	}
	if _, err := m.Cancel(t.Context(), "none"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("cancelled what is not there: %v", err)
	}
}

func TestCancelReachesAnotherProcess(t *testing.T) {
	store := newStore(t)
	runner, other := New(Options{Store: store, Lease: 300 * time.Millisecond}), New(Options{Store: store})
	began := make(chan struct{})
	runner.Handle("wait", func(ctx context.Context, _ *Run) error { close(began); <-ctx.Done(); return ctx.Err() })
	serve(t, runner)
	id := start(t, runner, order("wait"))
	<-began
	if _, err := other.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	await(t, other, id, Cancelled)
}

func TestStoppedProcessHandsOver(t *testing.T) {
	store := newStore(t)
	first, second := New(Options{Store: store}), New(Options{Store: store})
	began := make(chan struct{})
	first.Handle("resume", func(ctx context.Context, run *Run) error {
		if err := run.Update(ctx, nil, map[string]int{"at": 3}); err != nil {
			return err
		}
		close(began)
		<-ctx.Done()
		return ctx.Err()
	})
	second.Handle("resume", func(_ context.Context, run *Run) error {
		var notes map[string]int
		again, err := run.Resumed(&notes)
		if !again || notes["at"] != 3 {
			t.Errorf("resumed %v with %v", again, notes)
		}
		return err
	})
	stop := serve(t, first)
	id := start(t, first, order("resume"))
	<-began
	stop()
	if j, err := first.Job(t.Context(), id); err != nil || j.Phase != Running {
		t.Fatalf("after the stop it is %+v, %v; want running", j, err)
	}
	serve(t, second)
	await(t, second, id, Succeeded)
}

func TestKilledProcessIsTakenOverAndFenced(t *testing.T) {
	store := newStore(t)
	m := New(Options{Store: store, Lease: 300 * time.Millisecond})
	m.Handle("resume", func(context.Context, *Run) error { return nil })
	id := start(t, m, order("resume"))
	now := time.Now()
	dead, won, err := store.Claim(t.Context(), id, "dead", now, now.Add(200*time.Millisecond))
	if err != nil || !won {
		t.Fatalf("claim: %v, %v", won, err)
	}
	if _, again, err := store.Claim(t.Context(), id, "late", now, now.Add(time.Minute)); err != nil || again {
		t.Fatalf("claimed twice: %v, %v", again, err)
	}
	serve(t, m)
	await(t, m, id, Succeeded)
	if held, err := store.Save(t.Context(), dead); err != nil || held {
		t.Errorf("the dead holder could still write: %v, %v", held, err)
	}
}

func TestUnknownTypeFailsInsteadOfWaiting(t *testing.T) {
	store := newStore(t)
	newer, older := New(Options{Store: store}), New(Options{Store: store})
	newer.Handle("new", func(context.Context, *Run) error { return nil })
	id := start(t, newer, order("new"))
	serve(t, older)
	if j := await(t, older, id, Failed); j.Message != `this version knows no jobs of type "new"` {
		t.Errorf("message is %q", j.Message)
	}
}

func TestPruneKeepsWhatRuns(t *testing.T) {
	store := newStore(t)
	m := New(Options{Store: store})
	m.Handle("a", func(context.Context, *Run) error { return nil })
	open := start(t, m, order("a"))
	if err := store.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Job(t.Context(), open); err != nil {
		t.Fatalf("a running job was removed: %v", err)
	}
	serve(t, m)
	await(t, m, open, Succeeded)
	if err := store.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Job(t.Context(), open); errs.KindOf(err) != errs.NotFound {
		t.Fatalf("a finished job is still there: %v", err)
	}
}
