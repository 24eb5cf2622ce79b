package resources

import (
	"context"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"kubemate.io/kubemate/internal/core/errs"
)

// hiddenNote opens the YAML of a Secret whose values were taken out.
const hiddenNote = "# The values of this Secret are hidden. A value of null stays as it is when you save.\n"

// yaml gives an object fresh from the cluster; out of contact, its last known state.
func (f *Feature) yaml(ctx context.Context, who caller, in *yamlInput) (*yamlOutput, error) {
	t, err := f.target(ctx, who, in.Ref())
	if err != nil {
		return nil, err
	}
	out := &yamlOutput{ContentType: "text/yaml; charset=utf-8"}
	obj, err := t.get(ctx)
	if kind := errs.KindOf(err); err != nil && (kind == errs.Unavailable || kind == errs.Timeout) {
		obj, err = f.lastKnown(ctx, who, t, out, err)
	}
	if err != nil {
		return nil, err
	}
	note := ""
	if !in.Reveal {
		hidden, changed := redacted(obj)
		if obj = hidden; changed {
			note = hiddenNote
		}
	}
	text, err := objectYAML(obj, in.ManagedFields)
	if err != nil {
		return nil, err
	}
	out.ETag = strconv.Quote(obj.GetResourceVersion())
	out.Body = []byte(note + text)
	return out, nil
}

func (f *Feature) lastKnown(ctx context.Context, who caller, t *target, out *yamlOutput, cause error) (*unstructured.Unstructured, error) {
	obj, state, err := f.fleet.Get(ctx, who.scope, t.ref)
	if err != nil {
		return nil, cause
	}
	out.Stale = state.Cause
	if out.Stale == "" {
		out.Stale = "the cluster does not answer"
	}
	return obj, nil
}

// objectYAML writes an object as YAML; nil gives "".
func objectYAML(obj *unstructured.Unstructured, managedFields bool) (string, error) {
	if obj == nil {
		return "", nil
	}
	content := obj.Object
	if !managedFields {
		content = withoutManagedFields(obj).Object
	}
	text, err := yaml.Marshal(content)
	return string(text), err
}

// withoutManagedFields gives obj itself, or a shallow copy of it without managedFields.
func withoutManagedFields(obj *unstructured.Unstructured) *unstructured.Unstructured {
	meta, ok := obj.Object["metadata"].(map[string]any)
	if !ok || meta["managedFields"] == nil {
		return obj
	}
	out := make(map[string]any, len(obj.Object))
	for k, v := range obj.Object {
		out[k] = v
	}
	slim := make(map[string]any, len(meta))
	for k, v := range meta {
		if k != "managedFields" {
			slim[k] = v
		}
	}
	out["metadata"] = slim
	return &unstructured.Unstructured{Object: out}
}

// pairYAML writes an object before and after a change, Secret values redacted.
func pairYAML(before, after *unstructured.Unstructured) (was, is string, err error) {
	before, after = redactedPair(before, after)
	if was, err = objectYAML(before, false); err != nil {
		return "", "", err
	}
	is, err = objectYAML(after, false)
	return was, is, err
}

func dryRun(on bool) []string {
	if on {
		return []string{metav1.DryRunAll}
	}
	return nil
}
