package clusters

import (
	"strings"
	"testing"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// A cluster whose rules cannot be had is shown, without anything from inside it, to those who
// run the platform, and to nobody else.
func TestClusterWithoutRules(t *testing.T) {
	c := &fakeCluster{health: kube.Health{Problem: "nothing listens at the API server's address", Since: time.Unix(7, 0)}}
	f, scope := newFake(t, c, &fakeFleet{}, nil, authz.GroupPlatformAdmins)
	got, err := f.list(t.Context(), scope)
	if err != nil || len(got) != 1 || got[0].DisplayName != "Far away" || got[0].Nodes != nil || got[0].Pods != nil {
		t.Fatalf("for an admin: %+v, %v", got, err)
	}
	if s := got[0].State; s.Phase != "loading" || s.Since != 7 || !strings.Contains(s.Cause, "nothing listens") {
		t.Errorf("state %+v", s)
	}
	f, scope = newFake(t, c, &fakeFleet{}, nil, "developers")
	if got, err := f.list(t.Context(), scope); err != nil || len(got) != 0 {
		t.Errorf("for a developer: %+v, %v", got, err)
	}
}

func TestConditionsOfACluster(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		health kube.Health
		ready  map[string]int // tones of nodes
		want   []string       // "type tone part of the message"
		not    string
	}{
		"well": {kube.Health{Connected: true, RoundTrip: 3 * time.Millisecond, CertificateExpiry: now.AddDate(1, 0, 0)}, map[string]int{"ok": 2}, []string{"Connected ok 3 ms", "Certificate ok ends on"}, "Nodes"},
		"away": {kube.Health{Problem: "nothing listens; check it"}, nil, []string{"Connected error nothing listens; check it"}, "Certificate"},
		"ends soon": {
			kube.Health{Connected: true, CertificateExpiry: now.Add(10*24*time.Hour + time.Hour)},
			nil,
			[]string{"Certificate warning in 10 days"},
			"Nodes",
		},
		"ended":      {kube.Health{CertificateExpiry: now.Add(-time.Minute)}, nil, []string{"Certificate error has expired"}, "Nodes"},
		"lost nodes": {kube.Health{Connected: true}, map[string]int{"ok": 2, "error": 1}, []string{"Nodes error 1 of 3 nodes are not ready"}, "Certificate"},
		"cordoned":   {kube.Health{Connected: true}, map[string]int{"ok": 1, "warning": 2}, []string{"Connected ok"}, "Nodes"},
	} {
		t.Run(name, func(t *testing.T) {
			fakes := &fakeFleet{totals: map[string]*fleet.Totals{}}
			if c.ready != nil {
				all := &fleet.Totals{Tones: c.ready}
				for _, n := range c.ready {
					all.Total += n
				}
				fakes.totals["nodes"] = all
			}
			cluster := &fakeCluster{health: c.health}
			f, scope := newFake(t, cluster, fakes, lists{})
			d, err := f.detail(t.Context(), scope, cluster)
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, condition := range d.Conditions {
				said = append(said, condition.Type+" "+condition.Tone+" "+condition.Message)
			}
			for _, want := range c.want {
				kind, part, _ := strings.Cut(want, " ")
				tone, part, _ := strings.Cut(part, " ")
				found := false
				for _, s := range said {
					found = found || strings.HasPrefix(s, kind+" "+tone) && strings.Contains(s, part)
				}
				if !found {
					t.Errorf("nothing says %q: %q", want, said)
				}
			}
			if strings.Contains(strings.Join(said, "\n"), c.not) {
				t.Errorf("says something of %s: %q", c.not, said)
			}
		})
	}
}

// What the caller may not list is left out, and neither zero nor an error; any other failure is one.
func TestSummaryLeavesOutWhatIsHidden(t *testing.T) {
	cluster := &fakeCluster{health: kube.Health{Connected: true}}
	f, scope := newFake(t, cluster, &fakeFleet{totals: map[string]*fleet.Totals{"pods": {Total: 4, Sums: map[string]float64{}}}}, lists{"pods": in("a")})
	got, err := f.summary(t.Context(), scope, cluster)
	if err != nil || got.Nodes != nil || got.CPU.Capacity != nil || got.CPU.Used != nil || got.Pods == nil || got.Pods.Total != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.CPU.Requested == nil || *got.CPU.Requested != 0 {
		t.Errorf("pods that ask for nothing ask for %v", got.CPU.Requested)
	}
	for _, resource := range []string{"pods", "nodes"} {
		broken := &fakeFleet{
			totals: map[string]*fleet.Totals{"pods": {}, "nodes": {}},
			fails:  map[string]error{resource: errs.New(errs.Unavailable, "not complete yet")},
		}
		f, scope := newFake(t, cluster, broken, lists{})
		if _, err := f.summary(t.Context(), scope, cluster); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s: %v", resource, err)
		}
	}
}

func TestWorseState(t *testing.T) {
	live, loading, stale := fleet.State{Phase: "live"}, fleet.State{Phase: "loading"}, fleet.State{Phase: "stale"}
	for _, c := range [][3]fleet.State{{{}, live, live}, {live, loading, loading}, {stale, loading, stale}, {loading, stale, stale}, {stale, live, stale}} {
		if got := worse(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %q: %q", c[0].Phase, c[1].Phase, got.Phase)
		}
	}
}
