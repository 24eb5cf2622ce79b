package resources

import (
	"context"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// eventLimit bounds the events of one answer.
const eventLimit = 500

// events lists what happened to an object and to what it owns, newest first.
func (f *Feature) events(ctx context.Context, who caller, ref kube.Ref) (*ObjectEvents, error) {
	obj, r, err := f.open(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	about := []*unstructured.Unstructured{obj}
	about = append(about, r.owned(obj, 2)...)
	out := r.eventsAbout(about...)
	if len(out) > eventLimit {
		out = out[:eventLimit]
	}
	return &ObjectEvents{Events: out}, nil
}

// open reads an object that the caller may get, and gives a reader of its cluster.
func (f *Feature) open(ctx context.Context, who caller, ref kube.Ref) (*unstructured.Unstructured, *reader, error) {
	t, err := f.target(ctx, who, ref)
	if err != nil {
		return nil, nil, err
	}
	obj, _, err := f.fleet.Get(ctx, who.scope, t.ref)
	if err != nil {
		return nil, nil, err
	}
	r, err := f.reader(ctx, who, ref.Cluster)
	return typed(t.kind, obj), r, err
}

// typed gives obj with apiVersion and kind, which caches may leave out.
func typed(kind kube.Kind, obj *unstructured.Unstructured) *unstructured.Unstructured {
	if obj.GetKind() != "" {
		return obj
	}
	out := obj.DeepCopy()
	out.SetGroupVersionKind(kind.GVK())
	return out
}

// eventsAbout lists the events about some objects of one namespace, newest first.
func (r *reader) eventsAbout(objects ...*unstructured.Unstructured) []ObjectEvent {
	if len(objects) == 0 {
		return []ObjectEvent{}
	}
	// Events about cluster-scoped objects stand in the namespace default.
	namespace := objects[0].GetNamespace()
	if namespace == "" {
		namespace = "default"
	}
	out := []ObjectEvent{}
	names := make([]string, len(objects))
	for i, o := range objects {
		names[i] = o.GetName()
	}
	for _, e := range r.choose(fleet.Selection{
		Resource: "events", Namespaces: oneNamespace(namespace), Filters: []fleet.Filter{{Column: "objectName", Op: "=", Values: names}},
	}) {
		for _, o := range objects {
			if isAbout(e, o) {
				out = append(out, r.event(e, o))
				break
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ObjectEvent) int { return b.Last.Compare(a.Last) })
	return out
}

// isAbout says that an event concerns this object, not an earlier one of the same name.
// The kubelet writes the name of a node where its uid belongs.
func isAbout(event, obj *unstructured.Unstructured) bool {
	about, _ := event.Object["involvedObject"].(map[string]any)
	if about == nil {
		about, _ = event.Object["regarding"].(map[string]any)
	}
	if text(about, "kind") != obj.GetKind() || text(about, "name") != obj.GetName() || text(about, "namespace") != obj.GetNamespace() {
		return false
	}
	uid := text(about, "uid")
	return uid == "" || uid == string(obj.GetUID()) || obj.GetKind() == "Node"
}

func (r *reader) event(e, about *unstructured.Unstructured) ObjectEvent {
	out := ObjectEvent{
		Type: text(e.Object, "type"), Reason: text(e.Object, "reason"), Message: strings.TrimSpace(text(e.Object, "message")),
		Count: 1, Object: r.ref(about), Source: eventSource(e), container: eventContainer(e),
	}
	if out.Message == "" {
		out.Message = text(e.Object, "note")
	}
	series, _ := e.Object["series"].(map[string]any)
	for _, n := range []any{e.Object["count"], series["count"]} {
		if c, ok := n.(int64); ok && c > out.Count {
			out.Count = c
		}
	}
	created := e.GetCreationTimestamp().Time
	out.First, out.Last = timeOr(firstTime(e.Object, "firstTimestamp", "eventTime"), created), created
	for _, t := range []*time.Time{
		firstTime(e.Object, "lastTimestamp", "eventTime"), firstTime(series, "lastObservedTime"),
	} {
		if t != nil && t.After(out.Last) {
			out.Last = *t
		}
	}
	if out.Last.Before(out.First) {
		out.Last = out.First
	}
	return out
}

func timeOr(t *time.Time, other time.Time) time.Time {
	if t == nil {
		return other
	}
	return *t
}

func eventSource(e *unstructured.Unstructured) string {
	component, host := text(e.Object, "reportingComponent"), text(e.Object, "reportingInstance")
	if source, ok := e.Object["source"].(map[string]any); ok && text(source, "component") != "" {
		component, host = text(source, "component"), text(source, "host")
	}
	if host != "" && !strings.HasPrefix(host, component) {
		return component + ", " + host
	}
	return component
}

// eventContainer reads the container out of a field path such as spec.containers{app}.
func eventContainer(e *unstructured.Unstructured) string {
	path, _, _ := unstructured.NestedString(e.Object, "involvedObject", "fieldPath")
	_, name, _ := strings.Cut(path, "{")
	return strings.TrimSuffix(name, "}")
}
