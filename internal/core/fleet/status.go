package fleet

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"

	"kubemate.io/kubemate/internal/core/kube"
)

// Status judges an object as the column "status" of its kind does; neutral and "" for a
// kind that has none.
func (f *Fleet) Status(_ string, kind kube.Kind, object *unstructured.Unstructured) (tone, text string) {
	if kind.Custom {
		return genericStatus(object)
	}
	sp := specFor(kind, nil)
	for i := range sp.own {
		if sp.own[i].ID != "status" {
			continue
		}
		o, ok := typed(sp.form, kind, object)
		if !ok {
			return toneNeutral, ""
		}
		return splitStatus(sp.own[i].get(o).s)
	}
	return toneNeutral, ""
}

// typed gives an object in the form that the fields of its kind expect.
func typed(f form, kind kube.Kind, object *unstructured.Unstructured) (metav1.Object, bool) {
	if f != formTyped {
		return object, true
	}
	o, err := scheme.Scheme.New(kind.GVK())
	if err != nil || runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, o) != nil {
		return nil, false
	}
	m, ok := o.(metav1.Object)
	return m, ok
}
