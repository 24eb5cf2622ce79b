package kube

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/validation/path"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kubemate.io/kubemate/internal/core/errs"
)

// Ref names one object in one cluster.
type Ref struct {
	Cluster   string `json:"cluster"`
	Resource  string `json:"resource" doc:"Plural and group: pods, deployments.apps"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// Check refuses a namespace or a name that no object can have because it cannot stand in the
// path of a request: "..", or one with a slash or a percent sign.
func (r Ref) Check() error {
	for what, part := range map[string]string{"namespace": r.Namespace, "name": r.Name} {
		if why := path.IsValidPathSegmentName(part); len(why) > 0 {
			return errs.New(errs.Invalid, "%.80q cannot be the %s of an object: it %s", part, what, why[0]).
				WithField(what, why[0]).WithHint("names are made of letters, digits, dashes and dots, some kinds allow colons too")
		}
	}
	return nil
}

// String names the object as a person would: "deployments.apps demo-bank/teller".
func (r Ref) String() string {
	if r.Namespace == "" {
		return r.Resource + " " + r.Name
	}
	return r.Resource + " " + r.Namespace + "/" + r.Name
}

// Kind is one kind that a cluster serves, at its preferred version.
type Kind struct {
	Resource   string   `json:"resource" doc:"Plural and group, the key of this kind everywhere: pods, deployments.apps"`
	Group      string   `json:"group"`
	Version    string   `json:"version"`
	Plural     string   `json:"plural"`
	Kind       string   `json:"kind"`
	Namespaced bool     `json:"namespaced"`
	Custom     bool     `json:"custom" doc:"Defined by a CustomResourceDefinition or an aggregated API"`
	Verbs      []string `json:"verbs"`
	ShortNames []string `json:"shortNames"`
	Categories []string `json:"categories"`
	// Subresources that the kind serves, without the plural: "scale", "status", "log".
	Subresources []string `json:"subresources"`
}

// GVR is the kind's address in the API.
func (k Kind) GVR() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: k.Group, Version: k.Version, Resource: k.Plural}
}

// GVK is the kind's type.
func (k Kind) GVK() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: k.Group, Version: k.Version, Kind: k.Kind}
}

// ResourceKey is the key of a plural in a group: "pods", "deployments.apps".
func ResourceKey(group, plural string) string {
	if group == "" {
		return plural
	}
	return plural + "." + group
}

// SplitResource is the inverse of ResourceKey.
func SplitResource(key string) (group, plural string) {
	plural, group, _ = strings.Cut(key, ".")
	return group, plural
}
