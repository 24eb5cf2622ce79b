package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// Run is one execution of a job, in the hands of its handler.
type Run struct {
	m   *Manager
	end context.CancelCauseFunc

	mu  sync.Mutex
	rec Record
}

// Job gives the job as it stands.
func (r *Run) Job() Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rec.Job
}

// As is the identity that the job acts for.
func (r *Run) As() authz.Identity {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rec.Identity()
}

// Spec decodes the job's input.
func (r *Run) Spec(into any) error {
	if err := json.Unmarshal(r.rec.Spec, into); err != nil {
		return fmt.Errorf("job %s: decode its input: %w", r.rec.ID, err)
	}
	return nil
}

// Resumed says that an earlier run left a checkpoint, and decodes it.
func (r *Run) Resumed(into any) (bool, error) {
	if len(r.rec.Checkpoint) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(r.rec.Checkpoint, into); err != nil {
		return false, fmt.Errorf("job %s: decode its checkpoint: %w", r.rec.ID, err)
	}
	return true, nil
}

// Update changes the job and stores it; a non-nil checkpoint is stored with it.
func (r *Run) Update(ctx context.Context, change func(*Job), checkpoint any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if change != nil {
		change(&r.rec.Job)
	}
	if checkpoint != nil {
		text, err := json.Marshal(checkpoint)
		if err != nil {
			return fmt.Errorf("job %s: encode its checkpoint: %w", r.rec.ID, err)
		}
		r.rec.Checkpoint = text
	}
	return r.save(ctx)
}

// Stage opens a stage, or changes it if it is there.
func (r *Run) Stage(ctx context.Context, name string, phase Phase, message string) error {
	now := r.m.Now().UTC()
	return r.Update(ctx, func(j *Job) { setStage(j, JobStage{Name: name, Phase: phase, Message: message, Time: now}) }, nil)
}

func setStage(j *Job, s JobStage) {
	for i := range j.Stages {
		if j.Stages[i].Name == s.Name {
			j.Stages[i] = s
			return
		}
	}
	j.Stages = append(j.Stages, s)
}

// save writes the record; the caller holds r.mu.
func (r *Run) save(ctx context.Context) error {
	held, err := r.m.Store.Save(ctx, r.rec)
	if err != nil {
		return err
	}
	if !held {
		r.end(errLost)
		return errLost
	}
	r.m.changed(r.rec.ID)
	return nil
}

// finish stores the outcome of a handler that returned err, and says whether it was stored.
func (r *Run) finish(ctx context.Context, cause, err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := &r.rec.Job
	switch {
	case errors.Is(cause, errCancelled):
		j.Phase = Cancelled
		if !strings.HasPrefix(j.Message, "cancelled") { // the handler may have said more
			j.Message = "cancelled"
		}
	case err == nil:
		j.Phase = Succeeded
	default:
		j.Phase, j.Message = Failed, readable(err)
		r.m.Log.WarnContext(ctx, "job failed", "job", j.ID, "type", j.Type, "error", err)
	}
	now := r.m.Now().UTC()
	j.Finished = &now
	closeOpen(j, now)
	if err := r.save(ctx); err != nil {
		return err
	}
	r.m.noteEnd(j.Type, j.Phase)
	return nil
}

// closeOpen ends the stages and items that the handler left open.
func closeOpen(j *Job, now time.Time) {
	for i := range j.Stages {
		switch s := &j.Stages[i]; s.Phase {
		case Running, Blocked:
			s.Phase, s.Time = j.Phase, now
		case Pending:
			s.Phase, s.Time = Skipped, now
		}
	}
	for i := range j.Items {
		if !j.Items[i].Phase.Finished() {
			j.Items[i].Phase = Skipped
			if j.Phase == Cancelled {
				j.Items[i].Phase = Cancelled
			}
		}
	}
}

// readable is the text of an error that a user may read.
func readable(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		if e.Hint != "" {
			return e.Message + "; " + e.Hint
		}
		return e.Message
	}
	return "internal error; the server's log has the details"
}
