package resources

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// undo goes back to the pod template of an earlier revision.
func (f *Feature) undo(ctx context.Context, who caller, ref kube.Ref, req UndoRequest) (*UndoResult, error) {
	t, obj, err := f.act(ctx, who, ref, "rollback")
	if err != nil {
		return nil, err
	}
	if err := t.requirePatch(ctx, who); err != nil {
		return nil, err
	}
	if isPaused(t.kind, obj) {
		return nil, errs.New(errs.Unprocessable, "%s is paused, so nothing would be rolled out", t.ref).
			WithObject("%s", t.ref).WithHint("resume it first")
	}
	revisions, err := t.revisions(ctx, obj)
	if err != nil {
		return nil, err
	}
	aim, err := t.chooseRevision(revisions, req.ToRevision)
	if err != nil {
		return nil, err
	}
	after, err := t.writeTemplate(ctx, obj, aim, req.DryRun)
	if err != nil {
		return nil, err
	}
	out := &UndoResult{Ref: t.ref, Revision: aim.Revision, Warnings: t.warnings.take()}
	out.Before, out.After = templateOf(obj), templateOf(after)
	out.Changed = out.Before != out.After
	return out, nil
}

// chooseRevision finds the revision asked for; 0 means the newest that is not the present one.
func (t *target) chooseRevision(revisions []revision, number int64) (revision, error) {
	for _, r := range revisions {
		if (number == 0 && !r.Current) || (number != 0 && r.Revision == number) {
			return r, nil
		}
	}
	if number == 0 {
		return revision{}, errs.New(errs.Unprocessable, "%s has no earlier revision to go back to", t.ref).WithObject("%s", t.ref).
			WithHint("old revisions are kept up to spec.revisionHistoryLimit")
	}
	have := make([]int64, 0, len(revisions))
	for _, r := range revisions {
		have = append(have, r.Revision)
	}
	return revision{}, errs.New(errs.NotFound, "%s has no revision %d", t.ref, number).WithObject("%s", t.ref).
		WithHint("it has %v; older ones are kept up to spec.revisionHistoryLimit", have)
}

// writeTemplate puts a revision's pod template into the workload, as it stands now.
func (t *target) writeTemplate(ctx context.Context, obj *unstructured.Unstructured, aim revision, dry bool) (*unstructured.Unstructured, error) {
	operations := []map[string]any{
		{"op": "test", "path": "/metadata/uid", "value": string(obj.GetUID())},
		{"op": "replace", "path": "/spec/template", "value": aim.template},
	}
	if aim.Cause != "" && len(obj.GetAnnotations()) > 0 {
		operations = append(operations, map[string]any{
			"op": "add", "path": "/metadata/annotations/kubernetes.io~1change-cause", "value": aim.Cause,
		})
	}
	body, err := json.Marshal(operations)
	if err != nil {
		return nil, err
	}
	out, err := t.resource().Patch(ctx, t.ref.Name, types.JSONPatchType, body, metav1.PatchOptions{
		DryRun: dryRun(dry), FieldManager: fieldManager,
	})
	return out, kube.FromKube(err, t.ref)
}

func templateOf(obj *unstructured.Unstructured) string {
	template, _, err := unstructured.NestedMap(obj.Object, "spec", "template")
	if err != nil {
		return ""
	}
	return templateYAML(template)
}
