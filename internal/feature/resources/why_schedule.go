package resources

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// scheduling: no node was found for the pod.
func (p *podCase) scheduling() {
	if p.pod.Spec.NodeName != "" {
		return
	}
	condition := podCondition(p.pod, corev1.PodScheduled)
	switch {
	case condition == nil || condition.Status == corev1.ConditionTrue:
		p.notScheduledYet()
	case condition.Reason == corev1.PodReasonSchedulingGated:
		var gates []string
		for _, g := range p.pod.Spec.SchedulingGates {
			gates = append(gates, g.Name)
		}
		p.add("scheduling-gated", toneWarning, orderCause, "Pod %s is held back by scheduling gates", p.pod.Name).about(p.ref).
			with("pod", p.pod.Name, "gates", shortList(gates)).
			detail("It is not offered to the scheduler until %s is removed by whoever put it there.", shortList(gates)).
			evidence("condition", p.ref, condition.Message, condition.LastTransitionTime.Time)
	default:
		p.unschedulable(condition)
	}
}

func (p *podCase) notScheduledYet() {
	name := p.pod.Spec.SchedulerName
	if name != "" && name != corev1.DefaultSchedulerName {
		p.add("dependency-scheduler", toneWarning, orderCause, "Pod %s waits for the scheduler %s", p.pod.Name, name).about(p.ref).
			with("pod", p.pod.Name, "scheduler", name).
			detail("It names a scheduler of its own, and that one has not looked at it yet.").
			remedy("See whether a scheduler of the name " + name + " runs, or remove spec.schedulerName.")
		return
	}
	p.add("starting", toneProgress, orderNote, "Pod %s is waiting for the scheduler", p.pod.Name).about(p.ref).with("pod", p.pod.Name).
		detail("The scheduler has not looked at it yet. If this lasts, the scheduler does not run.")
}

// refusal is one reason of the scheduler, with the number of nodes it is about.
type refusal struct {
	nodes  int
	reason string
}

var (
	schedulerMessage = regexp.MustCompile(`^(\d+)/(\d+) nodes are available: (.*?)\.?(?: preemption: .*| no new claims.*)?$`)
	schedulerPart    = regexp.MustCompile(`^(\d+) (.*)$`)
)

// parseRefusals takes the scheduler's message apart: "0/3 nodes are available: 1
// Insufficient cpu, 2 node(s) had untolerated taint {a: b}. preemption: …".
func parseRefusals(message string) (total int, out []refusal) {
	m := schedulerMessage.FindStringSubmatch(strings.TrimSpace(message))
	if m == nil {
		return 0, nil
	}
	total, _ = strconv.Atoi(m[2]) // digits only
	rest, _, _ := strings.Cut(m[3], ". preemption:")
	for part := range strings.SplitSeq(strings.TrimSuffix(rest, "."), ", ") {
		n := schedulerPart.FindStringSubmatch(strings.TrimSpace(part))
		if n == nil {
			if len(out) > 0 { // a comma inside a reason
				out[len(out)-1].reason += ", " + part
			} else {
				out = append(out, refusal{nodes: total, reason: part})
			}
			continue
		}
		count, _ := strconv.Atoi(n[1]) // digits only
		out = append(out, refusal{nodes: count, reason: n[2]})
	}
	return total, out
}

// unschedulable explains what the scheduler says, the reason of most nodes first.
func (p *podCase) unschedulable(condition *corev1.PodCondition) {
	if p.missingClaims(condition) {
		return
	}
	total, refusals := parseRefusals(condition.Message)
	if strings.Contains(condition.Message, "no nodes available") || (len(refusals) == 0 && total == 0 && strings.HasPrefix(condition.Message, "0/0")) {
		p.add("unschedulable-nodes", toneError, orderCause, "Pod %s can't be scheduled: the cluster has no nodes", p.pod.Name).about(p.ref).
			with("pod", p.pod.Name).detail("There is no node that could take any pod.").
			evidence("condition", p.ref, condition.Message, condition.LastTransitionTime.Time).remedy("Add a node, or find out why none is registered.")
		return
	}
	slices.SortStableFunc(refusals, func(a, b refusal) int { return b.nodes - a.nodes })
	seen := map[string]bool{}
	for _, r := range refusals {
		c := p.refused(r, total)
		if seen[c.Code+c.Title] {
			p.causes = p.causes[:len(p.causes)-1]
			continue
		}
		seen[c.Code+c.Title] = true
		c.about(p.ref).with("pod", p.pod.Name, "nodes", strconv.Itoa(r.nodes), "total", strconv.Itoa(total)).
			evidence("condition", p.ref, condition.Message, condition.LastTransitionTime.Time)
	}
	if len(refusals) == 0 {
		p.add("unschedulable-nodes", toneError, orderCause, "Pod %s can't be scheduled", p.pod.Name).about(p.ref).with("pod", p.pod.Name).
			detail("%s", condition.Message).evidence("condition", p.ref, condition.Message, condition.LastTransitionTime.Time)
	}
}

// refused turns one reason of the scheduler into a cause.
func (p *podCase) refused(r refusal, total int) *cause {
	nodes := fmt.Sprintf("%d of %d nodes", r.nodes, total)
	say := func(code, what string) *cause {
		return p.add(code, toneError, orderCause, "Pod %s can't be scheduled: %s", p.pod.Name, what)
	}
	has := func(s string) bool { return strings.Contains(r.reason, s) }
	switch {
	case has("Insufficient"):
		return p.tooBig(say, strings.TrimPrefix(r.reason, "Insufficient "), nodes)
	case has("Too many pods"):
		return say("unschedulable-resources", nodes+" already run as many pods as they may").with("resource", "pods").
			detail("Each node takes a limited number of pods (allocatable pods).").remedy("Add a node, or remove pods that are not needed.")
	case has("taint"):
		return p.refusedByTaint(say, r, nodes)
	case has("volume"), has("PersistentVolume"), has("persistentvolume"):
		return p.refusedByVolume(say, r, nodes)
	case has("free ports"):
		return say("unschedulable-ports", "its host port is taken on "+nodes).
			detail("It asks for a hostPort, and another pod holds that port.").remedy("Use a Service instead of a hostPort, or another port.")
	case has("were unschedulable"):
		return say("unschedulable-taints", nodes+" are cordoned").with("taint", "node.kubernetes.io/unschedulable").
			detail("They were marked unschedulable, by cordon or drain.").remedy("Uncordon a node when its maintenance is over.")
	case has("affinity"), has("selector"), has("topology"):
		return p.refusedByAffinity(say, r, nodes)
	}
	return say("unschedulable-nodes", r.reason+" ("+nodes+")").detail("The scheduler says of %s: %s.", nodes, r.reason).with("reason", r.reason)
}

var taintPattern = regexp.MustCompile(`\{([^:}]+)(?:: ?([^}]*))?\}`)

func (p *podCase) refusedByTaint(say func(code, what string) *cause, r refusal, nodes string) *cause {
	key, value := "", ""
	if m := taintPattern.FindStringSubmatch(r.reason); m != nil {
		key, value = m[1], m[2]
	}
	switch key {
	case "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable":
		return say("node-not-ready", nodes+" are not ready").with("taint", key).
			detail("The nodes do not report that they are well, so nothing new goes there.").
			remedy("Ask why of the nodes that are not ready.")
	case "node.kubernetes.io/unschedulable":
		return say("unschedulable-taints", nodes+" are cordoned").with("taint", key).
			detail("They were marked unschedulable, by cordon or drain.").remedy("Uncordon a node when its maintenance is over.")
	case "node.kubernetes.io/disk-pressure", "node.kubernetes.io/memory-pressure", "node.kubernetes.io/pid-pressure":
		return say("unschedulable-taints", nodes+" are short of "+pressureWord(key)).with("taint", key).
			detail("The kubelet keeps new pods away until there is room again.").remedy("Free " + pressureWord(key) + " on the nodes, or add a node.")
	}
	return say("unschedulable-taints", nodes+" have the taint "+key+", which it does not tolerate").with("taint", key, "value", value).
		detail("A taint keeps pods away that have no toleration for it.").
		remedy("Add a toleration for "+key+" if the pod belongs there.", "Or take the taint off the node.")
}

func pressureWord(key string) string {
	switch {
	case strings.Contains(key, "disk"):
		return "disk space"
	case strings.Contains(key, "memory"):
		return "memory"
	default:
		return "process ids"
	}
}

func (p *podCase) refusedByAffinity(say func(code, what string) *cause, r refusal, nodes string) *cause {
	switch {
	case strings.Contains(r.reason, "topology"):
		return say("unschedulable-affinity", "its topology spread can't be kept on "+nodes).with("rule", "topology-spread").
			detail("topologySpreadConstraints with DoNotSchedule allow no more pods there: %s.", r.reason).
			remedy("Add nodes in the other zones, raise maxSkew, or use ScheduleAnyway.")
	case strings.Contains(r.reason, "anti-affinity"):
		return say("unschedulable-affinity", "its anti-affinity excludes "+nodes).with("rule", "anti-affinity").
			detail("Pods that it must not stand beside run there already: %s.", r.reason).
			remedy("Add a node, run fewer replicas, or make the rule preferred instead of required.")
	case strings.Contains(r.reason, "pod affinity"):
		return say("unschedulable-affinity", "no node runs the pods that it must stand beside").with("rule", "pod-affinity").
			detail("Its pod affinity finds no partner: %s.", r.reason).remedy("See whether the other workload runs, and its labels.")
	}
	c := say("unschedulable-affinity", "no node fits its node selector").with("rule", "node-affinity").
		detail("Its nodeSelector or node affinity does not match the labels of %s.", nodes).
		remedy("Label a node as the pod asks, or correct nodeSelector and affinity.")
	if selector := p.pod.Spec.NodeSelector; len(selector) > 0 {
		var pairs []string
		for _, k := range sortedKeys(selector) {
			pairs = append(pairs, k+"="+selector[k])
		}
		c.with("selector", strings.Join(pairs, ",")).evidence("spec", p.ref, "nodeSelector "+strings.Join(pairs, ", "), p.pod.CreationTimestamp.Time)
	}
	return c
}
