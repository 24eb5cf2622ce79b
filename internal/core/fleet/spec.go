package fleet

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"kubemate.io/kubemate/internal/core/kube"
)

// form is how objects of a kind come from the API server.
type form int

const (
	formJSON  form = iota // *unstructured.Unstructured
	formTyped             // a type of client-go's scheme, by protobuf
	formTable             // metadata and printed cells only: values never leave the API server
)

// spec says how one kind is watched and which columns it has.
type spec struct {
	form    form
	full    bool // the whole object is kept, else its metadata
	version string
	own     []field // beside the base fields
	trim    func(o metav1.Object)
}

// fields gives all fields of the kind: the base ones at their fixed places, then its own.
func (sp spec) fields(kind kube.Kind) []field {
	all := base()
	if !kind.Namespaced {
		hidden(&all[namespaceField])
		all[namespaceField].Facet, all[namespaceField].Filterable = false, false
	}
	return append(all, append(sp.own, controlledBy())...)
}

// display is the order in which the columns of a store are shown.
func (s *store) display() []int {
	out := []int{nameField}
	if s.kind.Namespaced {
		out = append(out, namespaceField)
	}
	add := func(wide bool) {
		for i := baseFields; i < len(s.fields); i++ {
			if s.fields[i].Wide == wide && !s.fields[i].hidden {
				out = append(out, i)
			}
		}
	}
	add(false)
	out = append(out, ageField)
	add(true)
	return append(out, labelsField)
}

// builtin gives the spec of a kind that Kubemate knows; ok is false for the others.
func builtin(resource string) (sp spec, ok bool) {
	own, ok := builtinFields[resource]
	if !ok {
		return spec{}, false
	}
	sp = spec{form: formTyped, full: true, version: own.version, own: own.fields()}
	switch resource {
	case "secrets":
		sp.form, sp.full = formTable, false
	case "configmaps":
		sp.full, sp.trim = false, trimConfigMap
	case "customresourcedefinitions.apiextensions.k8s.io", "apiservices.apiregistration.k8s.io":
		sp.form = formJSON
	}
	return sp, true
}

// known is an entry of the table of kinds with columns of their own.
type known struct {
	version string // the API version that the fields are written for
	fields  func() []field
}

// specFor chooses how to watch a kind. printers are the printer columns of a custom kind.
func specFor(kind kube.Kind, printers []field) spec {
	if sp, ok := builtin(kind.Resource); ok && sp.version == kind.Version {
		return sp
	}
	if scheme.Scheme.Recognizes(kind.GVK()) {
		return spec{form: formTyped, full: true}
	}
	return spec{form: formJSON, full: true, own: printers}
}
