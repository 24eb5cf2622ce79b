//go:build node

package launch_test

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/launch"
	"kubemate.io/kubemate/internal/testkit"
)

// TestNodePlatform starts the platform as people do, uses all of it, kills parts of it, and
// removes it. The steps are in order: later ones find what earlier ones made.
func TestNodePlatform(t *testing.T) {
	p := newPlatform(t)
	before := testkit.TakeHost(t)
	said := ""
	if !p.step(t, "up", func(t *testing.T) { said = p.up(t); p.well(t) }) {
		t.FailNow() // nothing else can hold
	}
	p.step(t, "status tells all parts", p.tellsStatus)
	p.step(t, "the sign-in link works once", func(t *testing.T) { p.signsInOnce(t, said) })
	p.step(t, "a second start is refused", p.refusesSecond)
	p.step(t, "the demo bank runs", p.runsDemo)
	if !p.step(t, "own workloads run", p.runsOwn) {
		t.FailNow()
	}
	p.step(t, "a volume is bound and holds data", p.holdsData)
	p.step(t, "names resolve in a pod", p.resolvesNames)
	p.step(t, "exec gives output, exit code and UTF-8", p.executes)
	p.step(t, "logs follow", p.followsLogs)
	p.step(t, "files are copied in and out", p.copies)
	p.step(t, "a port is forwarded", p.forwardsPort)
	p.step(t, "scale", p.scales)
	p.step(t, "rollout undo", p.undoesRollout)
	p.step(t, "why: a bad image", p.explainsBadImage)
	p.step(t, "why: out of memory", p.explainsOutOfMemory)
	p.step(t, "CPU and memory are measured", p.measures)
	p.step(t, "drain and uncordon", p.drains)
	for _, blow := range []struct {
		name    string
		survive func(*testing.T)
	}{
		{"the server is killed", p.survivesServerKill},
		{"up is killed", p.survivesUpKill},
		{"everything is killed", p.survivesPowerCut},
		{"down and up", p.survivesDown},
	} {
		if !p.step(t, blow.name, blow.survive) {
			t.FailNow() // it may not run any more
		}
	}
	p.step(t, "up on an existing cluster", p.joinsExisting)
	p.step(t, "down --delete leaves nothing", func(t *testing.T) { p.leavesNothing(t, before) })
}

// TestNodeSimulated: the control plane is real, the nodes are not, and everything says so.
func TestNodeSimulated(t *testing.T) {
	p := newPlatform(t, "--simulated", "--nodes", "2")
	before := testkit.TakeHost(t)
	p.step(t, "up", func(t *testing.T) {
		if said := p.up(t); !strings.Contains(said, "simulated nodes: objects behave, no container runs") {
			t.Errorf("it does not say so:\n%s", said)
		}
		p.well(t)
	})
	p.step(t, "status says so", func(t *testing.T) {
		if s := p.status(t); s.Mode != launch.ModeSimulated {
			t.Errorf("mode is %q", s.Mode)
		}
		if r := p.run(t, "", "status", "--data-dir", p.dir); !strings.Contains(r.out, "simulated nodes") {
			t.Errorf("table is\n%s", r.out)
		}
		var clusters struct{ Clusters []struct{ Simulated bool } }
		if p.api(t, "clusters", &clusters); len(clusters.Clusters) != 1 || !clusters.Clusters[0].Simulated {
			t.Errorf("the API says %+v", clusters)
		}
	})
	p.step(t, "the demo is placed on simulated nodes", func(t *testing.T) {
		nodes := strings.Fields(p.ok(t, "get", "nodes", "-o", "name"))
		if strings.Join(nodes, " ") != "node/simulated-1 node/simulated-2" {
			t.Errorf("nodes are %v", nodes)
		}
		for _, pod := range p.pods(t, demo) {
			if !strings.HasPrefix(pod.Spec.NodeName, "simulated-") || !pod.well() {
				t.Errorf("%s on %q is %s", pod.Metadata.Name, pod.Spec.NodeName, pod.Status.Phase)
			}
		}
	})
	p.step(t, "down --delete leaves nothing", func(t *testing.T) { p.leavesNothing(t, before) })
}

func (p *platform) tellsStatus(t *testing.T) {
	s := p.status(t)
	if s.Phase != "running" || s.Mode != launch.ModeNode || s.Version == "" || s.DataDir != p.dir || s.Address != "http://"+p.listen+"/" || s.LogFolder != p.dir+"/logs" {
		t.Errorf("got %+v", s)
	}
	var names []string
	for _, part := range s.Parts {
		names = append(names, part.Name)
		if part.Running != part.Total {
			t.Errorf("%s: %d of %d pods", part.Name, part.Running, part.Total)
		}
	}
	if got := strings.Join(names, " "); got != "server API server node coredns metrics-server demo-bank" {
		t.Errorf("parts: %s", got)
	}
	r := p.run(t, "", "status", "--data-dir", p.dir)
	if r.code != 0 || strings.Contains(r.out, "NOT OK") || !strings.Contains(r.out, "a real node: containers run") {
		t.Errorf("exit code %d:\n%s", r.code, r.out)
	}
}

func (p *platform) signsInOnce(t *testing.T, said string) {
	link := regexp.MustCompile(`http://\S+#token=\S+`).FindString(said)
	if link == "" {
		t.Fatalf("up printed no link:\n%s", said)
	}
	if r := p.run(t, link, "sign-in", "--link-stdin"); r.code != 0 {
		t.Fatalf("sign-in: %d %s%s", r.code, r.out, r.err)
	}
	if r := p.run(t, "", "whoami"); r.code != 0 || !strings.Contains(r.out, "admin") {
		t.Errorf("whoami: %d %s%s", r.code, r.out, r.err)
	}
	if r := p.run(t, "", "get", "pods", "-n", demo); r.code != 4 || !strings.Contains(r.err, "a password must be set") {
		t.Errorf("before there is a password: %d %s%s", r.code, r.out, r.err)
	}
	if r := p.run(t, link, "sign-in", "--link-stdin"); r.code == 0 {
		t.Error("the link worked twice")
	}
	if r := p.run(t, "", "sign-out"); r.code != 0 {
		t.Errorf("sign-out: %d %s%s", r.code, r.out, r.err)
	}
}

func (p *platform) refusesSecond(t *testing.T) {
	t.Run("in the same folder", func(t *testing.T) {
		for _, flag := range []string{"--detach", "--detach=false"} {
			r := p.run(t, "", "up", flag, "--data-dir", p.dir)
			if r.code == 0 || !strings.Contains(r.err, "already running from "+p.dir) || !strings.Contains(r.err, "http://"+p.listen+"/") {
				t.Errorf("%s: exit code %d: %s%s", flag, r.code, r.out, r.err)
			}
		}
	})
	t.Run("on a taken port", func(t *testing.T) {
		other := p.dir + "-2"
		r := p.run(t, "", "up", "--detach", "--simulated", "--data-dir", other, "--listen", p.listen, "--api-port", portOf(address(t)))
		for _, part := range []string{p.listen + ", the address of the console, is taken by kubemate (process ", "--listen"} {
			if r.code == 0 || !strings.Contains(r.out+r.err, part) {
				t.Errorf("%q is not in the answer, exit code %d: %s%s", part, r.code, r.out, r.err)
			}
		}
		if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it made %s: %v", other, err)
		}
	})
	t.Run("of a second node", func(t *testing.T) {
		r := p.run(t, "", "up", "--detach", "--data-dir", p.dir+"-2", "--listen", address(t), "--registry", address(t))
		if r.code == 0 || !strings.Contains(r.out, "error: ") || !strings.Contains(r.err, "nothing was changed") {
			t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
		}
	})
	if s := p.status(t); !s.OK {
		t.Errorf("the first one suffers: %s", notWell(s))
	}
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }
