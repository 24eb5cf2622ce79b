package resources

import (
	"encoding/json"
	"errors"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/mergepatch"

	"kubemate.io/kubemate/internal/core/errs"
)

// originalOf reads the text that an edit began with; nil when none was sent.
func originalOf(text string, t *target) (map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	doc, err := parseOne(text)
	if err != nil {
		return nil, errs.New(errs.Invalid, "the original text cannot be read: %s", errorText(err)).WithField("original", errorText(err))
	}
	if doc.object.GetName() != t.ref.Name {
		return nil, errs.New(errs.Invalid, "the original text is about %q, but %s is edited", doc.object.GetName(), t.ref).WithField("original", "another object")
	}
	doc.object.SetNamespace(t.ref.Namespace)
	return withoutBookkeeping(doc.object), nil
}

// mergeEdit carries what was edited since base over to the present state. It gives nil when
// others changed the same fields since, or when there is no base.
func mergeEdit(base map[string]any, edited, present *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	if base == nil {
		return nil, nil
	}
	own, err := mergePatchOf(base, withoutBookkeeping(edited))
	if err != nil {
		return nil, err
	}
	shown := present
	if isSecretObject(present) {
		if own["data"] != nil || own["stringData"] != nil {
			return nil, nil // the base may have hidden values, so it can't be told what others changed
		}
		shown, _ = redacted(present)
	}
	others, err := mergePatchOf(base, withoutBookkeeping(shown))
	if err != nil {
		return nil, err
	}
	if clash, err := mergepatch.HasConflicts(own, others); clash || err != nil {
		return nil, err
	}
	patch, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	document, err := present.MarshalJSON()
	if err != nil {
		return nil, err
	}
	merged, err := jsonpatch.MergePatch(document, patch)
	if err != nil {
		return nil, err
	}
	out := &unstructured.Unstructured{}
	err = out.UnmarshalJSON(merged)
	return out, err
}

func mergePatchOf(from, to map[string]any) (map[string]any, error) {
	a, err := json.Marshal(from)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(to)
	if err != nil {
		return nil, err
	}
	text, err := jsonpatch.CreateMergePatch(a, b)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	err = json.Unmarshal(text, &out)
	return out, err
}

// carriesPresent says that a conflict was found here, and shown with the present state.
func carriesPresent(err error) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Extra["current"] != nil
}
