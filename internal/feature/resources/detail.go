package resources

import (
	"context"
	"encoding/json"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// detail gives one object as its page shows it. Revealed Secrets come straight from the
// cluster under the caller's own name; everything else may come from the cache.
func (f *Feature) detail(ctx context.Context, who caller, ref kube.Ref, reveal bool) (*ObjectDetail, error) {
	t, err := f.target(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	var obj *unstructured.Unstructured
	var state fleet.State
	if reveal && isSecret(t.kind) {
		obj, err = t.get(ctx)
		state.Phase = phaseLive
	} else {
		obj, state, err = f.fleet.Get(ctx, who.scope, t.ref)
	}
	if err != nil {
		return nil, err
	}
	obj = withoutManagedFields(obj)
	hidden := false
	if !reveal {
		obj, hidden = redacted(obj)
	}
	can, err := f.can(ctx, who, t.kind, t.ref)
	if err != nil {
		return nil, err
	}
	out := &ObjectDetail{
		Ref: t.ref, Kind: t.kind, UID: string(obj.GetUID()), ResourceVersion: obj.GetResourceVersion(),
		Status: f.status(t.ref.Cluster, t.kind, obj), Object: obj.Object, Redacted: hidden,
		Conditions: conditionsOf(obj), Can: can, Actions: actionsOf(t.kind, obj),
	}
	if state.Phase == phaseStale {
		out.Stale = &state
	}
	return out, nil
}

// The phases of fleet.State.
const (
	phaseLive  = "live"
	phaseStale = "stale"
)

// Detail encodes what the page of an object shows, for live views.
func (f *Feature) Detail(ctx context.Context, scope *authz.Scope, ref kube.Ref) (json.RawMessage, string, error) {
	d, err := f.detail(ctx, caller{scope: scope, id: scope.Identity()}, ref, false)
	if err != nil {
		return nil, "", err
	}
	text, err := json.Marshal(d)
	return text, d.ResourceVersion, err
}

// status judges an object.
func (f *Feature) status(cluster string, kind kube.Kind, obj *unstructured.Unstructured) ObjectStatus {
	tone, words := f.fleet.Status(cluster, kind, obj)
	return ObjectStatus{tone, words}
}

// objects lists chosen objects that the caller may see.
func (f *Feature) objects(ctx context.Context, who caller, sel fleet.Selection) ([]*unstructured.Unstructured, error) {
	var out []*unstructured.Unstructured
	for obj, err := range f.fleet.Select(ctx, who.scope, sel) {
		if err != nil {
			return out, err
		}
		out = append(out, obj)
	}
	return out, nil
}
