package fleet

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// printed is an object as the API server prints it: its metadata and the cells of its
// table. It is the form of Secrets, whose values must not be fetched at all.
type printed struct {
	metav1.ObjectMeta
	cells map[string]string
}

func (p *printed) cell(name string) string { return p.cells[name] }

// tableAccept asks for the printed form.
const tableAccept = "application/json;as=Table;v=v1;g=meta.k8s.io"

// tableScheme knows the types of the printed form only.
func tableScheme() serializer.CodecFactory {
	s := runtime.NewScheme()
	metav1.AddToGroupVersion(s, schema.GroupVersion{Version: "v1"})
	_ = metav1.AddMetaToScheme(s) // fails only when a type is registered twice
	return serializer.NewCodecFactory(s)
}

// printedRows takes the rows out of a table. The names of the columns come with the first
// table of a list or watch only; columns keeps them.
func printedRows(t *metav1.Table, columns *[]string) ([]metav1.Object, error) {
	if len(t.ColumnDefinitions) > 0 {
		*columns = (*columns)[:0]
		for _, c := range t.ColumnDefinitions {
			*columns = append(*columns, c.Name)
		}
	}
	out := make([]metav1.Object, 0, len(t.Rows))
	for i := range t.Rows {
		var meta metav1.PartialObjectMetadata
		if err := json.Unmarshal(t.Rows[i].Object.Raw, &meta); err != nil {
			return nil, fmt.Errorf("read metadata of a table row: %w", err)
		}
		p := &printed{ObjectMeta: meta.ObjectMeta, cells: map[string]string{}}
		// kubectl apply keeps the whole object, values included, in this annotation.
		delete(p.Annotations, corev1.LastAppliedConfigAnnotation)
		for c, cell := range t.Rows[i].Cells {
			if c < len(*columns) {
				p.cells[(*columns)[c]] = fmt.Sprint(cell)
			}
		}
		out = append(out, p)
	}
	return out, nil
}
