package resources

import (
	"context"
	"slices"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kubemate.io/kubemate/internal/core/errs"
)

// defaultContainerAnnotation names the container meant when none is asked for.
const defaultContainerAnnotation = "kubectl.kubernetes.io/default-container"

// onePod chooses the pod that an exec, a port-forward or a copy goes to: the pod itself, or
// the workload's best one (ready before running, newest first).
func (t *streamTarget) onePod(ctx context.Context) (*corev1.Pod, error) {
	if t.isPod() {
		return t.getPod(ctx, t.ref.Name)
	}
	obj, err := t.workload(ctx)
	if err != nil {
		return nil, err
	}
	set, err := t.podSet(ctx, obj)
	if err != nil {
		return nil, err
	}
	pods, err := t.listPods(ctx, set)
	if err != nil {
		return nil, err
	}
	best := bestPod(pods)
	if best == nil {
		return nil, errs.New(errs.Unprocessable, "%s has no running pod", t.ref).WithObject("%s", t.ref).
			WithHint("see why with: kubemate why %s", strings.Replace(t.ref.String(), " ", "/", 1))
	}
	return best, nil
}

// bestPod picks the pod most likely to serve; nil when none runs.
func bestPod(pods []corev1.Pod) *corev1.Pod {
	running := make([]*corev1.Pod, 0, len(pods))
	for i := range pods {
		if pods[i].Status.Phase == corev1.PodRunning && pods[i].DeletionTimestamp == nil {
			running = append(running, &pods[i])
		}
	}
	if len(running) == 0 {
		return nil
	}
	sort.SliceStable(running, func(i, j int) bool {
		a, b := servesTraffic(running[i]), servesTraffic(running[j])
		if a != b {
			return a
		}
		return running[j].CreationTimestamp.Before(&running[i].CreationTimestamp)
	})
	return running[0]
}

func servesTraffic(pod *corev1.Pod) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// runningContainer chooses the container of a pod to run something in, and says why not when
// it does not run.
func runningContainer(pod *corev1.Pod, asked string) (string, error) {
	name := asked
	if name == "" {
		name = mainContainer(pod)
	}
	if !slices.Contains(allContainerNames(pod), name) {
		return "", noSuchContainer(pod, name)
	}
	status, _ := streamContainer(pod, name)
	if status != nil && status.State.Running != nil {
		return name, nil
	}
	return "", errs.New(errs.Unprocessable, "container %s of pod %s/%s is not running: %s", name, pod.Namespace, pod.Name,
		containerDoing(pod, status)).
		WithObject("pods %s/%s", pod.Namespace, pod.Name).
		WithHint("see why with: kubemate why pod/%s -n %s", pod.Name, pod.Namespace)
}

func noSuchContainer(pod *corev1.Pod, name string) error {
	return errs.New(errs.Invalid, "pod %s/%s has no container %q", pod.Namespace, pod.Name, name).
		WithObject("pods %s/%s", pod.Namespace, pod.Name).
		WithField("container", "no such container").
		WithHint("its containers are: %s", strings.Join(allContainerNames(pod), ", "))
}

func mainContainer(pod *corev1.Pod) string {
	if name := pod.Annotations[defaultContainerAnnotation]; name != "" && slices.Contains(allContainerNames(pod), name) {
		return name
	}
	if len(pod.Spec.Containers) == 0 {
		return ""
	}
	return pod.Spec.Containers[0].Name
}

// allContainerNames lists all containers: init, main, ephemeral.
func allContainerNames(pod *corev1.Pod) []string {
	var names []string
	for _, c := range pod.Spec.InitContainers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.EphemeralContainers {
		names = append(names, c.Name)
	}
	return names
}

// streamContainer finds a container's status; nil before the kubelet wrote one. once says that
// the container runs to its end a single time (plain init, ephemeral).
func streamContainer(pod *corev1.Pod, name string) (status *corev1.ContainerStatus, once bool) {
	for i, c := range pod.Spec.InitContainers {
		if c.Name == name {
			sidecar := pod.Spec.InitContainers[i].RestartPolicy != nil
			return statusNamed(pod.Status.InitContainerStatuses, name), !sidecar
		}
	}
	for _, c := range pod.Spec.EphemeralContainers {
		if c.Name == name {
			return statusNamed(pod.Status.EphemeralContainerStatuses, name), true
		}
	}
	return statusNamed(pod.Status.ContainerStatuses, name), false
}

func statusNamed(statuses []corev1.ContainerStatus, name string) *corev1.ContainerStatus {
	for i := range statuses {
		if statuses[i].Name == name {
			return &statuses[i]
		}
	}
	return nil
}

// containerDoing tells in words what a container does.
func containerDoing(pod *corev1.Pod, status *corev1.ContainerStatus) string {
	switch {
	case status == nil && pod.Spec.NodeName == "":
		return "the pod is not scheduled to a node yet"
	case status == nil:
		return "the pod is " + string(pod.Status.Phase)
	case status.State.Waiting != nil && status.State.Waiting.Reason != "":
		return "waiting, " + status.State.Waiting.Reason
	case status.State.Terminated != nil:
		return exitWords(status.State.Terminated)
	case status.State.Running != nil:
		return "running"
	default:
		return "waiting"
	}
}
