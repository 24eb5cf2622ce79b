package resources

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/kube"
)

// can answers every question that the page of an object asks, by the rules of its cluster.
func (f *Feature) can(ctx context.Context, who caller, kind kube.Kind, ref kube.Ref) (map[string]bool, error) {
	out := map[string]bool{}
	ask := func(name, verb, subresource string) error {
		ok, err := who.scope.Allowed(ctx, ref.Cluster, authz.Attributes{
			Verb: verb, Group: kind.Group, Resource: kind.Plural, Subresource: subresource,
			Namespace: ref.Namespace, Name: ref.Name,
		})
		out[name] = ok
		return err
	}
	questions := []struct{ name, verb, subresource string }{
		{"get", "get", ""},
		{"update", "update", ""},
		{"patch", "patch", ""},
		{"delete", "delete", ""},
	}
	if slices.Contains(kind.Subresources, "scale") {
		questions = append(questions, struct{ name, verb, subresource string }{"scale", "patch", "scale"})
	}
	if kind.Resource == "pods" {
		questions = append(questions, []struct{ name, verb, subresource string }{
			{"log", "get", "log"},
			{"exec", "create", "exec"},
			{"portforward", "create", "portforward"},
			{"evict", "create", "eviction"},
		}...)
	}
	for _, q := range questions {
		if err := ask(q.name, q.verb, q.subresource); err != nil {
			return nil, err
		}
	}
	return out, f.canDo(ctx, who, kind, ref, out)
}

// canDo answers for actions that need other rights than a verb on the object.
func (f *Feature) canDo(ctx context.Context, who caller, kind kube.Kind, ref kube.Ref, out map[string]bool) error {
	elsewhere := func(name string, a authz.Attributes) error {
		ok, err := who.scope.Allowed(ctx, ref.Cluster, a)
		out[name] = ok
		return err
	}
	for _, action := range kindActions(kind) {
		switch action {
		case "restart", "pause", "resume", "rollback", "cordon", "uncordon":
			out[action] = out["patch"]
		case "trigger":
			if err := elsewhere(action, authz.Attributes{Verb: "create", Group: "batch", Resource: "jobs", Namespace: ref.Namespace}); err != nil {
				return err
			}
		case "drain":
			if err := elsewhere(action, authz.Attributes{Verb: "create", Resource: "pods", Subresource: "eviction"}); err != nil {
				return err
			}
			out[action] = out[action] && out["patch"]
		case "logs", "exec", "portforward":
			if kind.Resource == "pods" {
				continue
			}
			verb, sub := "create", action
			if action == "logs" {
				verb, sub = "get", "log"
			}
			if err := elsewhere(podRight(action), authz.Attributes{Verb: verb, Resource: "pods", Subresource: sub, Namespace: ref.Namespace}); err != nil {
				return err
			}
		}
	}
	if isSecret(kind) {
		out["reveal"] = out["get"]
	}
	return nil
}

func podRight(action string) string {
	if action == "logs" {
		return "log"
	}
	return action
}

// kindActions lists what can be done with objects of a kind beside reading, editing and deleting.
func kindActions(kind kube.Kind) []string {
	var out []string
	if slices.Contains(kind.Subresources, "scale") {
		out = append(out, "scale")
	}
	switch kind.Resource {
	case "deployments.apps":
		out = append(out, "restart", "rollback", "pause", "resume", "logs", "exec", "portforward")
	case "statefulsets.apps", "daemonsets.apps":
		out = append(out, "restart", "rollback", "logs", "exec", "portforward")
	case "replicasets.apps", "replicationcontrollers":
		out = append(out, "logs", "exec", "portforward")
	case "jobs.batch":
		out = append(out, "pause", "resume", "logs", "exec")
	case "cronjobs.batch":
		out = append(out, "trigger", "pause", "resume", "logs")
	case "pods":
		out = append(out, "logs", "exec", "portforward", "evict")
	case "services":
		out = append(out, "logs", "portforward")
	case "nodes":
		out = append(out, "cordon", "uncordon", "drain")
	}
	return out
}

// actionsOf is kindActions without what makes no sense in the object's present state.
func actionsOf(kind kube.Kind, obj *unstructured.Unstructured) []string {
	held := isPaused(kind, obj)
	out := make([]string, 0, 8)
	for _, a := range kindActions(kind) {
		switch {
		case (a == "pause" || a == "cordon") && held:
		case (a == "resume" || a == "uncordon") && !held:
		case a == "restart" && held && kind.Resource == "deployments.apps":
		default:
			out = append(out, a)
		}
	}
	return out
}

// isPaused says that a deployment is paused, a job suspended, or a node cordoned.
func isPaused(kind kube.Kind, obj *unstructured.Unstructured) bool {
	field, ok := pauseField[kind.Resource]
	if !ok {
		return false
	}
	v, _, _ := unstructured.NestedBool(obj.Object, "spec", field)
	return v
}

// pauseField is the member of spec that holds an object of the kind back.
var pauseField = map[string]string{
	"deployments.apps": "paused", "jobs.batch": "suspend", "cronjobs.batch": "suspend", "nodes": "unschedulable",
}
