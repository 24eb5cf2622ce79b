package resources

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// notReady: the process runs, but a probe does not pass.
func (p *podCase) notReady(c *corev1.Container, status *corev1.ContainerStatus, running *corev1.ContainerStateRunning) {
	if last := status.LastTerminationState.Terminated; last != nil && status.RestartCount > 2 && p.r.now.Sub(running.StartedAt.Time) < time.Minute {
		p.exited(c, status, last, "crash-loop") // between two crashes
		return
	}
	if c.StartupProbe != nil && !ptr.Deref(status.Started, false) {
		p.probe(c, "startup", c.StartupProbe).about(p.ref).with("container", c.Name, "pod", p.pod.Name)
		return
	}
	if c.ReadinessProbe == nil {
		p.add("starting", toneProgress, orderNote, "Container %s has just started", c.Name).about(p.ref).
			with("container", c.Name, "pod", p.pod.Name).detail("It runs and is about to be counted as ready.")
		return
	}
	p.probe(c, "readiness", c.ReadinessProbe).about(p.ref).with("container", c.Name, "pod", p.pod.Name).
		evidence("container", p.ref, "running, but not ready", running.StartedAt.Time)
}

// probe explains a probe that fails, or that has not passed yet.
func (p *podCase) probe(c *corev1.Container, name string, probe *corev1.Probe) *cause {
	word := strings.ToUpper(name[:1]) + name[1:]
	event := p.probeEvent(c, word)
	what := probeText(probe)
	if event == nil && name != "liveness" {
		return p.add("probe-"+name, toneProgress, orderCause, "Container %s has not passed its %s probe yet", c.Name, name).
			with("probe", name, "check", what).detail("The kubelet asks %s. No failure was reported so far.", what)
	}
	found := p.add("probe-"+name, toneError, orderCause, "The %s probe of container %s fails", name, c.Name).
		with("probe", name, "check", what).event(event)
	switch name {
	case "liveness":
		found.detail("The kubelet asked %s, got no good answer %d times, and restarted the container.", what, max(1, probe.FailureThreshold)).
			event(p.killEvent(c, "liveness")).
			remedy("See whether the program hangs or is only slow: raise timeoutSeconds or failureThreshold if it is slow.",
				"If it starts slowly, add a startup probe.", "Check path and port of the probe.")
	case "startup":
		found.detail("The kubelet asks %s; until it gets a good answer the container does not count as started.", what).
			remedy("Check path and port of the probe.", "Give it more time: failureThreshold × periodSeconds.", "Read the container's logs.")
	default:
		found.detail("The kubelet asks %s; until it gets a good answer, Services send nothing here.", what).
			remedy("Read the container's logs: it may wait for something that it depends on.", "Check path and port of the probe.")
	}
	return found
}

func (p *podCase) probeEvent(c *corev1.Container, word string) *ObjectEvent {
	events := p.r.eventsAbout(p.obj)
	for i := range events {
		e := &events[i]
		if e.Reason == "Unhealthy" && strings.HasPrefix(e.Message, word+" probe") && (e.container == "" || e.container == c.Name) {
			return e
		}
	}
	return nil
}

// probeText says what a probe asks.
func probeText(probe *corev1.Probe) string {
	switch {
	case probe == nil:
		return "nothing"
	case probe.HTTPGet != nil:
		return fmt.Sprintf("GET %s on port %s", orDefault(probe.HTTPGet.Path, "/"), probe.HTTPGet.Port.String())
	case probe.TCPSocket != nil:
		return "port " + probe.TCPSocket.Port.String() + " to accept a connection"
	case probe.GRPC != nil:
		return fmt.Sprintf("gRPC health on port %d", probe.GRPC.Port)
	case probe.Exec != nil:
		return "the command " + strings.Join(probe.Exec.Command, " ")
	}
	return "nothing"
}
