package clusters

import (
	"time"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// Cluster is one cluster as the caller may see it.
type Cluster struct {
	Name              string      `json:"name"`
	DisplayName       string      `json:"displayName"`
	Health            kube.Health `json:"health"`
	Version           string      `json:"version" doc:"Version of the API server, empty until it answered"`
	CertificateExpiry *time.Time  `json:"certificateExpiry" doc:"End of the API server's certificate; null if not known"`
	Simulated         bool        `json:"simulated" doc:"Some of its nodes are simulated"`
	Nodes             *NodeCount  `json:"nodes" doc:"null if the caller may not list nodes"`
	Pods              *PodCount   `json:"pods" doc:"Of the pods that the caller may list; null if none"`
	CPU               Amount      `json:"cpu" doc:"Millicores"`
	Memory            Amount      `json:"memory" doc:"Bytes"`
	State             fleet.State `json:"state" doc:"How fresh the numbers are"`
}

// ClusterDetail is one cluster with what only its page shows.
type ClusterDetail struct {
	Cluster
	APIServer  string      `json:"apiServer" doc:"Address of the API server"`
	Conditions []Condition `json:"conditions" doc:"What the platform knows about the cluster"`
}

// Condition is one statement about a cluster.
type Condition struct {
	Type    string `json:"type"`
	Tone    string `json:"tone" enum:"ok,progress,warning,error,neutral"`
	Message string `json:"message"`
}

// NodeCount counts nodes.
type NodeCount struct {
	Ready int `json:"ready"`
	Total int `json:"total"`
}

// PodCount counts pods.
type PodCount struct {
	Running int `json:"running"`
	Total   int `json:"total"`
}

// Amount is how much of a resource there is and how much of it is taken.
type Amount struct {
	Capacity  *float64 `json:"capacity" doc:"Allocatable on all nodes; null if the caller may not list nodes"`
	Requested *float64 `json:"requested" doc:"By the pods that the caller may list; null if none"`
	Used      *float64 `json:"used" doc:"Measured; null without metrics"`
}

// Overview is the first page of a cluster or of one namespace.
type Overview struct {
	Counts   []KindCount `json:"counts" doc:"Per kind that the caller may list"`
	Capacity Capacity    `json:"capacity"`
	Problems []Trouble   `json:"problems" doc:"Objects in a bad state, the worst first; at most 20"`
	Warnings []Warning   `json:"warnings" doc:"Latest events of type Warning; at most 20"`
	State    fleet.State `json:"state"`
}

// Capacity is size and use of a cluster, or use of a namespace.
type Capacity struct {
	CPU    Amount `json:"cpu" doc:"Millicores"`
	Memory Amount `json:"memory" doc:"Bytes"`
	Pods   Amount `json:"pods" doc:"requested and used both count the pods that hold resources"`
}

// KindCount counts the objects of one kind by how they are.
type KindCount struct {
	Resource string         `json:"resource"`
	Kind     string         `json:"kind"`
	Total    int            `json:"total"`
	ByTone   map[string]int `json:"byTone" doc:"ok, progress, warning, error, neutral → objects; empty for kinds without a status"`
}

// Trouble is one object in a bad state.
type Trouble struct {
	Ref     kube.Ref `json:"ref"`
	Kind    string   `json:"kind"`
	Tone    string   `json:"tone" enum:"warning,error"`
	Status  string   `json:"status" doc:"The word of the column status"`
	Message string   `json:"message" doc:"What is known beside it; may be empty"`
	Since   *int64   `json:"since" doc:"Unix seconds of the last restart or of the creation; null if not known"`
}

// Warning is one event.
type Warning struct {
	Namespace string    `json:"namespace,omitempty"`
	Reason    string    `json:"reason"`
	Object    string    `json:"object" doc:"Kind and name of the object concerned"`
	Ref       *kube.Ref `json:"ref" doc:"The object concerned, if its kind is known"`
	Message   string    `json:"message"`
	Count     int       `json:"count"`
	LastSeen  *int64    `json:"lastSeen" doc:"Unix seconds"`
}

// KindInfo is one kind with what the caller can do with it.
type KindInfo struct {
	kube.Kind
	Can     []string       `json:"can" doc:"Verbs that the caller has on at least one object of the kind"`
	Columns []fleet.Column `json:"columns" doc:"Columns of its table; empty if it is not cached yet or cannot be listed"`
	Actions []string       `json:"actions" doc:"What can be done beside editing: scale, restart, logs, drain, …"`
}

// Namespace is one namespace that the caller may enter.
type Namespace struct {
	Name  string `json:"name"`
	Phase string `json:"phase" doc:"Active or Terminating"`
}

// Question asks for one right.
type Question struct {
	Verb        string `json:"verb" minLength:"1" maxLength:"64"`
	Resource    string `json:"resource" minLength:"1" maxLength:"253" doc:"Resource key, for instance pods or deployments.apps"`
	Subresource string `json:"subresource,omitempty" maxLength:"63"`
	Namespace   string `json:"namespace,omitempty" maxLength:"253"`
	Name        string `json:"name,omitempty" maxLength:"253"`
}

// Answer is the answer to a Question.
type Answer struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason" doc:"Which rule allows it, or what is missing"`
}
