package resources

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// recently is how long a restart is worth a note on a pod that is well again.
const recently = time.Hour

// exited explains why a container's process ended. code is crash-loop while it is tried
// again, container-exited when it is not.
func (p *podCase) exited(c *corev1.Container, status *corev1.ContainerStatus, end *corev1.ContainerStateTerminated, code string) {
	var found *cause
	switch {
	case end.Reason == "OOMKilled":
		found = p.outOfMemory(c)
	case end.Reason == "StartError" || end.Reason == "ContainerCannotRun":
		p.startError(c, end.Reason, end.Message)
		return
	case p.killedByLiveness(c, end):
		found = p.probe(c, "liveness", c.LivenessProbe)
	case p.killedByStartup(c, end):
		found = p.probe(c, "startup", c.StartupProbe)
	case end.ExitCode == 0:
		found = p.add(code, toneError, orderCause, "Container %s ends at once, with success", c.Name).
			detail("It exits with code 0, but a pod with restartPolicy %s is expected to go on running.", p.pod.Spec.RestartPolicy).
			remedy("Start a process that stays in the foreground.", "If it has work to finish, use a Job.")
	default:
		found = p.add(code, toneError, orderCause, "Container %s %s", c.Name, exitTitle(end)).
			detail("%s", p.exitDetail(status, end)).remedy("Read the logs of its previous run: the last lines usually name the cause.")
		if end.ExitCode == 127 || end.ExitCode == 126 {
			found.Code = "command-not-found"
			found.Remedy = []string{"Correct command and args, or the image."}
		}
	}
	found.about(p.ref).with("container", c.Name, "pod", p.pod.Name, "exitCode", strconv.Itoa(int(end.ExitCode)), "restarts", strconv.Itoa(int(status.RestartCount))).
		evidence("container", p.ref, exitEvidence(end), end.FinishedAt.Time)
	if message := strings.TrimSpace(end.Message); message != "" {
		found.evidence("container", p.ref, lastLine(message), end.FinishedAt.Time)
	}
}

// outOfMemory: the kernel killed the process at its limit.
func (p *podCase) outOfMemory(c *corev1.Container) *cause {
	limit := c.Resources.Limits.Memory()
	if limit.IsZero() {
		return p.add("oom-killed", toneError, orderCause, "Container %s was killed because node %s ran out of memory", c.Name, p.pod.Spec.NodeName).
			detail("It has no memory limit of its own, so the node's memory was the limit.").with("limit", "").
			remedy("Set a memory request and limit.", "Add memory to the cluster, or move something away from the node.")
	}
	return p.add("oom-killed", toneError, orderCause, "Container %s used more memory than its limit of %s", c.Name, limit.String()).
		detail("The kernel killed it at the limit. Either it needs more, or it leaks.").with("limit", limit.String()).
		remedy("Look at its memory over time: a steady rise is a leak, a jump is a need.", "Raise resources.limits.memory if it needs more.")
}

func exitTitle(end *corev1.ContainerStateTerminated) string {
	if words := exitMeaning(end.ExitCode); words != "" {
		return fmt.Sprintf("ended with exit code %d: %s", end.ExitCode, words)
	}
	return fmt.Sprintf("ended with exit code %d", end.ExitCode)
}

// exitMeaning says what shells and the kernel mean by an exit code.
func exitMeaning(code int32) string {
	switch code {
	case 1:
		return "an error of the program"
	case 2:
		return "wrong usage, or an error of the program"
	case 126:
		return "the command can't be executed"
	case 127:
		return "the command was not found"
	case 134:
		return "it aborted itself"
	case 137:
		return "it was killed"
	case 139:
		return "it read or wrote memory that is not its own"
	case 143:
		return "it was asked to end"
	case 255:
		return "an error of the program"
	}
	if code > 128 && code < 160 {
		return fmt.Sprintf("it was ended by signal %d", code-128)
	}
	return ""
}

func (p *podCase) exitDetail(status *corev1.ContainerStatus, end *corev1.ContainerStateTerminated) string {
	text := "It ran"
	if !end.StartedAt.IsZero() && !end.FinishedAt.IsZero() {
		text += " for " + shortDuration(end.FinishedAt.Sub(end.StartedAt.Time))
	}
	text += "."
	if status.RestartCount > 0 {
		text += fmt.Sprintf(" It was restarted %d times; the pauses grow to five minutes.", status.RestartCount)
	}
	return text
}

func shortDuration(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than a second"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	default:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
}

func exitEvidence(end *corev1.ContainerStateTerminated) string {
	if end.Reason != "" {
		return fmt.Sprintf("last state: %s, exit code %d", end.Reason, end.ExitCode)
	}
	return fmt.Sprintf("last state: exit code %d", end.ExitCode)
}

func lastLine(s string) string {
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		return s[i+1:]
	}
	return s
}

// killedByLiveness says that the kubelet ended the container for its liveness probe.
func (p *podCase) killedByLiveness(c *corev1.Container, end *corev1.ContainerStateTerminated) bool {
	return c.LivenessProbe != nil && endedFromOutside(end) && p.killEvent(c, "failed liveness probe") != nil
}

func (p *podCase) killedByStartup(c *corev1.Container, end *corev1.ContainerStateTerminated) bool {
	return c.StartupProbe != nil && endedFromOutside(end) && p.killEvent(c, "failed startup probe") != nil
}

// endedFromOutside says that a signal may have ended the process, or that it obeyed one.
func endedFromOutside(end *corev1.ContainerStateTerminated) bool {
	return end.ExitCode == 137 || end.ExitCode == 143 || end.ExitCode == 0 || end.ExitCode == 2 || end.ExitCode == 1
}

func (p *podCase) killEvent(c *corev1.Container, words string) *ObjectEvent {
	events := p.r.eventsAbout(p.obj)
	for i := range events {
		if events[i].Reason == "Killing" && strings.Contains(events[i].Message, "Container "+c.Name+" ") && strings.Contains(events[i].Message, words) {
			return &events[i]
		}
	}
	return nil
}

// restarted: it is well now, but ended not long ago.
func (p *podCase) restarted(c *corev1.Container, status *corev1.ContainerStatus) {
	last := status.LastTerminationState.Terminated
	if p.r.now.Sub(last.FinishedAt.Time) > recently {
		return
	}
	from := len(p.causes)
	p.exited(c, status, last, "container-exited")
	for _, found := range p.causes[from:] {
		found.Tone, found.order = toneWarning, orderNote
		found.Title = strings.TrimSuffix(found.Title, ".") + "; it runs again now"
		found.with("running", "true")
	}
}
