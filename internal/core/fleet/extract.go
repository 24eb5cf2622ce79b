package fleet

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// extractor turns objects into records. It belongs to the one goroutine that feeds a store.
type extractor struct {
	store  *store
	spec   spec
	packer packer
}

// identify gives the key of an object in a store: its uid, or its name where an
// aggregated API serves objects without one.
func identify(o metav1.Object) (uid string, own bool) {
	if id := o.GetUID(); id != "" {
		return string(id), true
	}
	return o.GetNamespace() + "/" + o.GetName(), false
}

func versionOf(o metav1.Object) uint64 {
	n, err := strconv.ParseUint(o.GetResourceVersion(), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// record takes the cells of an object and packs its bytes. The object is changed.
func (x *extractor) record(o metav1.Object) (record, error) {
	r := record{version: versionOf(o), cells: make([]value, len(x.store.fields))}
	r.uid, r.real = identify(o)
	r.uid = strings.Clone(r.uid)
	for i := range x.store.fields {
		if get := x.store.fields[i].get; get != nil {
			r.cells[i] = get(o)
		}
	}
	o.SetManagedFields(nil)
	if x.spec.trim != nil {
		x.spec.trim(o)
	}
	plain, err := x.encode(o)
	if err != nil {
		return record{}, fmt.Errorf("encode %s %s/%s: %w", x.store.kind.Resource, o.GetNamespace(), o.GetName(), err)
	}
	r.blob = x.packer.pack(plain)
	return r, nil
}

func (x *extractor) encode(o metav1.Object) ([]byte, error) {
	switch o := o.(type) {
	case *unstructured.Unstructured:
		return json.Marshal(o.Object)
	case *printed:
		meta := metav1.PartialObjectMetadata{ObjectMeta: o.ObjectMeta}
		meta.SetGroupVersionKind(x.store.kind.GVK())
		return json.Marshal(&meta)
	case interface{ Marshal() ([]byte, error) }:
		return o.Marshal()
	}
	return nil, fmt.Errorf("cannot encode a %T", o)
}

// decode gives the object of a blob: typed for formTyped, else *unstructured.Unstructured.
func (s *store) decode(b blob, f form) (metav1.Object, error) {
	plain, err := b.bytes()
	if err != nil {
		return nil, err
	}
	if f != formTyped {
		u := &unstructured.Unstructured{}
		if err := u.UnmarshalJSON(plain); err != nil {
			return nil, fmt.Errorf("decode a cached object: %w", err)
		}
		return u, nil
	}
	o, err := scheme.Scheme.New(s.kind.GVK())
	if err != nil {
		return nil, fmt.Errorf("decode a cached object: %w", err)
	}
	typed, ok := o.(interface {
		metav1.Object
		Unmarshal([]byte) error
	})
	if !ok {
		return nil, fmt.Errorf("decode a cached object: %T has no protobuf form", o)
	}
	if err := typed.Unmarshal(plain); err != nil {
		return nil, fmt.Errorf("decode a cached object: %w", err)
	}
	o.GetObjectKind().SetGroupVersionKind(s.kind.GVK())
	return typed, nil
}

// generic gives any object as JSON-like data.
func generic(o metav1.Object) (*unstructured.Unstructured, error) {
	if u, ok := o.(*unstructured.Unstructured); ok {
		return u, nil
	}
	m, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return nil, fmt.Errorf("convert a cached object: %w", err)
	}
	return &unstructured.Unstructured{Object: m}, nil
}
