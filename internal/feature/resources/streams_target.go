package resources

import (
	"context"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
)

// streamTarget is the object that a stream was asked for, with clients that act as the caller.
type streamTarget struct {
	ref     kube.Ref
	kind    kube.Kind
	clients *kube.Clients
}

// target reads the object of a stream from the request's path.
func (s *streams) target(ctx context.Context, r *http.Request) (*streamTarget, error) {
	ref := kube.Ref{
		Cluster:   r.PathValue("cluster"),
		Resource:  r.PathValue("resource"),
		Namespace: r.PathValue("ns"),
		Name:      r.PathValue("name"),
	}
	if ref.Namespace == noNamespace {
		ref.Namespace = ""
	}
	if err := ref.Check(); err != nil {
		return nil, err
	}
	cluster, err := s.clusters.Cluster(ref.Cluster)
	if err != nil {
		return nil, err
	}
	kind, err := cluster.Kind(ctx, ref.Resource)
	if err != nil {
		return nil, err
	}
	if !kind.Namespaced || ref.Namespace == "" {
		return nil, errs.New(errs.Invalid, "%s has no pods: it belongs to no namespace", ref).
			WithHint("ask for a pod or for a workload of a namespace")
	}
	clients, err := cluster.As(httpapi.From(ctx).Session.Identity)
	if err != nil {
		return nil, err
	}
	ref.Resource = kind.Resource
	return &streamTarget{ref: ref, kind: kind, clients: clients}, nil
}

// isPod says that the object is a pod itself.
func (t *streamTarget) isPod() bool { return t.kind.Resource == "pods" }

// podSet says which pods of the namespace belong to a workload.
type podSet struct {
	selector labels.Selector
	// accept looks at what a selector cannot say; nil accepts all.
	accept func(ctx context.Context, pod *corev1.Pod) bool
}

func (p *podSet) has(ctx context.Context, pod *corev1.Pod) bool {
	return p.selector.Matches(labels.Set(pod.Labels)) && (p.accept == nil || p.accept(ctx, pod))
}

// workload reads the workload itself, as the caller.
func (t *streamTarget) workload(ctx context.Context) (*unstructured.Unstructured, error) {
	obj, err := t.clients.Dynamic.Resource(t.kind.GVR()).Namespace(t.ref.Namespace).Get(ctx, t.ref.Name, metav1.GetOptions{})
	if err != nil {
		return nil, kube.FromKube(err, t.ref)
	}
	return obj, nil
}

// podSet finds how the workload chooses its pods: by its selector, by its jobs, or by what its
// scale subresource tells (custom kinds).
func (t *streamTarget) podSet(ctx context.Context, obj *unstructured.Unstructured) (*podSet, error) {
	if t.kind.Resource == "cronjobs.batch" {
		return t.cronJobPods(obj), nil
	}
	selector, err := podSelectorOf(obj)
	if err != nil {
		return nil, errs.New(errs.Unprocessable, "the selector of %s cannot be read", t.ref).Wrap(err)
	}
	if selector == nil {
		selector = t.scaleSelector(ctx)
	}
	if selector == nil || selector.Empty() {
		return nil, errs.New(errs.Invalid, "%s selects no pods", t.ref).
			WithHint("ask for a pod, or for a kind that runs pods: deployments, statefulsets, daemonsets, jobs, cronjobs, services")
	}
	return &podSet{selector: selector}, nil
}

// podSelectorOf reads spec.selector, both as a LabelSelector and as the plain map of services;
// nil when there is none.
func podSelectorOf(obj *unstructured.Unstructured) (labels.Selector, error) {
	raw, found, err := unstructured.NestedMap(obj.Object, "spec", "selector")
	if err != nil || !found {
		return nil, nil //nolint:nilerr // a selector of another shape is none
	}
	_, hasLabels := raw["matchLabels"]
	_, hasExpressions := raw["matchExpressions"]
	if hasLabels || hasExpressions {
		var selector metav1.LabelSelector
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &selector); err != nil {
			return nil, err
		}
		return metav1.LabelSelectorAsSelector(&selector)
	}
	set := labels.Set{}
	for key, value := range raw {
		text, ok := value.(string)
		if !ok {
			return nil, nil
		}
		set[key] = text
	}
	return labels.ValidatedSelectorFromSet(set)
}

// scaleSelector asks the scale subresource; nil when the kind has none.
func (t *streamTarget) scaleSelector(ctx context.Context) labels.Selector {
	scale, err := t.clients.Dynamic.Resource(t.kind.GVR()).Namespace(t.ref.Namespace).
		Get(ctx, t.ref.Name, metav1.GetOptions{}, "scale")
	if err != nil {
		return nil
	}
	text, _, _ := unstructured.NestedString(scale.Object, "status", "selector")
	if text == "" {
		return nil
	}
	selector, err := labels.Parse(text)
	if err != nil {
		return nil
	}
	return selector
}

const jobNameLabel = "batch.kubernetes.io/job-name"

// cronJobPods accepts the pods of the cron job's jobs, those made later too.
func (t *streamTarget) cronJobPods(cron *unstructured.Unstructured) *podSet {
	selector, _ := labels.Parse(jobNameLabel)
	ours := map[string]bool{}
	return &podSet{selector: selector, accept: func(ctx context.Context, pod *corev1.Pod) bool {
		job := pod.Labels[jobNameLabel]
		if !strings.HasPrefix(job, cron.GetName()+"-") {
			return false
		}
		if is, known := ours[job]; known {
			return is
		}
		got, err := t.clients.Typed.BatchV1().Jobs(t.ref.Namespace).Get(ctx, job, metav1.GetOptions{})
		if err != nil {
			return false
		}
		owner := metav1.GetControllerOf(got)
		ours[job] = owner != nil && owner.UID == cron.GetUID()
		return ours[job]
	}}
}

// listPods gives the pods of a set, as the caller.
func (t *streamTarget) listPods(ctx context.Context, set *podSet) ([]corev1.Pod, error) {
	list, err := t.clients.Typed.CoreV1().Pods(t.ref.Namespace).List(ctx, metav1.ListOptions{LabelSelector: set.selector.String()})
	if err != nil {
		return nil, kube.FromKube(err, kube.Ref{Cluster: t.ref.Cluster, Resource: "pods", Namespace: t.ref.Namespace})
	}
	pods := list.Items[:0]
	for i := range list.Items {
		if set.has(ctx, &list.Items[i]) {
			pods = append(pods, list.Items[i])
		}
	}
	return pods, nil
}

// getPod reads one pod of the target's namespace, as the caller.
func (t *streamTarget) getPod(ctx context.Context, name string) (*corev1.Pod, error) {
	pod, err := t.clients.Typed.CoreV1().Pods(t.ref.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, kube.FromKube(err, t.podRef(name))
	}
	return pod, nil
}

func (t *streamTarget) podRef(name string) kube.Ref {
	return kube.Ref{Cluster: t.ref.Cluster, Resource: "pods", Namespace: t.ref.Namespace, Name: name}
}
