package clusters

import (
	"context"
	"fmt"
	"sort"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

const atMost = 20 // problems, and warnings, of an overview

// counted are the kinds of an overview, in its order; those after the first two have namespaces.
var counted = []string{
	"nodes", "namespaces", "pods", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch",
	"services", "ingresses.networking.k8s.io", "persistentvolumeclaims", "configmaps", "secrets",
	"horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy",
}

// troubled are the kinds whose bad states are problems. ReplicaSets are left out: their
// Deployment shows the same.
var troubled = []string{
	"nodes", "pods", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch",
	"persistentvolumeclaims", "persistentvolumes", "horizontalpodautoscalers.autoscaling",
}

func (f *Feature) overview(ctx context.Context, scope *authz.Scope, c kube.Cluster, namespace string) (*Overview, error) {
	out := &Overview{Counts: []KindCount{}, Problems: []Trouble{}, Warnings: []Warning{}}
	o := &overview{feature: f, scope: scope, cluster: c, namespace: namespace, out: out}
	for _, step := range []func(context.Context) error{o.count, o.capacity, o.problems, o.warnings} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// overview collects an Overview step by step.
type overview struct {
	feature   *Feature
	scope     *authz.Scope
	cluster   kube.Cluster
	namespace string
	out       *Overview
}

// query asks for a kind in the namespace; ok is false for a kind that has none while one is asked for.
func (o *overview) query(ctx context.Context, resource string) (q fleet.Query, kind kube.Kind, ok bool, err error) {
	kind, err = o.cluster.Kind(ctx, resource)
	if hidden(err) {
		return q, kind, false, nil
	}
	if err != nil {
		return q, kind, false, err
	}
	q = fleet.Query{Cluster: o.cluster.Name(), Resource: resource}
	if o.namespace != "" {
		q.Namespaces = []string{o.namespace}
	}
	return q, kind, o.namespace == "" || kind.Namespaced, nil
}

func (o *overview) count(ctx context.Context) error {
	for _, resource := range counted {
		q, kind, ok, err := o.query(ctx, resource)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		t, err := o.feature.fleet.Totals(ctx, o.scope, q)
		if hidden(err) {
			continue
		}
		if err != nil {
			return err
		}
		o.out.Counts = append(o.out.Counts, KindCount{Resource: kind.Resource, Kind: kind.Kind, Total: t.Total, ByTone: t.Tones})
		o.out.State = worse(o.out.State, t.State)
	}
	return nil
}

// worse is the less fresh of two states.
func worse(a, b fleet.State) fleet.State {
	rank := map[string]int{"": 0, "live": 1, "loading": 2, "stale": 3}
	if rank[b.Phase] > rank[a.Phase] {
		return b
	}
	return a
}

func (o *overview) capacity(ctx context.Context) error {
	taken, err := o.feature.taken(ctx, o.scope, o.cluster.Name(), o.namespace)
	if err != nil {
		return err
	}
	var s size
	if o.namespace == "" {
		if s, err = o.feature.size(ctx, o.scope, o.cluster.Name()); err != nil {
			return err
		}
	}
	capacity := &o.out.Capacity
	capacity.CPU = amount(s.nodes, "cpuAllocatable", "cpu", taken.pods, "cpuRequest")
	capacity.Memory = amount(s.nodes, "memoryAllocatable", "memory", taken.pods, "memoryRequest")
	if o.namespace != "" && taken.pods != nil { // a namespace has no nodes: its use is its pods'
		capacity.CPU.Used, capacity.Memory.Used = sum(taken.pods, "cpu"), sum(taken.pods, "memory")
	}
	if s.nodes != nil {
		capacity.Pods.Capacity = sum(s.nodes, "podsAllocatable")
	}
	if taken.pods != nil {
		n := float64(taken.pods.Total)
		capacity.Pods.Requested, capacity.Pods.Used = &n, &n
	}
	return nil
}

// problems takes the worst of each kind and of these the worst.
func (o *overview) problems(ctx context.Context) error {
	for _, resource := range troubled {
		q, kind, ok, err := o.query(ctx, resource)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		q.Sort, q.Desc, q.Limit = "status", true, atMost
		q.Columns = []string{"status", "age"}
		if resource == "pods" {
			q.Columns = append(q.Columns, "lastRestart", "restarts", "node")
		}
		page, err := o.feature.fleet.List(ctx, o.scope, q)
		if hidden(err) {
			continue
		}
		if err != nil {
			return err
		}
		for i := range page.Rows {
			if t, bad := trouble(o.cluster.Name(), kind, &page.Rows[i]); bad {
				o.out.Problems = append(o.out.Problems, t)
			}
		}
	}
	problems := o.out.Problems
	sort.SliceStable(problems, func(i, j int) bool {
		if problems[i].Tone != problems[j].Tone {
			return problems[i].Tone == "error"
		}
		return since(problems[i]) > since(problems[j])
	})
	o.out.Problems = problems[:min(len(problems), atMost)]
	return nil
}

func since(t Trouble) int64 {
	if t.Since == nil {
		return 0
	}
	return *t.Since
}

// trouble reads a row with the cells status, age and, of pods, lastRestart, restarts, node.
func trouble(cluster string, kind kube.Kind, row *fleet.Row) (t Trouble, bad bool) {
	tone, word := status(row.Cells[0])
	if tone != "error" && tone != "warning" {
		return t, false
	}
	t = Trouble{
		Ref:  kube.Ref{Cluster: cluster, Resource: kind.Resource, Namespace: row.Namespace, Name: row.Name},
		Kind: kind.Kind, Tone: tone, Status: word, Since: seconds(row.Cells[1]),
	}
	if len(row.Cells) < 5 {
		return t, true
	}
	if last := seconds(row.Cells[2]); last != nil {
		t.Since = last
	}
	if n, _ := row.Cells[3].(float64); n > 0 {
		t.Message = fmt.Sprintf("%d restarts", int(n))
	}
	if node, _ := row.Cells[4].(string); node != "" {
		if t.Message != "" {
			t.Message += ", "
		}
		t.Message += "on node " + node
	}
	return t, true
}

// status reads a cell [tone, text].
func status(cell any) (tone, text string) {
	pair, ok := cell.([]any)
	if !ok || len(pair) != 2 {
		return "", ""
	}
	tone, _ = pair[0].(string)
	text, _ = pair[1].(string)
	return tone, text
}

func seconds(cell any) *int64 {
	f, ok := cell.(float64)
	if !ok {
		return nil
	}
	n := int64(f)
	return &n
}

func (o *overview) warnings(ctx context.Context) error {
	q, _, ok, err := o.query(ctx, "events")
	if err != nil || !ok {
		return err
	}
	q.Sort, q.Desc, q.Limit = "lastSeen", true, atMost
	q.Filters = []fleet.Filter{{Column: "status", Op: "=", Values: []string{"Warning"}}}
	q.Columns = []string{"reason", "object", "message", "count", "lastSeen", "objectKind", "objectName"}
	page, err := o.feature.fleet.List(ctx, o.scope, q)
	if hidden(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range page.Rows {
		o.out.Warnings = append(o.out.Warnings, o.warning(ctx, &page.Rows[i]))
	}
	return nil
}

func (o *overview) warning(ctx context.Context, row *fleet.Row) Warning {
	text := func(i int) string { s, _ := row.Cells[i].(string); return s }
	n, _ := row.Cells[3].(float64)
	w := Warning{
		Namespace: row.Namespace, Reason: text(0), Object: text(1), Message: text(2),
		Count: int(n), LastSeen: seconds(row.Cells[4]),
	}
	kind, err := o.cluster.Kind(ctx, text(5))
	if err != nil {
		return w
	}
	w.Ref = &kube.Ref{Cluster: o.cluster.Name(), Resource: kind.Resource, Name: text(6)}
	if kind.Namespaced {
		w.Ref.Namespace = row.Namespace
	}
	return w
}
