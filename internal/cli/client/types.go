package client

import (
	"time"

	"kubemate.io/kubemate/internal/core/kube"
)

// The answers of the API that no package of the server names for clients. Only the members
// that the command line shows are read.

// Session is who is signed in.
type Session struct {
	User struct {
		Name            string   `json:"name"`
		DisplayName     string   `json:"displayName"`
		Email           string   `json:"email"`
		Groups          []string `json:"groups"`
		MustSetPassword bool     `json:"mustSetPassword"`
	} `json:"user"`
	Token   string    `json:"token,omitempty"`
	Expires time.Time `json:"expires"`
	Via     string    `json:"via"`
	Version string    `json:"version"`
}

// Kinds are the kinds of a cluster that the caller may use.
type Kinds struct {
	Kinds      []Kind   `json:"kinds"`
	Incomplete []string `json:"incomplete"`
}

// Kind is one kind with what can be done with it.
type Kind struct {
	kube.Kind
	Can     []string `json:"can"`
	Actions []string `json:"actions"`
	Columns []struct {
		ID   string `json:"id"`
		Wide bool   `json:"wide"`
	} `json:"columns"`
}

// Clusters are the clusters that the caller may see.
type Clusters struct {
	Clusters []Cluster `json:"clusters"`
}

// Cluster is one cluster; CPU in millicores, memory in bytes.
type Cluster struct {
	Name        string      `json:"name"`
	DisplayName string      `json:"displayName"`
	Health      kube.Health `json:"health"`
	Nodes       struct {
		Ready int `json:"ready"`
		Total int `json:"total"`
	} `json:"nodes"`
	Pods struct {
		Running int `json:"running"`
		Total   int `json:"total"`
	} `json:"pods"`
	CPU       Usage  `json:"cpu"`
	Memory    Usage  `json:"memory"`
	Version   string `json:"version"`
	Simulated bool   `json:"simulated"`
}

// Usage is how much of a resource there is, is requested and is used; Used is nil when unknown.
type Usage struct {
	Capacity  float64  `json:"capacity"`
	Requested float64  `json:"requested"`
	Used      *float64 `json:"used"`
}

// Namespaces are the namespaces that the caller may see.
type Namespaces struct {
	Namespaces []struct {
		Name  string `json:"name"`
		Phase string `json:"phase"`
	} `json:"namespaces"`
}

// Question asks whether the caller may do something.
type Question struct {
	Verb        string `json:"verb"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	Name        string `json:"name,omitempty"`
}

// Answers are in the order of the questions.
type Answers struct {
	Answers []struct {
		Allowed bool   `json:"allowed"`
		Reason  string `json:"reason"`
	} `json:"answers"`
}

// User is an account.
type User struct {
	Name        string     `json:"name"`
	DisplayName string     `json:"displayName"`
	Email       string     `json:"email"`
	Groups      []string   `json:"groups"`
	Disabled    bool       `json:"disabled"`
	LastSignIn  *time.Time `json:"lastSignIn"`
	Created     *time.Time `json:"created"`
}

// Users are all accounts.
type Users struct {
	Users []User `json:"users"`
}

// CreatedUser is a new account with the link that lets its user in the first time.
type CreatedUser struct {
	User User  `json:"user"`
	Link *Link `json:"link"`
}

// Link is a one-time sign-in link.
type Link struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires"`
}
