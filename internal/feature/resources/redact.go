package resources

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/kube"
)

// lastApplied is where kubectl keeps a copy of what was applied, Secret values included.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// isSecret says that the values of a kind are secret.
func isSecret(kind kube.Kind) bool { return kind.Group == "" && kind.Plural == "secrets" }

func isSecretObject(obj *unstructured.Unstructured) bool {
	return obj.GetKind() == "Secret" && obj.GroupVersionKind().Group == ""
}

// redacted gives a copy of a Secret with null for every value; other objects come back as
// they are. The second result says whether anything was taken out.
func redacted(obj *unstructured.Unstructured) (*unstructured.Unstructured, bool) {
	if obj == nil || !isSecretObject(obj) {
		return obj, false
	}
	out := obj.DeepCopy()
	changed := false
	for _, field := range []string{"data", "stringData"} {
		values, ok := out.Object[field].(map[string]any)
		if !ok {
			continue
		}
		for key := range values {
			values[key] = nil
			changed = true
		}
	}
	if notes := out.GetAnnotations(); notes[lastApplied] != "" {
		delete(notes, lastApplied)
		out.SetAnnotations(notes)
		changed = true
	}
	return out, changed
}

// redactedPair redacts an object before and after a change so that a reader sees which
// values changed, not what they are.
func redactedPair(before, after *unstructured.Unstructured) (*unstructured.Unstructured, *unstructured.Unstructured) {
	outBefore, _ := redacted(before)
	outAfter, _ := redacted(after)
	if after == nil || !isSecretObject(after) {
		return outBefore, outAfter
	}
	old := secretDigests(before)
	for key, digest := range secretDigests(after) {
		mark := "(hidden)"
		if was, ok := old[key]; ok && was != digest {
			mark = "(hidden, changed)"
		}
		setSecret(outAfter, key, mark)
	}
	for key := range old {
		setSecret(outBefore, key, "(hidden)")
	}
	return outBefore, outAfter
}

// secretDigests gives a digest of each value, by "field/key"; the values themselves are not kept.
func secretDigests(obj *unstructured.Unstructured) map[string]string {
	out := map[string]string{}
	if obj == nil {
		return out
	}
	for _, field := range []string{"data", "stringData"} {
		values, ok := obj.Object[field].(map[string]any)
		if !ok {
			continue
		}
		for key, v := range values {
			sum := sha256.Sum256(fmt.Append(nil, v))
			out[field+"/"+key] = hex.EncodeToString(sum[:])
		}
	}
	return out
}

func setSecret(obj *unstructured.Unstructured, path, mark string) {
	if obj == nil {
		return
	}
	for _, field := range []string{"data", "stringData"} {
		values, ok := obj.Object[field].(map[string]any)
		if !ok {
			continue
		}
		for key := range values {
			if field+"/"+key == path {
				values[key] = mark
			}
		}
	}
}

// keepSecretValues fills the nulls of an edited Secret from the present one: null is how a
// value that was not shown comes back unchanged.
func keepSecretValues(edited, present *unstructured.Unstructured) {
	if present == nil || !isSecretObject(edited) {
		return
	}
	values, ok := edited.Object["data"].(map[string]any)
	if !ok {
		return
	}
	have, _ := present.Object["data"].(map[string]any)
	for key, v := range values {
		if v == nil {
			if old, ok := have[key]; ok {
				values[key] = old
			}
		}
	}
}

// keepHidden fills in everything that a text of a Secret does not show: its values, and
// kubectl's copy of them.
func keepHidden(edited, present *unstructured.Unstructured) {
	keepSecretValues(edited, present)
	copied := present.GetAnnotations()[lastApplied]
	if copied == "" || !isSecretObject(edited) {
		return
	}
	notes := edited.GetAnnotations()
	if notes == nil {
		notes = map[string]string{}
	}
	notes[lastApplied] = copied
	edited.SetAnnotations(notes)
}
