package resources

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"kubemate.io/kubemate/internal/core/kube"
)

const (
	revisionAnnotation = "deployment.kubernetes.io/revision"
	causeAnnotation    = "kubernetes.io/change-cause"
)

// revision is one state of a workload's pod template, with what undo needs.
type revision struct {
	RolloutRevision
	template map[string]any // the pod template as it is written into the workload
}

// rollout shows where a roll-out stands, and the revisions that there are.
func (f *Feature) rollout(ctx context.Context, who caller, ref kube.Ref) (*Rollout, error) {
	t, obj, err := f.act(ctx, who, ref, "rollback")
	if err != nil {
		return nil, err
	}
	revisions, err := t.revisions(ctx, obj)
	if err != nil {
		return nil, err
	}
	status, err := rolloutStatus(obj)
	if err != nil {
		return nil, err
	}
	out := &Rollout{Ref: t.ref, Status: status, Revisions: make([]RolloutRevision, 0, len(revisions))}
	for _, r := range revisions {
		out.Revisions = append(out.Revisions, r.RolloutRevision)
	}
	return out, nil
}

// revisions lists the history of a workload, newest first.
func (t *target) revisions(ctx context.Context, obj *unstructured.Unstructured) ([]revision, error) {
	var out []revision
	var err error
	if t.kind.Resource == "deployments.apps" {
		out, err = t.replicaSetRevisions(ctx, obj)
	} else {
		out, err = t.controllerRevisions(ctx, obj)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b revision) int { return cmp.Compare(b.Revision, a.Revision) })
	return out, nil
}

// replicaSetRevisions reads the history of a deployment from its ReplicaSets.
func (t *target) replicaSetRevisions(ctx context.Context, obj *unstructured.Unstructured) ([]revision, error) {
	selector, err := rolloutSelector(obj)
	if err != nil {
		return nil, err
	}
	list, err := t.clients.Typed.AppsV1().ReplicaSets(t.ref.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, kube.FromKube(err, t.ref)
	}
	var out []revision
	current := obj.GetAnnotations()[revisionAnnotation]
	for i := range list.Items {
		set := &list.Items[i]
		if !metav1.IsControlledBy(set, obj) {
			continue
		}
		r, err := replicaSetRevision(set)
		if err != nil {
			return nil, err
		}
		r.Current = set.Annotations[revisionAnnotation] == current
		out = append(out, r)
	}
	return out, nil
}

func replicaSetRevision(set *appsv1.ReplicaSet) (revision, error) {
	template := set.Spec.Template.DeepCopy()
	hash := template.Labels[appsv1.DefaultDeploymentUniqueLabelKey]
	delete(template.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(template)
	if err != nil {
		return revision{}, err
	}
	// A set without the annotation is one that the controller has not numbered yet.
	number, _ := strconv.ParseInt(set.Annotations[revisionAnnotation], 10, 64)
	r := newRevision(number, set.CreationTimestamp.Time, set.Annotations[causeAnnotation], hash, content)
	r.Replicas = set.Status.Replicas
	return r, nil
}

// controllerRevisions reads the history of a stateful set or daemon set.
func (t *target) controllerRevisions(ctx context.Context, obj *unstructured.Unstructured) ([]revision, error) {
	selector, err := rolloutSelector(obj)
	if err != nil {
		return nil, err
	}
	list, err := t.clients.Typed.AppsV1().ControllerRevisions(t.ref.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, kube.FromKube(err, t.ref)
	}
	var out []revision
	newest := -1
	for i := range list.Items {
		c := &list.Items[i]
		if !metav1.IsControlledBy(c, obj) {
			continue
		}
		var data struct {
			Spec struct {
				Template map[string]any `json:"template"`
			} `json:"spec"`
		}
		if err := json.Unmarshal(c.Data.Raw, &data); err != nil {
			continue // written by something else than the controller of this kind
		}
		delete(data.Spec.Template, "$patch")
		hash := c.Labels[appsv1.ControllerRevisionHashLabelKey]
		out = append(out, newRevision(c.Revision, c.CreationTimestamp.Time, c.Annotations[causeAnnotation], hash, data.Spec.Template))
		if newest < 0 || c.Revision > out[newest].Revision {
			newest = len(out) - 1
		}
	}
	if newest >= 0 {
		out[newest].Current = true
	}
	return out, nil
}

func rolloutSelector(obj *unstructured.Unstructured) (string, error) {
	selector := new(metav1.LabelSelector)
	content, _, err := unstructured.NestedMap(obj.Object, "spec", "selector")
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(content, selector)
	}
	if err != nil {
		return "", err
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return "", err
	}
	return s.String(), nil
}

func newRevision(number int64, created time.Time, cause, hash string, template map[string]any) revision {
	r := revision{RolloutRevision: RolloutRevision{
		Revision: number, Created: created, Cause: cause, Hash: hash, Images: []string{},
	}, template: template}
	var typed corev1.PodTemplateSpec
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(template, &typed); err == nil {
		for _, c := range typed.Spec.Containers {
			r.Images = append(r.Images, c.Image)
		}
	}
	r.Template = templateYAML(template)
	return r
}

// templateYAML writes a pod template without the empty members that conversion leaves.
func templateYAML(template map[string]any) string {
	if meta, ok := template["metadata"].(map[string]any); ok && meta["creationTimestamp"] == nil {
		delete(meta, "creationTimestamp")
	}
	text, err := yaml.Marshal(template)
	if err != nil {
		return ""
	}
	return string(text)
}
