//go:build node

package launch_test

import (
	"fmt"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/testkit"
)

// deployment is what this test looks at in a Deployment.
type deployment struct {
	Spec struct {
		Replicas int
		Template struct {
			Spec struct {
				Containers []struct {
					Env []struct{ Name, Value string }
				}
			}
		}
	}
	Status struct{ ReadyReplicas, UpdatedReplicas int }
}

func (p *platform) web(t *testing.T) deployment {
	t.Helper()
	var d deployment
	p.read(t, &d, "get", "deploy/web", "-n", proof)
	return d
}

func (p *platform) scales(t *testing.T) {
	for _, n := range []int{3, 0, 1} {
		p.ok(t, "scale", "deploy/web", "-n", proof, "--replicas", fmt.Sprint(n))
		testkit.OnNode(t, fmt.Sprintf("web has %d pods", n), func() error {
			count := 0
			for _, pod := range p.pods(t, proof) {
				if pod.Metadata.Labels["app"] == "web" {
					count++
				}
			}
			if d := p.web(t); d.Status.ReadyReplicas != n || count != n {
				return fmt.Errorf("%d are ready, %d are there", d.Status.ReadyReplicas, count)
			}
			return nil
		})
	}
}

func (p *platform) undoesRollout(t *testing.T) {
	edition := func() string { return p.web(t).Spec.Template.Spec.Containers[0].Env[0].Value }
	// The scale took the field over: without it, applying would ask who owns it.
	changed := strings.NewReplacer("IMAGE", p.toolbox, "value: first", "value: second", "\n  replicas: 1", "").Replace(workloads)
	p.okWith(t, changed, "apply", "-f", "-")
	p.ok(t, "rollout", "status", "deploy/web", "-n", proof, "--timeout", "5m")
	if got := edition(); got != "second" {
		t.Fatalf("the edition is %q", got)
	}
	if out := p.ok(t, "rollout", "undo", "deploy/web", "-n", proof); !strings.Contains(out, "went back to revision") {
		t.Errorf("undo says %q", out)
	}
	p.ok(t, "rollout", "status", "deploy/web", "-n", proof, "--timeout", "5m")
	if got := edition(); got != "first" {
		t.Errorf("after undo the edition is %q", got)
	}
	if got := p.ok(t, "exec", "deploy/web", "-n", proof, "--", "printenv", "EDITION"); got != "first\n" {
		t.Errorf("the pod has edition %q", got)
	}
	var history []struct {
		Revision int64
		Current  bool
	}
	p.read(t, &history, "rollout", "history", "deploy/web", "-n", proof)
	for _, h := range history {
		if h.Current != (h.Revision == 3) {
			t.Errorf("the history is %+v", history)
		}
	}
}

// why is the answer of `why`.
type why struct {
	Tone   string
	Causes []struct {
		Code   string
		Params map[string]string
		Remedy []string
	}
}

// explains waits until `why` gives a cause, and returns its params.
func (p *platform) explains(t *testing.T, namespace, object, code string) map[string]string {
	t.Helper()
	var params map[string]string
	testkit.OnNode(t, "why "+object+" says "+code, func() error {
		var answer why
		p.read(t, &answer, "why", object, "-n", namespace)
		if len(answer.Causes) == 0 || answer.Causes[0].Code != code {
			return fmt.Errorf("it says %+v", answer)
		}
		if params = answer.Causes[0].Params; len(answer.Causes[0].Remedy) == 0 {
			return fmt.Errorf("there is no remedy in %+v", answer)
		}
		return nil
	})
	return params
}

func (p *platform) explainsBadImage(t *testing.T) {
	const missing = "localhost:5050/kubemate/nosuch:1"
	p.okWith(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"},"spec":{"containers":[{"name":"c","image":"`+missing+`"}]}}`,
		"apply", "-f", "-", "-n", proof)
	if got := p.explains(t, proof, "pod/bad", "image-pull"); got["reason"] != "not-found" || got["image"] != missing || got["container"] != "c" {
		t.Errorf("params %v", got)
	}
	if text := p.ok(t, "why", "pod/bad", "-n", proof); !strings.Contains(text, missing) || !strings.Contains(text, "do: ") {
		t.Errorf("it says\n%s", text)
	}
	if text := p.ok(t, "describe", "pod/bad", "-n", proof); !strings.Contains(text, missing) {
		t.Errorf("describe says\n%s", text)
	}
	p.ok(t, "delete", "pod/bad", "-n", proof, "--grace-period", "0")
}

// explainsOutOfMemory uses the demo's own switch, as the tutorial does.
func (p *platform) explainsOutOfMemory(t *testing.T) {
	p.ok(t, "exec", "deploy/notify", "-n", demo, "--", "curl", "-sf", "-X", "PUT", "-H", "Content-Type: application/yaml",
		"-d", "notify: {memory: {mib_per_second: 64}}", "http://localhost:9091/faults")
	if got := p.explains(t, demo, "deploy/notify", "oom-killed"); got["container"] != "notify" || got["limit"] != "96Mi" {
		t.Errorf("params %v", got)
	}
	p.podsRun(t, demo)
}

func (p *platform) nodeName(t *testing.T) string {
	t.Helper()
	return strings.TrimPrefix(strings.TrimSpace(p.ok(t, "get", "nodes", "-o", "name")), "node/")
}

// drains: on one node the budget of the first evicted pod can't be met again, so the drain waits,
// and says for what. Without the budgets it ends, with all pods Pending.
func (p *platform) drains(t *testing.T) {
	node := p.nodeName(t)
	drain := p.start(t, "drain", node, "--delete-emptydir-data", "--ignore-daemonsets", "--force")
	for _, name := range []string{"accounts", "teller"} {
		testkit.OnNode(t, "the drain waits for the budget of "+name, func() error {
			for line := range strings.Lines(drain.said()) {
				if strings.Contains(line, demo) && strings.Contains(line, "blocked: ") && strings.Contains(line, name) {
					return nil
				}
			}
			return fmt.Errorf("so far %q", drain.said())
		})
	}
	if out := p.ok(t, "jobs", "list"); !strings.Contains(out, "drain") || !strings.Contains(out, "running") {
		t.Errorf("jobs are\n%s", out)
	}
	if r := p.cli(t, "", "drain", node, "--delete-emptydir-data", "--force"); r.code != 6 {
		t.Errorf("a second drain: exit code %d: %s%s", r.code, r.out, r.err)
	}
	p.ok(t, "delete", "pdb", "accounts", "teller", "-n", demo)
	drain.end(t)
	drain.await(t, "drain of "+node+" done")
	if out := p.ok(t, "get", "nodes"); !strings.Contains(out, "SchedulingDisabled") && !strings.Contains(out, "ordoned") {
		t.Errorf("the node does not look cordoned:\n%s", out)
	}
	testkit.OnNode(t, "all pods are Pending", func() error {
		for _, namespace := range []string{demo, proof} {
			for _, pod := range p.pods(t, namespace) {
				if pod.Status.Phase != "Pending" && pod.Status.Phase != "Succeeded" {
					return fmt.Errorf("%s is %s", pod.Metadata.Name, pod.Status.Phase)
				}
			}
		}
		return nil
	})
	p.explains(t, proof, "deploy/web", "unschedulable-taints")
	if s := p.status(t); s.OK {
		t.Errorf("status says that all is well: %+v", s)
	}
	p.ok(t, "uncordon", node)
	p.podsRun(t, proof)
	p.well(t)
	p.keeps(t)
}
