package fleet

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// option changes the description of a field.
type option func(*field)

// The options of a field.
func wide(f *field)   { f.Wide = true }
func facet(f *field)  { f.Facet, f.Filterable = true, true }
func hidden(f *field) { f.hidden, f.Wide, f.Sortable = true, true, false }
func needs(resource string) option {
	return func(f *field) { f.needs = resource }
}

func newField(id string, t ColumnType, title string, get func(metav1.Object) value, opts []option) field {
	f := field{Column: Column{ID: id, Type: t, Title: title, Sortable: true, Filterable: true}, get: get}
	if t == TypeList || t == TypeLabels {
		f.Sortable = false
	}
	if t == TypeLabels {
		f.Filterable = false
	}
	for _, o := range opts {
		o(&f)
	}
	return f
}

// of makes a field whose cell f takes from an object of type T.
func of[T metav1.Object](id string, t ColumnType, title string, f func(T) value, opts ...option) field {
	return newField(id, t, title, func(o metav1.Object) value {
		typed, ok := o.(T)
		if !ok {
			return noValue()
		}
		return f(typed)
	}, opts)
}

// text makes a text field.
func text[T metav1.Object](id, title string, f func(T) string, opts ...option) field {
	return of(id, TypeText, title, func(o T) value { return textValue(f(o)) }, opts...)
}

// count makes a number field.
func count[T metav1.Object](id, title string, f func(T) int64, opts ...option) field {
	return of(id, TypeNumber, title, func(o T) value { return intValue(f(o)) }, opts...)
}

// list makes a list field.
func list[T metav1.Object](id, title string, f func(T) []string, opts ...option) field {
	return of(id, TypeList, title, func(o T) value { return listValue(f(o)) }, opts...)
}

// status makes the status field of a kind; there is one at most.
func status[T metav1.Object](f func(T) (tone, text string), opts ...option) field {
	return of("status", TypeStatus, "Status", func(o T) value { return statusValue(f(o)) }, append(opts, facet)...)
}

// derived makes a field that a join fills.
func derived(id string, t ColumnType, title string, opts ...option) field {
	return newField(id, t, title, nil, opts)
}

// The first fields of every kind, at these places.
const (
	nameField = iota
	namespaceField
	ownerField
	labelsField
	ageField
	baseFields
)

// base are the fields that every kind has.
func base() []field {
	return []field{
		nameField: newField("name", TypeText, "Name", func(o metav1.Object) value { return textValue(o.GetName()) }, nil),
		namespaceField: newField("namespace", TypeText, "Namespace",
			func(o metav1.Object) value { return textValue(o.GetNamespace()) }, []option{facet}),
		ownerField: newField("ownerUid", TypeText, "Owner UID",
			func(o metav1.Object) value { return textValue(ownerUID(o)) }, []option{hidden}),
		labelsField: newField("labels", TypeLabels, "Labels",
			func(o metav1.Object) value { return labelsValue(o.GetLabels()) }, []option{wide}),
		ageField: newField("age", TypeTime, "Age",
			func(o metav1.Object) value { return timeValue(o.GetCreationTimestamp()) }, nil),
	}
}

// owner is the controller of an object, else its first owner, else nil.
func owner(o metav1.Object) *metav1.OwnerReference {
	refs := o.GetOwnerReferences()
	for i := range refs {
		if refs[i].Controller != nil && *refs[i].Controller {
			return &refs[i]
		}
	}
	if len(refs) > 0 {
		return &refs[0]
	}
	return nil
}

func ownerUID(o metav1.Object) string {
	if ref := owner(o); ref != nil {
		return string(ref.UID)
	}
	return ""
}

// controlledBy is the wide column "ReplicaSet/teller-5d4f".
func controlledBy() field {
	return newField("controlledBy", TypeText, "Controlled by", func(o metav1.Object) value {
		if ref := owner(o); ref != nil {
			return textValue(ref.Kind + "/" + ref.Name)
		}
		return noValue()
	}, []option{wide})
}
