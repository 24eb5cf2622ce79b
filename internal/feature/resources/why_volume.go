package resources

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// inputs: ConfigMaps, Secrets and claims that the pod mounts. The kubelet waits for them.
func (p *podCase) inputs() {
	if p.pod.Status.Phase != corev1.PodPending || p.initialized() {
		return
	}
	for _, u := range usesOf(&p.pod.Spec) {
		if u.optional || !strings.HasPrefix(u.from, "volume ") {
			continue
		}
		if u.resource == "persistentvolumeclaims" {
			p.claimOf(u)
			continue
		}
		obj, seen := p.r.find(u.resource, p.pod.Namespace, u.name)
		if obj == nil && seen {
			kind := map[string]string{"configmaps": "ConfigMap", "secrets": "Secret"}[u.resource]
			p.missingConfig(kind, u.resource, u.name, u.from).event(p.r.lastEvent(p.obj, "FailedMount"))
		}
	}
	if len(p.causes) == 0 {
		p.mount()
	}
}

// initialized says that a container was created already, so that all volumes were mounted.
func (p *podCase) initialized() bool {
	for _, list := range [][]corev1.ContainerStatus{p.pod.Status.InitContainerStatuses, p.pod.Status.ContainerStatuses} {
		for _, s := range list {
			if s.ContainerID != "" || (s.State.Waiting != nil && s.State.Waiting.Reason != "ContainerCreating" && s.State.Waiting.Reason != "PodInitializing") {
				return true
			}
		}
	}
	return false
}

// claimOf examines a claim that the pod mounts.
func (p *podCase) claimOf(u use) {
	claim, seen := findAs[corev1.PersistentVolumeClaim](p.r, u.resource, p.pod.Namespace, u.name)
	switch {
	case claim == nil && seen:
		p.missingClaim(u.name)
	case claim != nil && claim.Status.Phase != corev1.ClaimBound:
		p.claimCauses(claim, true)
	}
}

func (p *podCase) missingClaim(name string) *cause {
	return p.add("volume-missing", toneError, orderCause, "The PersistentVolumeClaim %s does not exist", name).
		about(p.r.refTo("persistentvolumeclaims", p.pod.Namespace, name)).
		with("claim", name, "namespace", p.pod.Namespace, "pod", p.pod.Name).
		detail("Pod %s mounts it and can't start without it.", p.pod.Name).
		remedy("Create the claim " + name + " in namespace " + p.pod.Namespace + ", or correct its name in the pod template.")
}

// missingClaims explains an unschedulable pod whose claims are missing or unbound; then the
// scheduler's other words do not matter.
func (p *podCase) missingClaims(condition *corev1.PodCondition) bool {
	if !strings.Contains(condition.Message, "ersistentvolumeclaim") && !strings.Contains(condition.Message, "PersistentVolumeClaim") {
		return false
	}
	before := len(p.causes)
	for _, v := range p.pod.Spec.Volumes {
		if v.PersistentVolumeClaim != nil {
			p.claimOf(use{resource: "persistentvolumeclaims", name: v.PersistentVolumeClaim.ClaimName, from: "volume " + v.Name})
		}
	}
	for _, c := range p.causes[before:] {
		c.evidence("condition", p.ref, condition.Message, condition.LastTransitionTime.Time).with("pod", p.pod.Name)
	}
	return len(p.causes) > before
}

// refusedByVolume explains what the scheduler says of volumes.
func (p *podCase) refusedByVolume(say func(code, what string) *cause, r refusal, nodes string) *cause {
	switch {
	case strings.Contains(r.reason, "node affinity conflict"):
		return say("unschedulable-volume", "its volume lies on another node or zone than "+nodes).
			detail("A volume that belongs to one node or zone keeps its pods there, and the pod can't go there for other reasons.").
			remedy("Look at the node that holds the volume, and at what else keeps the pod away from it.")
	case strings.Contains(r.reason, "max volume count"):
		return say("unschedulable-volume", nodes+" have as many volumes attached as they may").
			detail("The storage driver limits volumes per node.").remedy("Add a node.")
	}
	return say("unschedulable-volume", "its volume claims are not bound").
		detail("The scheduler says of %s: %s.", nodes, r.reason).remedy("Ask why of the PersistentVolumeClaims of this pod.")
}

// mount: the kubelet can't attach or mount a volume.
func (p *podCase) mount() {
	event := p.r.lastEvent(p.obj, "FailedMount", "FailedAttachVolume", "FailedMapVolume")
	if event == nil {
		return
	}
	if m := missingObject.FindStringSubmatch(event.Message); m != nil {
		kind := map[string]string{"configmap": "ConfigMap", "secret": "Secret"}[m[1]]
		p.missingConfig(kind, m[1]+"s", m[2], "a volume").event(event)
		return
	}
	title, remedy := "can't be mounted", "Read what the node says; look at the storage driver's pods."
	switch {
	case strings.Contains(event.Message, "Multi-Attach"):
		title, remedy = "is still attached to another node", "Wait until the old pod is gone, or use a volume with ReadWriteMany."
	case strings.Contains(event.Message, "non-existent config map key"), strings.Contains(event.Message, "references non-existent"):
		title, remedy = "names a key that does not exist", "Correct items in the volume, or add the key."
	case strings.Contains(event.Message, "driver name") && strings.Contains(event.Message, "not found"):
		title, remedy = "needs a storage driver that this node does not have", "See whether the driver's DaemonSet runs on the node."
	case strings.Contains(event.Message, "wrong fs type"), strings.Contains(event.Message, "hostPath type check failed"):
		title, remedy = "is not of the kind that was asked for", "Check the type of the volume and what lies on the node."
	}
	p.add("volume-mount", toneError, orderCause, "A volume of pod %s %s", p.pod.Name, title).about(p.ref).
		with("pod", p.pod.Name, "node", p.pod.Spec.NodeName).detail("Node %s tries again and again.", p.pod.Spec.NodeName).event(event).remedy(remedy)
}

// sandbox: the node can't make the pod's network or its sandbox.
func (p *podCase) sandbox() {
	if p.pod.Status.Phase != corev1.PodPending || p.initialized() {
		return
	}
	event := p.r.lastEvent(p.obj, "FailedCreatePodSandBox", "NetworkNotReady")
	if event == nil {
		return
	}
	title, remedy := "the pod's sandbox can't be made", "Look at the log of the kubelet and of the container runtime."
	lower := strings.ToLower(event.Message)
	if strings.Contains(lower, "network") || strings.Contains(lower, "cni") {
		title, remedy = "the pod's network can't be set up", "Look at the network plugin on the node: its configuration and its pods."
	}
	p.add("dependency-network", toneError, orderCause, "On node %s %s", p.pod.Spec.NodeName, title).
		about(p.r.refTo("nodes", "", p.pod.Spec.NodeName)).with("pod", p.pod.Name, "node", p.pod.Spec.NodeName).
		detail("No container of pod %s can start before that.", p.pod.Name).event(event).remedy(remedy)
}
