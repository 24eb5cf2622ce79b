package resources

import (
	"context"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// restartedAt is the annotation of a pod template by which kubectl restarts, too.
const restartedAt = "kubectl.kubernetes.io/restartedAt"

// act finds the object of an action, and refuses the action for other kinds.
func (f *Feature) act(ctx context.Context, who caller, ref kube.Ref, action string) (*target, *unstructured.Unstructured, error) {
	t, err := f.target(ctx, who, ref)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(kindActions(t.kind), action) {
		return nil, nil, errs.New(errs.Invalid, "%s: %s is not possible for this kind", t.ref, action).
			WithObject("%s", t.ref).WithHint("%s", actionHint(action))
	}
	obj, err := t.get(ctx)
	return t, obj, err
}

func actionHint(action string) string {
	switch action {
	case "restart":
		return "deployments, statefulsets and daemonsets can be restarted; a pod of one of these can be deleted instead"
	case "pause", "resume":
		return "deployments can be paused, jobs and cron jobs suspended"
	case "trigger":
		return "only cron jobs can be triggered"
	case "rollback":
		return "deployments, statefulsets and daemonsets have a history"
	default:
		return "this is for nodes"
	}
}

// restart rolls a workload out anew by a new annotation of its pod template.
func (f *Feature) restart(ctx context.Context, who caller, ref kube.Ref) (*ActionResult, error) {
	t, obj, err := f.act(ctx, who, ref, "restart")
	if err != nil {
		return nil, err
	}
	if err := t.requirePatch(ctx, who); err != nil {
		return nil, err
	}
	if isPaused(t.kind, obj) {
		return nil, errs.New(errs.Unprocessable, "%s is paused, so a restart would wait", t.ref).
			WithObject("%s", t.ref).WithHint("resume it first")
	}
	at := f.clock.Now().UTC().Format(time.RFC3339Nano)
	_, err = t.mergePatch(ctx, false, map[string]any{"spec": map[string]any{"template": map[string]any{
		"metadata": map[string]any{"annotations": map[string]any{restartedAt: at}},
	}}})
	if err != nil {
		return nil, err
	}
	out := t.done(true, "restarted: its pods are being replaced")
	if updateStrategy(obj) == "OnDelete" {
		out.Warnings = append(out.Warnings, "its update strategy is OnDelete: pods are replaced only when you delete them")
	}
	return out, nil
}

// requirePatch refuses one who may not change the object before it is judged whether the
// change makes sense.
func (t *target) requirePatch(ctx context.Context, who caller) error {
	return who.scope.Require(ctx, t.ref.Cluster, authz.Attributes{
		Verb: "patch", Group: t.kind.Group, Resource: t.kind.Plural, Namespace: t.ref.Namespace, Name: t.ref.Name,
	})
}

func updateStrategy(obj *unstructured.Unstructured) string {
	kind, _, _ := unstructured.NestedString(obj.Object, "spec", "updateStrategy", "type")
	return kind
}

func (t *target) done(changed bool, message string) *ActionResult {
	return &ActionResult{Ref: t.ref, Changed: changed, Message: message, Warnings: t.warnings.take()}
}

// pause holds a deployment's roll-outs, or suspends a job.
func (f *Feature) pause(ctx context.Context, who caller, ref kube.Ref) (*ActionResult, error) {
	return f.hold(ctx, who, ref, "pause", true)
}

// resume lets a paused or suspended object go on.
func (f *Feature) resume(ctx context.Context, who caller, ref kube.Ref) (*ActionResult, error) {
	return f.hold(ctx, who, ref, "resume", false)
}

// cordon lets no new pod onto a node.
func (f *Feature) cordon(ctx context.Context, who caller, ref kube.Ref) (*ActionResult, error) {
	return f.hold(ctx, who, ref, "cordon", true)
}

// uncordon lets pods onto a node again.
func (f *Feature) uncordon(ctx context.Context, who caller, ref kube.Ref) (*ActionResult, error) {
	return f.hold(ctx, who, ref, "uncordon", false)
}

// hold sets the member of spec that holds an object back.
func (f *Feature) hold(ctx context.Context, who caller, ref kube.Ref, action string, on bool) (*ActionResult, error) {
	t, obj, err := f.act(ctx, who, ref, action)
	if err != nil {
		return nil, err
	}
	if err := t.requirePatch(ctx, who); err != nil {
		return nil, err
	}
	words := holdWords[pauseField[t.kind.Resource]]
	state := words[0]
	if on {
		state = words[1]
	}
	if isPaused(t.kind, obj) == on {
		return t.done(false, "it is "+state+" already"), nil
	}
	if _, err := t.mergePatch(ctx, false, map[string]any{"spec": map[string]any{pauseField[t.kind.Resource]: on}}); err != nil {
		return nil, err
	}
	return t.done(true, "it is "+state+" now"), nil
}

// holdWords say off and on of each member.
var holdWords = map[string][2]string{
	"paused": {"rolling out", "paused"}, "suspend": {"active", "suspended"}, "unschedulable": {"schedulable", "cordoned"},
}
