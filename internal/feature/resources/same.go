package resources

import (
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// sameContent says that two states of an object differ in bookkeeping only.
func sameContent(a, b *unstructured.Unstructured) bool {
	return equality.Semantic.DeepEqual(withoutBookkeeping(a), withoutBookkeeping(b))
}

func withoutBookkeeping(obj *unstructured.Unstructured) map[string]any {
	out := make(map[string]any, len(obj.Object))
	for k, v := range obj.Object {
		if k != "status" {
			out[k] = v
		}
	}
	if meta, ok := obj.Object["metadata"].(map[string]any); ok {
		slim := make(map[string]any, len(meta))
		for k, v := range meta {
			switch k {
			case "managedFields", "resourceVersion", "generation":
			default:
				slim[k] = v
			}
		}
		out["metadata"] = slim
	}
	return out
}

// nullSecretKey gives a key of a Secret without a value; "" when there is none.
func nullSecretKey(obj *unstructured.Unstructured) string {
	if !isSecretObject(obj) {
		return ""
	}
	values, _ := obj.Object["data"].(map[string]any)
	for _, key := range sortedKeys(values) {
		if values[key] == nil {
			return key
		}
	}
	return ""
}
