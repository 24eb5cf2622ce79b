package resources

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// initContainers: those that must run before the others.
func (p *podCase) initContainers() {
	for i := range p.pod.Spec.InitContainers {
		c := &p.pod.Spec.InitContainers[i]
		status := statusNamed(p.pod.Status.InitContainerStatuses, c.Name)
		if status == nil {
			continue
		}
		sidecar := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		before := len(p.causes)
		p.container(c, status, !sidecar)
		if len(p.causes) == before {
			if !sidecar && status.State.Running != nil {
				p.add("init-running", toneProgress, orderCause, "Init container %s is still running", c.Name).about(p.ref).
					with("container", c.Name, "pod", p.pod.Name).
					detail("The containers of pod %s start when it has ended. If it waits for another service, look whether that one is there.", p.pod.Name).
					evidence("container", p.ref, "running", status.State.Running.StartedAt.Time).
					remedy("Read the logs of container " + c.Name + ".")
			}
			continue
		}
		if sidecar {
			continue
		}
		// The container's own cause stays, marked as the reason why the pod does not start.
		for _, found := range p.causes[before:] {
			if found.Code == "crash-loop" || found.Code == "container-exited" {
				found.Code = "init-failed"
				found.Title = strings.Replace(found.Title, "Container ", "Init container ", 1)
			}
			found.with("init", c.Name)
			found.Detail = strings.TrimSpace(found.Detail + " Until this init container succeeds, the others do not start.")
		}
	}
}

// containers: the main ones.
func (p *podCase) containers() {
	for i := range p.pod.Spec.Containers {
		c := &p.pod.Spec.Containers[i]
		if status := statusNamed(p.pod.Status.ContainerStatuses, c.Name); status != nil {
			p.container(c, status, p.pod.Spec.RestartPolicy != corev1.RestartPolicyAlways)
		}
	}
}

// container finds what keeps one container from running, or from being ready.
func (p *podCase) container(c *corev1.Container, status *corev1.ContainerStatus, mayEnd bool) {
	switch state := status.State; {
	case state.Waiting != nil:
		p.waiting(c, status, state.Waiting)
	case state.Terminated != nil && state.Terminated.ExitCode == 0 && mayEnd:
	case state.Terminated != nil:
		p.exited(c, status, state.Terminated, "container-exited")
	case state.Running != nil && !status.Ready && !mayEndInit(p.pod, c):
		p.notReady(c, status, state.Running)
	case state.Running != nil && status.LastTerminationState.Terminated != nil:
		p.restarted(c, status)
	}
}

func mayEndInit(pod *corev1.Pod, c *corev1.Container) bool {
	for _, i := range pod.Spec.InitContainers {
		if i.Name == c.Name {
			return i.RestartPolicy == nil
		}
	}
	return false
}

func (p *podCase) waiting(c *corev1.Container, status *corev1.ContainerStatus, w *corev1.ContainerStateWaiting) {
	if p.image(c.Name, w) {
		return
	}
	switch w.Reason {
	case "CrashLoopBackOff":
		if last := status.LastTerminationState.Terminated; last != nil {
			p.exited(c, status, last, "crash-loop")
			return
		}
		p.add("crash-loop", toneError, orderCause, "Container %s ends again and again", c.Name).about(p.ref).
			with("container", c.Name, "pod", p.pod.Name).evidence("container", p.ref, w.Reason+": "+w.Message, time.Time{}).
			remedy("Read the logs of its previous run.")
	case "CreateContainerConfigError":
		p.configError(c, w)
	case "CreateContainerError", "RunContainerError", "StartError":
		p.startError(c, w.Reason, w.Message)
	}
}

var (
	missingKey    = regexp.MustCompile(`couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+/)?(\S+)`)
	missingObject = regexp.MustCompile(`(configmap|secret) "([^"]+)" not found`)
)

// configError: a ConfigMap, Secret or key that the container's environment names is not there,
// or its security settings contradict its image.
func (p *podCase) configError(c *corev1.Container, w *corev1.ContainerStateWaiting) {
	if m := missingKey.FindStringSubmatch(w.Message); m != nil {
		resource := strings.ToLower(m[2]) + "s"
		p.add("config-missing", toneError, orderCause, "%s %s has no key %s", m[2], m[3], m[1]).
			about(p.r.refTo(resource, p.pod.Namespace, m[3])).
			with("kind", m[2], "name", m[3], "key", m[1], "container", c.Name, "pod", p.pod.Name).
			detail("Container %s takes an environment variable from this key.", c.Name).
			evidence("container", p.ref, w.Reason+": "+w.Message, time.Time{}).
			remedy("Add the key " + m[1] + " to the " + m[2] + " " + m[3] + ", or correct the name in the pod template.")
		return
	}
	if m := missingObject.FindStringSubmatch(w.Message); m != nil {
		kind := map[string]string{"configmap": "ConfigMap", "secret": "Secret"}[m[1]]
		p.missingConfig(kind, m[1]+"s", m[2], "container "+c.Name).evidence("container", p.ref, w.Reason+": "+w.Message, time.Time{})
		return
	}
	if strings.Contains(w.Message, "runAsNonRoot") || strings.Contains(w.Message, "non-numeric user") {
		p.add("security-context", toneError, orderCause, "Container %s must not run as root, but its image would", c.Name).about(p.ref).
			with("container", c.Name, "pod", p.pod.Name, "image", c.Image).
			detail("runAsNonRoot is set, and the image %s names no other numeric user.", c.Image).
			evidence("container", p.ref, w.Reason+": "+w.Message, time.Time{}).
			remedy("Set securityContext.runAsUser to a number above 0, or build the image with a USER.")
		return
	}
	p.startError(c, w.Reason, w.Message)
}

func (p *podCase) missingConfig(kind, resource, name, from string) *cause {
	return p.add("config-missing", toneError, orderCause, "The %s %s does not exist", kind, name).
		about(p.r.refTo(resource, p.pod.Namespace, name)).
		with("kind", kind, "name", name, "namespace", p.pod.Namespace, "from", from, "pod", p.pod.Name).
		detail("Pod %s needs it (%s) in namespace %s before it can start.", p.pod.Name, from, p.pod.Namespace).
		remedy("Create the "+kind+" "+name+" in namespace "+p.pod.Namespace+".", "Or correct the name in the pod template, or mark it optional.")
}

// startError: the runtime could not start the container's process.
func (p *podCase) startError(c *corev1.Container, reason, message string) {
	code, title, remedy := "start-failed", "can't be started", "Read what the container runtime says."
	lower := strings.ToLower(message)
	switch {
	case strings.Contains(lower, "executable file not found"), strings.Contains(lower, "no such file or directory"):
		code, title, remedy = "command-not-found", "names a command that its image does not have", "Correct command and args, or the image."
	case strings.Contains(lower, "permission denied"):
		code, title, remedy = "command-not-found", "names a command that may not be executed", "Make the file executable in the image, or correct the command."
	case strings.Contains(lower, "exec format error"):
		code, title, remedy = "image-pull", "has an image for another kind of machine", "Build the image for the node's architecture."
	case strings.Contains(lower, "read-only file system"), strings.Contains(lower, "mount"):
		title, remedy = "can't be started: a mount failed", "Look at volumeMounts and subPath."
	}
	p.add(code, toneError, orderCause, "Container %s %s", c.Name, title).about(p.ref).
		with("container", c.Name, "pod", p.pod.Name, "command", strings.Join(append(append([]string{}, c.Command...), c.Args...), " ")).
		detail("%s", fmt.Sprintf("The container runtime says: %s", firstLine(message))).
		evidence("container", p.ref, reason+": "+message, time.Time{}).event(p.r.lastEvent(p.obj, "Failed")).remedy(remedy)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
