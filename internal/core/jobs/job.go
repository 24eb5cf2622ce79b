package jobs

import (
	"encoding/json"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/kube"
)

// Phase says where a job, a stage or an item stands.
type Phase string

// The phases. Pending is for stages and items only.
const (
	Pending   Phase = "pending"
	Running   Phase = "running"
	Blocked   Phase = "blocked" // an item that waits for something outside, such as a PodDisruptionBudget
	Succeeded Phase = "succeeded"
	Failed    Phase = "failed"
	Cancelled Phase = "cancelled"
	Skipped   Phase = "skipped"
)

// Finished says that a phase is an end.
func (p Phase) Finished() bool {
	return p == Succeeded || p == Failed || p == Cancelled || p == Skipped
}

// Job is what readers see of a long work.
type Job struct {
	ID       string      `json:"id"`
	Type     string      `json:"type" doc:"What it does: drain"`
	Cluster  string      `json:"cluster"`
	Ref      kube.Ref    `json:"ref" doc:"The object that it works on"`
	Phase    Phase       `json:"phase" enum:"running,succeeded,failed,cancelled"`
	Message  string      `json:"message,omitempty" doc:"Outcome, or what it waits for"`
	Progress JobProgress `json:"progress"`
	Stages   []JobStage  `json:"stages"`
	Items    []JobItem   `json:"items"`
	Created  time.Time   `json:"created"`
	Finished *time.Time  `json:"finished,omitempty"`
	User     string      `json:"user" doc:"Who started it"`
	DryRun   bool        `json:"dryRun" doc:"Nothing is changed"`
}

// JobProgress counts items.
type JobProgress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// JobStage is one step of a job, in order.
type JobStage struct {
	Name    string    `json:"name"`
	Phase   Phase     `json:"phase" enum:"pending,running,blocked,succeeded,failed,cancelled,skipped"`
	Message string    `json:"message,omitempty"`
	Time    time.Time `json:"time" doc:"Last change"`
}

// JobItem is one object that a job handles.
type JobItem struct {
	Ref     kube.Ref `json:"ref"`
	Phase   Phase    `json:"phase" enum:"pending,running,blocked,succeeded,failed,cancelled,skipped"`
	Message string   `json:"message,omitempty"`
}

// Record is a job as it is stored.
type Record struct {
	Job
	Groups     []string        // the starter's Kubemate groups: the job acts as this identity
	Spec       json.RawMessage // the handler's input
	Checkpoint json.RawMessage // the handler's own notes, for a successor; nil at first
	Cancel     bool            // somebody asked for the end
	Holder     string          // process that runs it, "" for none
	Lease      time.Time       // the holder's claim ends here unless renewed
}

// Identity is who the job acts for.
func (r Record) Identity() authz.Identity {
	return authz.Identity{User: r.User, Groups: r.Groups}
}
