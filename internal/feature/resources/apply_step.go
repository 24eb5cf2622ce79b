package resources

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

// run checks or writes one object, and notes what became of it.
func (s *applyStep) run(ctx context.Context, req ApplyRequest, check bool) {
	if s.result.Problem != nil {
		return
	}
	if !check && s.deferred {
		if err := s.awaitKind(ctx); err != nil {
			s.fail(ctx, err)
			return
		}
	}
	after, err := s.send(ctx, req, check)
	if check && s.dependent && isKind(err, errs.NotFound) {
		s.result.Warnings = append(s.result.Warnings, "could not be checked beforehand: it needs another object of this text")
		s.result.Action, s.deferred = actionCreated, true
		return
	}
	if err != nil {
		s.fail(ctx, err)
		return
	}
	s.succeed(ctx, after, check)
}

// send carries one object to the cluster.
func (s *applyStep) send(ctx context.Context, req ApplyRequest, check bool) (*unstructured.Unstructured, error) {
	obj := s.doc.object.DeepCopy()
	if err := s.readBefore(ctx, check); err != nil {
		return nil, err
	}
	keepSecretValues(obj, s.before)
	if key := nullSecretKey(obj); key != "" {
		return nil, s.doc.wrong("data."+key, "the value is empty").WithHint("give a value, or remove the key")
	}
	if req.Mode == modeCreate {
		out, err := s.resource().Create(ctx, obj, metav1.CreateOptions{
			DryRun: dryRun(check), FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict,
		})
		return out, s.doc.locate(kube.FromKube(err, s.ref))
	}
	body, err := json.Marshal(obj.Object)
	if err != nil {
		return nil, err
	}
	out, err := s.resource().Patch(ctx, s.ref.Name, types.ApplyPatchType, body, metav1.PatchOptions{
		DryRun: dryRun(check), FieldManager: fieldManager, Force: &req.Force, FieldValidation: metav1.FieldValidationStrict,
	})
	return out, s.doc.locate(s.explainApply(kube.FromKube(err, s.ref)))
}

// readBefore reads the present state; one who may write but not read goes without.
func (s *applyStep) readBefore(ctx context.Context, check bool) error {
	if s.ref.Name == "" || (!check && s.before != nil) {
		return nil
	}
	before, err := s.get(ctx)
	switch {
	case err == nil:
		s.before = before
		return nil
	case isKind(err, errs.NotFound), isKind(err, errs.Forbidden):
		return nil // not there, or not for the caller's eyes
	default:
		return err
	}
}

// explainApply says how to take fields over that another manager owns.
func (s *applyStep) explainApply(err error) error {
	if errs.KindOf(err) != errs.Conflict {
		return err
	}
	e, ok := err.(*errs.Error) //nolint:errorlint // FromKube gives it unwrapped
	if ok && strings.Contains(e.Message, "conflict") {
		return e.WithHint("another manager owns these fields; apply with force to take them over").WithExtra("cause", "field-managers")
	}
	return err
}

func (s *applyStep) succeed(ctx context.Context, after *unstructured.Unstructured, check bool) {
	if s.ref.Name == "" && !check {
		s.ref.Name = after.GetName()
	}
	s.result.Ref = s.ref
	s.result.Warnings = append(s.result.Warnings, s.warnings.take()...)
	slices.Sort(s.result.Warnings)
	s.result.Warnings = slices.Compact(s.result.Warnings)
	switch {
	case s.before == nil:
		s.result.Action = actionCreated
	case sameContent(s.before, after):
		s.result.Action = actionUnchanged
	default:
		s.result.Action = actionConfigured
	}
	var err error
	if s.result.Before, s.result.After, err = pairYAML(s.before, after); err != nil {
		s.fail(ctx, err)
	}
}

func (s *applyStep) fail(ctx context.Context, err error) {
	s.result.Action, s.result.Problem = actionFailed, httpapi.NewProblem(ctx, err)
	s.result.Problem.RequestID = httpapi.From(ctx).ID
	if s.result.Problem.Object == "" && s.doc != nil {
		s.result.Problem.Object = s.doc.name()
	}
}
