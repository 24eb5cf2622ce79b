package fleet

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const nodeLost = "NodeLost" // the reason that the node controller sets

// podStatus is the word that kubectl shows for a pod, and how bad it is.
func podStatus(p *corev1.Pod) (tone, text string) {
	text = podWord(p)
	return podTone(p, text), text
}

// podWord finds the most telling reason: of the init containers, else of the containers,
// else of the pod; a deletion overrides them.
func podWord(p *corev1.Pod) string {
	word := string(p.Status.Phase)
	if p.Status.Reason != "" {
		word = p.Status.Reason
	}
	if gated(p) {
		word = string(corev1.PodReasonSchedulingGated)
	}
	if init := initWord(p); init != "" {
		word = init
	} else {
		word = containersWord(p, word)
	}
	if p.DeletionTimestamp == nil {
		return word
	}
	if p.Status.Reason == nodeLost {
		return "Unknown"
	}
	if p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return word
	}
	return "Terminating"
}

func gated(p *corev1.Pod) bool {
	for i := range p.Status.Conditions {
		c := &p.Status.Conditions[i]
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonSchedulingGated {
			return true
		}
	}
	return false
}

// initWord is "Init:…" while an init container keeps the pod from going on, else "".
func initWord(p *corev1.Pod) string {
	for i := range p.Status.InitContainerStatuses {
		s := &p.Status.InitContainerStatuses[i]
		if s.State.Terminated != nil && s.State.Terminated.ExitCode == 0 {
			continue
		}
		if sidecarStarted(p, s) {
			continue
		}
		switch t, w := s.State.Terminated, s.State.Waiting; {
		case t != nil && t.Reason != "":
			return "Init:" + t.Reason
		case t != nil:
			return "Init:" + exitWord(t)
		case w != nil && w.Reason != "" && w.Reason != "PodInitializing":
			return "Init:" + w.Reason
		}
		return fmt.Sprintf("Init:%d/%d", i, len(p.Spec.InitContainers))
	}
	return ""
}

func sidecarStarted(p *corev1.Pod, s *corev1.ContainerStatus) bool {
	if s.Started == nil || !*s.Started {
		return false
	}
	for i := range p.Spec.InitContainers {
		if p.Spec.InitContainers[i].Name == s.Name {
			return restartable(&p.Spec.InitContainers[i])
		}
	}
	return false
}

// containersWord is the reason of the first container that has one.
func containersWord(p *corev1.Pod, word string) string {
	running := false
	for i := len(p.Status.ContainerStatuses) - 1; i >= 0; i-- {
		s := &p.Status.ContainerStatuses[i]
		switch t, w := s.State.Terminated, s.State.Waiting; {
		case w != nil && w.Reason != "":
			word = w.Reason
		case t != nil && t.Reason != "":
			word = t.Reason
		case t != nil:
			word = exitWord(t)
		case s.Ready && s.State.Running != nil:
			running = true
		}
	}
	if word == "Completed" && running {
		if podIsReady(p) {
			return "Running"
		}
		return "NotReady"
	}
	return word
}

func exitWord(t *corev1.ContainerStateTerminated) string {
	if t.Signal != 0 {
		return "Signal:" + strconv.Itoa(int(t.Signal))
	}
	return "ExitCode:" + strconv.Itoa(int(t.ExitCode))
}

func podIsReady(p *corev1.Pod) bool {
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == corev1.PodReady {
			return p.Status.Conditions[i].Status == corev1.ConditionTrue
		}
	}
	return false
}

// podTone judges the word. What passes by itself is progress; what somebody must look at is
// a warning (may recover) or an error.
func podTone(p *corev1.Pod, word string) string {
	switch plain := strings.TrimPrefix(word, "Init:"); plain {
	case "Running":
		if podIsReady(p) {
			return toneOK
		}
		return toneWarning
	case "Completed", "Succeeded":
		return toneNeutral
	case "Pending":
		if unschedulable(p) {
			return toneWarning
		}
		return toneProgress
	case "ContainerCreating", "PodInitializing", "Terminating":
		return toneProgress
	case "SchedulingGated", "NotReady", "Unknown", nodeLost:
		return toneWarning
	default:
		if strings.HasPrefix(word, "Init:") && strings.Contains(plain, "/") {
			return toneProgress
		}
		return toneError
	}
}

func unschedulable(p *corev1.Pod) bool {
	for i := range p.Status.Conditions {
		c := &p.Status.Conditions[i]
		if c.Type == corev1.PodScheduled {
			return c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable
		}
	}
	return false
}
