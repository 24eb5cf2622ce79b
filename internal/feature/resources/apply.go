package resources

import (
	"context"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kubemate.io/kubemate/internal/core/kube"
)

// applyStep is one object on its way to the cluster.
type applyStep struct {
	*target
	doc       *document
	result    *ApplyResult
	before    *unstructured.Unstructured // nil when it did not exist, or may not be read
	dependent bool                       // its namespace or kind is made by another object of the text
	deferred  bool                       // dependent, and so it could not be checked beforehand
}

// apply creates or applies the objects of a text. Every object is checked by a server
// dry-run before the first is written; if one is refused, none is written.
func (f *Feature) apply(ctx context.Context, who caller, cluster string, req ApplyRequest) (*ApplyResults, error) {
	docs, err := parseDocuments(req.YAML)
	if err != nil {
		return nil, err
	}
	out := &ApplyResults{DryRun: req.DryRun, Results: make([]ApplyResult, len(docs))}
	steps, err := f.applySteps(ctx, who, cluster, req, docs, out)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		s.run(ctx, req, true)
	}
	out.count()
	if req.DryRun {
		return out, ctx.Err()
	}
	out.skipAll()
	if out.Failed > 0 {
		return out, ctx.Err()
	}
	for _, s := range inWriteOrder(steps) {
		s.run(ctx, req, false)
		if s.result.Action == actionFailed && s.provides() != "" {
			break // others may need it
		}
	}
	out.count()
	return out, ctx.Err()
}

// The actions of an ApplyResult.
const (
	actionCreated    = "created"
	actionConfigured = "configured"
	actionUnchanged  = "unchanged"
	actionFailed     = "failed"
	actionSkipped    = "skipped"
)

// applySteps finds kind and place of every object. What is wrong with one is its result.
func (f *Feature) applySteps(ctx context.Context, who caller, cluster string, req ApplyRequest, docs []*document, out *ApplyResults) ([]*applyStep, error) {
	c, err := f.clusters.Cluster(cluster)
	if err != nil {
		return nil, err
	}
	clients, err := c.As(who.id)
	if err != nil {
		return nil, err
	}
	kinds, err := c.Kinds(ctx)
	if err != nil && len(kinds) == 0 {
		return nil, err
	}
	var steps []*applyStep
	provided := map[string]bool{}
	for i, d := range docs {
		s := &applyStep{doc: d, result: &out.Results[i]}
		s.target = &target{cluster: c, clients: clients, warnings: &warnings{}, ref: kube.Ref{Cluster: cluster}}
		if s.dynamic, err = s.warnings.client(clients); err != nil {
			return nil, err
		}
		*s.result = ApplyResult{Index: i, Line: d.line, Kind: d.object.GetKind(), Action: actionSkipped, Warnings: []string{}}
		if err := s.settle(ctx, kinds, docs, req); err != nil {
			s.fail(ctx, err)
		}
		s.result.Ref = s.ref
		if p := s.provides(); p != "" {
			provided[p] = true
		}
		steps = append(steps, s)
	}
	for _, s := range steps {
		s.dependent = s.dependent || s.kind.Namespaced && provided[providedNamespace+s.ref.Namespace]
	}
	return steps, nil
}

// settle decides kind, namespace and name of a step.
func (s *applyStep) settle(ctx context.Context, kinds []kube.Kind, docs []*document, req ApplyRequest) error {
	obj := s.doc.object
	kind, ok := kindFor(kinds, obj)
	if !ok {
		if kind, ok = definedKind(docs, obj); !ok {
			return s.unknownKind(kinds)
		}
		s.dependent = true
	}
	s.kind = kind
	s.ref.Resource, s.ref.Name = kind.Resource, obj.GetName()
	if kind.Namespaced && obj.GetNamespace() == "" {
		obj.SetNamespace(orDefault(req.Namespace, "default"))
	}
	if !kind.Namespaced && obj.GetNamespace() != "" {
		return s.doc.wrong("metadata.namespace", "%s belong to no namespace", kind.Resource).WithHint("remove metadata.namespace")
	}
	s.ref.Namespace = obj.GetNamespace()
	if err := s.ref.Check(); err != nil {
		return err
	}
	if s.ref.Name == "" && req.Mode != modeCreate {
		return s.doc.wrong("metadata.generateName", "a generated name can only be created, not applied").
			WithHint("choose create, or give it a name")
	}
	obj.SetManagedFields(nil)
	return ctx.Err()
}

const modeCreate = "create"

// kindFor finds the kind of an object, at the version that the object names.
func kindFor(kinds []kube.Kind, obj *unstructured.Unstructured) (kube.Kind, bool) {
	gvk := obj.GroupVersionKind()
	for _, k := range kinds {
		if k.Kind == gvk.Kind && k.Group == gvk.Group {
			k.Version = gvk.Version
			return k, true
		}
	}
	return kube.Kind{}, false
}

func (s *applyStep) unknownKind(kinds []kube.Kind) error {
	obj := s.doc.object
	e := s.doc.wrong("kind", "cluster %s serves no kind %s in %s", s.ref.Cluster, obj.GetKind(), obj.GetAPIVersion())
	for _, k := range kinds {
		if strings.EqualFold(k.Kind, obj.GetKind()) {
			return e.WithHint("did you mean kind %s in apiVersion %s?", k.Kind, k.GVK().GroupVersion())
		}
	}
	return e.WithHint("if it is a custom kind, its definition must be installed first; see the list of kinds")
}

func (r *ApplyResults) count() {
	r.Failed = 0
	for _, e := range r.Results {
		if e.Action == actionFailed {
			r.Failed++
		}
	}
}

// skipAll marks what was checked as not written.
func (r *ApplyResults) skipAll() {
	for i := range r.Results {
		if r.Results[i].Action != actionFailed {
			r.Results[i].Action = actionSkipped
		}
	}
}
