package resources

import (
	"time"

	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

// ApplyRequest creates or applies the documents of a YAML text.
type ApplyRequest struct {
	YAML      string `json:"yaml" maxLength:"2097152" doc:"One or more documents; at most 2 MiB"`
	Namespace string `json:"namespace,omitempty" doc:"For namespaced objects that name none; \"default\" if empty"`
	DryRun    bool   `json:"dryRun,omitempty" doc:"Check only"`
	Mode      string `json:"mode,omitempty" enum:"create,apply" default:"apply" doc:"create fails when an object exists; apply is a server-side apply"`
	Force     bool   `json:"force,omitempty" doc:"Take over fields that another manager owns"`
}

// ApplyResult is what became of one document.
type ApplyResult struct {
	Index    int              `json:"index" doc:"Position among the objects of the text, from 0"`
	Line     int              `json:"line" doc:"Line where the document begins, from 1"`
	Ref      kube.Ref         `json:"ref"`
	Kind     string           `json:"kind"`
	Action   string           `json:"action" enum:"created,configured,unchanged,failed,skipped" doc:"skipped: not written, because another document was refused"`
	Before   string           `json:"before,omitempty" doc:"YAML"`
	After    string           `json:"after,omitempty" doc:"YAML"`
	Warnings []string         `json:"warnings"`
	Problem  *httpapi.Problem `json:"problem,omitempty"`
}

// ApplyResults has one result per object, in the order of the text.
type ApplyResults struct {
	DryRun  bool          `json:"dryRun"`
	Failed  int           `json:"failed" doc:"Objects that were refused; if any was refused by the check, none was written"`
	Results []ApplyResult `json:"results"`
}

// EditRequest replaces an object by a YAML text.
type EditRequest struct {
	YAML            string `json:"yaml" maxLength:"2097152"`
	ResourceVersion string `json:"resourceVersion,omitempty" doc:"Version that the text was made from; defaults to the one in the text"`
	Original        string `json:"original,omitempty" maxLength:"2097152" doc:"The text before it was edited; with it, changes that others made elsewhere in the object stand, and only the same fields conflict"`
	DryRun          bool   `json:"dryRun,omitempty"`
	Force           bool   `json:"force,omitempty" doc:"Replace whatever is there now"`
}

// EditResult is an object before and after a change.
type EditResult struct {
	Ref             kube.Ref `json:"ref"`
	ResourceVersion string   `json:"resourceVersion"`
	Changed         bool     `json:"changed"`
	Before          string   `json:"before" doc:"YAML; values of Secrets redacted"`
	After           string   `json:"after" doc:"YAML; values of Secrets redacted"`
	Warnings        []string `json:"warnings"`
}

// PatchRequest changes parts of an object.
type PatchRequest struct {
	Type   string `json:"type,omitempty" enum:"merge,json,strategic" default:"merge"`
	Patch  any    `json:"patch" doc:"Object for merge and strategic, array of operations for json"`
	DryRun bool   `json:"dryRun,omitempty"`
}

// DeleteResult says what a delete left behind.
type DeleteResult struct {
	Ref        kube.Ref `json:"ref"`
	Phase      string   `json:"phase" enum:"deleted,deleting,checked" doc:"deleting: waits for finalizers, a grace period or dependents"`
	Finalizers []string `json:"finalizers" doc:"What it waits for"`
}

// ScaleRequest sets a number of replicas.
type ScaleRequest struct {
	Replicas int32 `json:"replicas" minimum:"0"`
	DryRun   bool  `json:"dryRun,omitempty"`
}

// ScaleResult is the number of replicas before and after.
type ScaleResult struct {
	Ref      kube.Ref `json:"ref"`
	Before   int32    `json:"before"`
	Replicas int32    `json:"replicas"`
	Warnings []string `json:"warnings" doc:"For instance that an autoscaler will set it again"`
}

// ActionResult is the outcome of restart, pause, resume, trigger, cordon and uncordon.
type ActionResult struct {
	Ref      kube.Ref  `json:"ref"`
	Changed  bool      `json:"changed" doc:"False when it was so already"`
	Message  string    `json:"message"`
	Created  *kube.Ref `json:"created,omitempty" doc:"The Job made by trigger"`
	Warnings []string  `json:"warnings"`
}

// Rollout is where the roll-out of a workload stands, and what can be gone back to.
type Rollout struct {
	Ref       kube.Ref          `json:"ref"`
	Status    RolloutStatus     `json:"status"`
	Revisions []RolloutRevision `json:"revisions" doc:"Newest first"`
}

// RolloutStatus is the progress of a roll-out.
type RolloutStatus struct {
	Phase     string `json:"phase" enum:"complete,progressing,failed,paused"`
	Message   string `json:"message"`
	Desired   int32  `json:"desired"`
	Updated   int32  `json:"updated"`
	Ready     int32  `json:"ready"`
	Available int32  `json:"available"`
}

// RolloutRevision is one state of a workload's pod template.
type RolloutRevision struct {
	Revision int64     `json:"revision"`
	Current  bool      `json:"current"`
	Created  time.Time `json:"created"`
	Cause    string    `json:"cause,omitempty" doc:"Annotation kubernetes.io/change-cause"`
	Images   []string  `json:"images"`
	Replicas int32     `json:"replicas" doc:"Pods of this revision (deployments only)"`
	Hash     string    `json:"hash"`
	Template string    `json:"template" doc:"YAML of the pod template"`
}

// UndoRequest goes back to an earlier revision.
type UndoRequest struct {
	ToRevision int64 `json:"toRevision,omitempty" minimum:"0" doc:"0 = the one before the present"`
	DryRun     bool  `json:"dryRun,omitempty"`
}

// UndoResult is the pod template before and after.
type UndoResult struct {
	Ref      kube.Ref `json:"ref"`
	Revision int64    `json:"revision" doc:"The revision that was gone back to"`
	Changed  bool     `json:"changed"`
	Before   string   `json:"before" doc:"YAML of the pod template"`
	After    string   `json:"after" doc:"YAML of the pod template"`
	Warnings []string `json:"warnings"`
}

// DrainRequest empties a node.
type DrainRequest struct {
	IgnoreDaemonSets   bool   `json:"ignoreDaemonSets,omitempty" doc:"Leave pods of DaemonSets where they are"`
	DeleteEmptyDirData bool   `json:"deleteEmptyDirData,omitempty" doc:"Evict pods although their emptyDir data is lost"`
	Force              bool   `json:"force,omitempty" doc:"Evict pods that no controller would make again"`
	GracePeriodSeconds *int64 `json:"gracePeriodSeconds,omitempty" minimum:"0" doc:"Instead of each pod's own"`
	TimeoutSeconds     int64  `json:"timeoutSeconds,omitempty" minimum:"0" maximum:"86400" doc:"0 = 3600"`
	DryRun             bool   `json:"dryRun,omitempty" doc:"Say what would happen"`
}

// BulkRequest does one thing to many objects.
type BulkRequest struct {
	Action  string       `json:"action" enum:"delete,restart,scale,pause,resume,cordon,uncordon,label,annotate"`
	Objects []BulkObject `json:"objects" minItems:"1" maxItems:"500"`
	Params  BulkParams   `json:"params,omitempty"`
}

// BulkObject names one object of the request's cluster.
type BulkObject struct {
	Resource  string `json:"resource"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	UID       string `json:"uid,omitempty" doc:"For delete: only if it is still this object"`
}

// BulkParams are the parameters of the actions; each uses its own.
type BulkParams struct {
	Replicas           *int32             `json:"replicas,omitempty" minimum:"0" doc:"scale"`
	Propagation        string             `json:"propagation,omitempty" enum:"Background,Foreground,Orphan" doc:"delete"`
	GracePeriodSeconds *int64             `json:"gracePeriodSeconds,omitempty" minimum:"0" doc:"delete"`
	Set                map[string]*string `json:"set,omitempty" doc:"label and annotate: key → value, null removes"`
	DryRun             bool               `json:"dryRun,omitempty"`
}

// BulkResult is the outcome for one object.
type BulkResult struct {
	Ref     kube.Ref         `json:"ref"`
	OK      bool             `json:"ok"`
	Message string           `json:"message,omitempty"`
	Problem *httpapi.Problem `json:"problem,omitempty"`
}

// BulkResults are in the order of the request.
type BulkResults struct {
	Failed  int          `json:"failed"`
	Results []BulkResult `json:"results"`
}
