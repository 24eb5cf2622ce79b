package app

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/live"
	"kubemate.io/kubemate/internal/feature/access"
	"kubemate.io/kubemate/internal/testkit"
)

// fixed are parts that always have the same figures.
type fixed struct{}

type fixedCluster struct {
	kube.Cluster
	health kube.Health
}

func (fixedCluster) Name() string          { return "local" }
func (c fixedCluster) Health() kube.Health { return c.health }

func (fixed) Clusters() []kube.Cluster {
	return []kube.Cluster{fixedCluster{health: kube.Health{Connected: true, LastContact: time.Unix(1000, 5e8)}}}
}

func (fixed) Stats() []fleet.Stats {
	return []fleet.Stats{
		{Cluster: "local", Resource: "pods", Objects: 7, Bytes: 700, Lists: 2, Watches: 5, Failures: 1, Heard: time.Unix(990, 0)},
		{Cluster: "local", Resource: "events", Stale: 90 * time.Second},
	}
}

func (fixed) SignIns() []access.SignIns {
	return []access.SignIns{{Way: "password", Outcome: "failed", Count: 3}}
}

type fixedLive struct{}

func (fixedLive) Stats() live.Stats {
	return live.Stats{
		Connections: 2, Subscriptions: map[string]int{"table": 9}, Updates: map[string]uint64{"patch": 40},
		Resyncs: 1, Coalesced: 4, Ended: map[string]uint64{"slow": 1},
	}
}

type fixedJobs struct{}

func (fixedJobs) Stats() jobs.Stats {
	return jobs.Stats{Running: map[string]int{"drain": 1}, Ended: map[jobs.Outcome]uint64{{Type: "drain", Phase: jobs.Failed}: 2}}
}

func TestCollectorShowsTheFigures(t *testing.T) {
	c := newCollector(figures{clusters: fixed{}, fleet: fixed{}, live: fixedLive{}, jobs: fixedJobs{}, signIns: fixed{}})
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	want := `
kubemate_build_info{version="` + Version + `"} 1
kubemate_cluster_connected{cluster="local"} 1
kubemate_cluster_last_contact_timestamp_seconds{cluster="local"} 1000.5
kubemate_fleet_failures_total{cluster="local",resource="events"} 0
kubemate_fleet_failures_total{cluster="local",resource="pods"} 1
kubemate_fleet_kinds{cluster="local"} 2
kubemate_fleet_last_event_timestamp_seconds{cluster="local",resource="pods"} 990
kubemate_fleet_lists_total{cluster="local",resource="events"} 0
kubemate_fleet_lists_total{cluster="local",resource="pods"} 2
kubemate_fleet_object_bytes{cluster="local",resource="events"} 0
kubemate_fleet_object_bytes{cluster="local",resource="pods"} 700
kubemate_fleet_objects{cluster="local",resource="events"} 0
kubemate_fleet_objects{cluster="local",resource="pods"} 7
kubemate_fleet_stale_seconds{cluster="local",resource="events"} 90
kubemate_fleet_stale_seconds{cluster="local",resource="pods"} 0
kubemate_fleet_watches_total{cluster="local",resource="events"} 0
kubemate_fleet_watches_total{cluster="local",resource="pods"} 5
kubemate_jobs_ended_total{outcome="failed",type="drain"} 2
kubemate_jobs_running{type="drain"} 1
kubemate_live_coalesced_total 4
kubemate_live_connections 2
kubemate_live_connections_ended_total{reason="slow"} 1
kubemate_live_resyncs_total 1
kubemate_live_subscriptions{of="table"} 9
kubemate_live_updates_total{kind="patch"} 40
kubemate_sign_ins_total{outcome="failed",way="password"} 3
`
	if got := samples(t, registry); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant%s", got, want)
	}
	page, err := os.ReadFile("../../docs/reference/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.TrimSpace(want)) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "{")
		if name, _, _ = strings.Cut(name, " "); !bytes.Contains(page, []byte("`"+name+"`")) {
			t.Errorf("docs/reference/metrics.md does not tell of %s", name)
		}
	}
	if problems, err := testutil.CollectAndLint(c); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// samples writes what a registry holds as lines without help and type.
func samples(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			line := f.GetName()
			if len(labels) > 0 {
				line += "{" + strings.Join(labels, ",") + "}"
			}
			lines = append(lines, fmt.Sprintf("%s %v", line, m.GetGauge().GetValue()+m.GetCounter().GetValue()))
		}
	}
	return strings.Join(lines, "\n")
}

// TestMetrics asks a whole server: every family is served, by the conventions, and tells
// nobody's name.
func TestMetrics(t *testing.T) {
	r := startServer(t, t.TempDir())
	token := r.signIn("greta-the-user", "platform-admins")
	if status, _ := r.call(http.DefaultClient, "GET", podsPage, token, ""); status != http.StatusOK {
		t.Fatalf("a list: %d", status)
	}
	if status, answer := r.call(http.DefaultClient, "POST", "/api/v1/auth/sign-in", "", `{"username":"greta-the-user","password":"wrong"}`); status != http.StatusUnauthorized {
		t.Fatalf("a wrong password: %d %s", status, answer)
	}
	if status, _ := r.call(http.DefaultClient, "GET", "/metrics", "", ""); status != http.StatusUnauthorized {
		t.Errorf("without sign-in: %d", status)
	}
	var text []byte
	testkit.Eventually(t, "the cache tells of configmaps", func() bool {
		_, text = r.call(http.DefaultClient, "GET", "/metrics", token, "")
		return regexp.MustCompile(`(?m)^kubemate_fleet_objects{cluster="local",resource="configmaps"} [1-9]`).Match(text)
	})
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	for _, pattern := range []string{
		`kubemate_build_info{version=`, `kubemate_cluster_connected{cluster="local"} 1$`, `kubemate_cluster_last_contact_timestamp_seconds{`,
		`kubemate_fleet_kinds{cluster="local"} [1-9]`, `kubemate_fleet_object_bytes{cluster="local",resource="configmaps"} [1-9]`,
		`kubemate_fleet_lists_total{cluster="local",resource="pods"} [1-9]`, `kubemate_fleet_watches_total{cluster="local",resource="pods"} [1-9]`,
		`kubemate_fleet_failures_total{`, `kubemate_fleet_last_event_timestamp_seconds{`, `kubemate_fleet_stale_seconds{cluster="local",resource="configmaps"} 0$`,
		`kubemate_live_connections 0$`, `kubemate_live_subscriptions{of="table"} 0$`, `kubemate_live_updates_total{kind="patch"} 0$`,
		`kubemate_live_resyncs_total 0$`, `kubemate_live_coalesced_total 0$`, `kubemate_live_connections_ended_total{reason="slow"} 0$`,
		`kubemate_jobs_running{type="drain"} 0$`, `kubemate_jobs_ended_total{outcome="succeeded",type="drain"} 0$`,
		`kubemate_sign_ins_total{outcome="succeeded",way="link"} 1$`, `kubemate_sign_ins_total{outcome="failed",way="password"} 1$`, `kubemate_sign_ins_total{outcome="throttled",way="password"} 0$`,
		`kubemate_upstream_request_duration_seconds_count{cluster="local",code="200",verb="watch"} [1-9]`,
		`kubemate_http_request_duration_seconds_count{`, `go_goroutines `, `process_`,
	} {
		if !regexp.MustCompile(`(?m)^` + pattern).Match(text) {
			t.Errorf("nothing matches %s", pattern)
		}
	}
	if bytes.Contains(text, []byte("greta-the-user")) {
		t.Error("the name of a user is in the metrics")
	}
}
