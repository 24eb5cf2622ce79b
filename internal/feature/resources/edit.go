package resources

import (
	"context"
	"encoding/json"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// editTries bounds how often a forced edit is tried against others who write.
const editTries = 5

// edit replaces an object by a text. A text made from an older version is refused with the
// present state, so that nobody's edit is lost.
func (f *Feature) edit(ctx context.Context, who caller, ref kube.Ref, req EditRequest) (*EditResult, error) {
	doc, err := parseOne(req.YAML)
	if err != nil {
		return nil, err
	}
	t, err := f.target(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	if err := t.checkSame(doc); err != nil {
		return nil, err
	}
	version := orDefault(req.ResourceVersion, doc.object.GetResourceVersion())
	if version == "" && !req.Force {
		return nil, errs.New(errs.Invalid, "neither the request nor the text names a resourceVersion").
			WithField("resourceVersion", "missing").WithHint("send the resourceVersion that the text was made from, or force")
	}
	base, err := originalOf(req.Original, t)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		out, err := t.replace(ctx, doc, base, version, req)
		if isKind(err, errs.Conflict) && (req.Force || base != nil) && try < editTries && !carriesPresent(err) {
			continue
		}
		return out, err
	}
}

// checkSame refuses a text that is about another object than the address.
func (t *target) checkSame(doc *document) error {
	obj := doc.object
	gvk := obj.GroupVersionKind()
	switch {
	case gvk.Kind != t.kind.Kind || gvk.Group != t.kind.Group:
		return doc.wrong("kind", "the text is a %s of %s, but %s is edited", gvk.Kind, obj.GetAPIVersion(), t.ref).
			WithHint("kind and API group of an object can't be changed: create a new one")
	case obj.GetName() != t.ref.Name:
		return doc.wrong("metadata.name", "the text names %q, but %s is edited", obj.GetName(), t.ref).
			WithHint("an object can't be renamed: create a new one and delete this one")
	case obj.GetNamespace() != t.ref.Namespace && obj.GetNamespace() != "":
		return doc.wrong("metadata.namespace", "the text names %q, but %s is edited", obj.GetNamespace(), t.ref).
			WithHint("an object can't be moved: create a new one and delete this one")
	}
	obj.SetNamespace(t.ref.Namespace)
	t.kind.Version = gvk.Version
	return nil
}

// replace writes the text over the present state, if that still is of the given version, or
// if what changed since does not touch what was edited.
func (t *target) replace(ctx context.Context, doc *document, base map[string]any, version string, req EditRequest) (*EditResult, error) {
	before, err := t.get(ctx)
	if err != nil {
		return nil, err
	}
	obj := doc.object.DeepCopy()
	if !req.Force && before.GetResourceVersion() != version {
		if obj, err = mergeEdit(base, obj, before); err != nil {
			return nil, err
		}
		if obj == nil {
			return nil, t.conflict(before)
		}
	}
	obj.SetResourceVersion(before.GetResourceVersion())
	obj.SetManagedFields(nil)
	keepHidden(obj, before)
	if key := nullSecretKey(obj); key != "" {
		return nil, doc.wrong("data."+key, "the value is empty").WithHint("give a value, or remove the key")
	}
	after, err := t.resource().Update(ctx, obj, metav1.UpdateOptions{
		DryRun: dryRun(req.DryRun), FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict,
	})
	if err = kube.FromKube(err, t.ref); isKind(err, errs.Conflict) && !req.Force && base == nil {
		if now, readErr := t.get(ctx); readErr == nil && now.GetResourceVersion() != before.GetResourceVersion() {
			return nil, t.conflict(now)
		}
	}
	if err != nil {
		return nil, doc.locate(err)
	}
	return t.changed(before, after)
}

// conflict is the refusal of a text made from an older version; it carries the present state.
func (t *target) conflict(now *unstructured.Unstructured) error {
	shown, _ := redacted(now)
	text, err := objectYAML(shown, false)
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "%s was changed by somebody else while it was edited", t.ref).
		WithObject("%s", t.ref).
		WithHint("compare your text with the present state, take over what you need, and save again").
		WithExtra("current", text).WithExtra("resourceVersion", now.GetResourceVersion())
}

// changed reports a change.
func (t *target) changed(before, after *unstructured.Unstructured) (*EditResult, error) {
	out := &EditResult{
		Ref: t.ref, ResourceVersion: after.GetResourceVersion(), Warnings: t.warnings.take(),
		Changed: before == nil || !sameContent(before, after),
	}
	var err error
	out.Before, out.After, err = pairYAML(before, after)
	return out, err
}

// patch changes parts of an object.
func (f *Feature) patch(ctx context.Context, who caller, ref kube.Ref, req PatchRequest) (*EditResult, error) {
	t, err := f.target(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	kind, err := t.patchType(req)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(req.Patch)
	if err != nil {
		return nil, errs.New(errs.Invalid, "the patch cannot be read").Wrap(err)
	}
	before, err := t.get(ctx)
	switch {
	case isKind(err, errs.Forbidden): // the caller may change, but not read
		before = nil
	case err != nil:
		return nil, err
	}
	after, err := t.resource().Patch(ctx, t.ref.Name, kind, body, metav1.PatchOptions{
		DryRun: dryRun(req.DryRun), FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict,
	})
	if err != nil {
		return nil, kube.FromKube(err, t.ref)
	}
	return t.changed(before, after)
}

func (t *target) patchType(req PatchRequest) (types.PatchType, error) {
	_, isObject := req.Patch.(map[string]any)
	_, isList := req.Patch.([]any)
	switch {
	case req.Type == "json" && !isList:
		return "", errs.New(errs.Invalid, "a patch of type json is an array of operations").WithField("patch", "not an array")
	case req.Type != "json" && !isObject:
		return "", errs.New(errs.Invalid, "a patch of type %s is an object", orDefault(req.Type, "merge")).WithField("patch", "not an object")
	case req.Type == "json":
		return types.JSONPatchType, nil
	case req.Type != "strategic":
		return types.MergePatchType, nil
	case t.kind.Custom:
		return "", errs.New(errs.Invalid, "%s is a custom kind and takes no strategic patch", t.kind.Resource).
			WithHint("use type merge or json")
	}
	return types.StrategicMergePatchType, nil
}

// mergePatch changes an object by a merge patch made here.
func (t *target) mergePatch(ctx context.Context, dry bool, patch map[string]any, subresources ...string) (*unstructured.Unstructured, error) {
	body, err := json.Marshal(patch)
	if err != nil {
		return nil, err
	}
	out, err := t.resource().Patch(ctx, t.ref.Name, types.MergePatchType, body, metav1.PatchOptions{
		DryRun: dryRun(dry), FieldManager: fieldManager,
	}, subresources...)
	return out, kube.FromKube(err, t.ref)
}

// isKind says that err is an error of a kind.
func isKind(err error, kind errs.Kind) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == kind
}
