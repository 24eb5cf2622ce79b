package resources

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
)

// drainPod is one pod that a drain evicts.
type drainPod struct {
	Namespace string
	Name      string
	UID       types.UID
}

// obstacle is a pod that forbids a drain, and the option that would allow it.
type obstacle struct {
	pod, reason, option string
}

// pods lists what runs on the node, as the one who drains.
func (d *drainer) pods(ctx context.Context) ([]corev1.Pod, error) {
	list, err := d.clients.Typed.CoreV1().Pods("").List(ctx, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("spec.nodeName", d.spec.Node.Name).String(),
	})
	if err != nil {
		return nil, kube.FromKube(err, kube.Ref{Cluster: d.spec.Node.Cluster, Resource: "pods"})
	}
	return list.Items, nil
}

// plan sorts the node's pods into those to evict, those to leave, and obstacles.
func (d *drainer) plan(ctx context.Context) ([]obstacle, error) {
	pods, err := d.pods(ctx)
	if err != nil {
		return nil, err
	}
	d.items, d.notes.Pods = nil, nil
	var obstacles []obstacle
	for i := range pods {
		pod := &pods[i]
		item := jobs.JobItem{Phase: jobs.Pending, Ref: kube.Ref{
			Cluster: d.spec.Node.Cluster, Resource: "pods", Namespace: pod.Namespace, Name: pod.Name,
		}}
		leave, stop := judgePod(pod, d.spec.Request)
		switch {
		case stop != nil:
			item.Phase, item.Message = jobs.Failed, stop.reason
			obstacles = append(obstacles, *stop)
		case leave != "":
			item.Phase, item.Message = jobs.Skipped, leave
		default:
			d.notes.Pods = append(d.notes.Pods, drainPod{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID})
		}
		d.items = append(d.items, item)
	}
	return obstacles, nil
}

// judgePod decides about one pod: evict it (both results zero), leave it, or stop.
func judgePod(pod *corev1.Pod, req DrainRequest) (leave string, stop *obstacle) {
	name := pod.Namespace + "/" + pod.Name
	owner := metav1.GetControllerOf(pod)
	finished := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	switch {
	case pod.Annotations[corev1.MirrorPodAnnotationKey] != "":
		return "a static pod: it ends with the node", nil
	case pod.DeletionTimestamp != nil || finished:
		return "", nil
	case owner != nil && owner.Kind == "DaemonSet":
		if req.IgnoreDaemonSets {
			return "belongs to the DaemonSet " + owner.Name + ", which would put it back", nil
		}
		return "", &obstacle{name, "belongs to the DaemonSet " + owner.Name + ", which would put it back at once", "ignoreDaemonSets"}
	case owner == nil && !req.Force:
		return "", &obstacle{name, "has no controller, so nothing would make it again", "force"}
	case !req.DeleteEmptyDirData && emptyDir(pod) != "":
		return "", &obstacle{name, "keeps data in the emptyDir volume " + emptyDir(pod) + ", which would be lost", "deleteEmptyDirData"}
	}
	return "", nil
}

func emptyDir(pod *corev1.Pod) string {
	for _, v := range pod.Spec.Volumes {
		if v.EmptyDir != nil {
			return v.Name
		}
	}
	return ""
}

func obstacleError(node kube.Ref, obstacles []obstacle) error {
	var names, options []string
	for _, o := range obstacles {
		names = append(names, fmt.Sprintf("%s (%s)", o.pod, o.reason))
		if !strings.Contains(strings.Join(options, " "), o.option) {
			options = append(options, o.option)
		}
	}
	return errs.New(errs.Unprocessable, "%s can't be drained because of %s", node, shortList(names)).
		WithObject("%s", node).WithHint("delete or move these pods, or drain with %s", strings.Join(options, " and "))
}
