package resources

import (
	"time"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// ObjectStatus is the status of an object in words: [tone, text]. Tones: ok, progress,
// warning, error, neutral.
type ObjectStatus [2]string

// ObjectRow names an object together with its kind and status.
type ObjectRow struct {
	Ref    kube.Ref     `json:"ref"`
	Kind   string       `json:"kind"`
	Status ObjectStatus `json:"status" doc:"[tone, text]"`
}

// ObjectDetail is one object as its page shows it.
type ObjectDetail struct {
	Ref             kube.Ref          `json:"ref"`
	Kind            kube.Kind         `json:"kind"`
	UID             string            `json:"uid"`
	ResourceVersion string            `json:"resourceVersion"`
	Status          ObjectStatus      `json:"status" doc:"[tone, text]"`
	Object          map[string]any    `json:"object" doc:"The object without managedFields; values of Secrets are null unless revealed"`
	Redacted        bool              `json:"redacted" doc:"Values of a Secret were taken out"`
	Conditions      []ObjectCondition `json:"conditions"`
	Can             map[string]bool   `json:"can" doc:"Verb or action → the caller may: get, update, patch, delete, scale, log, exec, portforward, restart, pause, resume, trigger, rollback, cordon, drain, evict, reveal"`
	Actions         []string          `json:"actions" doc:"What can be done with this kind of object in its present state, whoever asks"`
	Stale           *fleet.State      `json:"stale,omitempty" doc:"Present when the cluster is out of contact"`
}

// ObjectCondition is one entry of status.conditions, judged.
type ObjectCondition struct {
	Type    string     `json:"type"`
	Status  string     `json:"status" doc:"True, False or Unknown"`
	Tone    string     `json:"tone"`
	Reason  string     `json:"reason,omitempty"`
	Message string     `json:"message,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
}

// ObjectEvent is one event about an object.
type ObjectEvent struct {
	Type    string    `json:"type" doc:"Normal or Warning"`
	Reason  string    `json:"reason"`
	Message string    `json:"message"`
	Count   int64     `json:"count"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Source  string    `json:"source" doc:"Component, and node where there is one"`
	Object  kube.Ref  `json:"object"`

	container string // the container of the pod that it is about, "" for all
}

// ObjectEvents are the events about an object and what it owns, newest first.
type ObjectEvents struct {
	Events []ObjectEvent `json:"events"`
}

// OwnerNode is an object in the tree of owners.
type OwnerNode struct {
	ObjectRow
	Self     bool        `json:"self,omitempty" doc:"The object that was asked for"`
	Missing  bool        `json:"missing,omitempty" doc:"Named as an owner but not found, or not visible to the caller"`
	More     int         `json:"more,omitempty" doc:"Children left out"`
	Children []OwnerNode `json:"children"`
}

// RelatedGroup is all objects that stand in one relation to an object.
type RelatedGroup struct {
	Relation string      `json:"relation" doc:"pods, services, ingresses, configmaps, secrets, claims, volume, storageclass, node, serviceaccount, autoscalers, budgets, endpoints, policies, bindings, roles, namespace"`
	Refs     []ObjectRow `json:"refs"`
	Missing  []kube.Ref  `json:"missing,omitempty" doc:"Named by the object but not there, or not visible to the caller"`
	More     int         `json:"more,omitempty" doc:"Left out"`
}

// RelatedObjects are the objects around one.
type RelatedObjects struct {
	Groups []RelatedGroup `json:"groups"`
}

// SearchResult is one object found by its name.
type SearchResult struct {
	ObjectRow
	Score   int    `json:"score" doc:"Higher is nearer"`
	Matched string `json:"matched" doc:"Where the text was found: name, namespace, status"`
}

// SearchResults are the best matches in every cluster asked.
type SearchResults struct {
	Results    []SearchResult `json:"results"`
	Incomplete []string       `json:"incomplete" doc:"What could not be searched, and why"`
}
