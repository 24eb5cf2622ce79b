package app

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/live"
	"kubemate.io/kubemate/internal/feature/access"
)

// What the collector asks of the parts: they keep plain numbers and know nothing of Prometheus.
type (
	clusterFigures interface{ Clusters() []kube.Cluster }
	fleetFigures   interface{ Stats() []fleet.Stats }
	liveFigures    interface{ Stats() live.Stats }
	jobFigures     interface{ Stats() jobs.Stats }
	signInFigures  interface{ SignIns() []access.SignIns }
)

// figures are the parts that have numbers to show.
type figures struct {
	clusters clusterFigures
	fleet    fleetFigures
	live     liveFigures
	jobs     jobFigures
	signIns  signInFigures
}

// family is one metric with its labels.
type family struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func gauge(name, help string, labels ...string) family {
	return family{prometheus.NewDesc("kubemate_"+name, help, labels, nil), prometheus.GaugeValue}
}

func counter(name, help string, labels ...string) family {
	return family{prometheus.NewDesc("kubemate_"+name, help, labels, nil), prometheus.CounterValue}
}

// collector reads the numbers of the parts at each scrape. No label holds the name of an object
// or a user: their number has no bound, and neither do their readers.
type collector struct {
	figures
	cluster clusterFamilies
	cache   cacheFamilies
	hub     hubFamilies

	jobsRunning, jobsEnded, signIn, build family
}

func newCollector(f figures) *collector {
	return &collector{
		figures: f, cluster: newClusterFamilies(), cache: newCacheFamilies(), hub: newHubFamilies(),
		jobsRunning: gauge("jobs_running", "Jobs that run in this process.", "type"),
		jobsEnded:   counter("jobs_ended_total", "Jobs that ended in this process.", "type", "outcome"),
		signIn:      counter("sign_ins_total", "Tries to sign in, by way (password, link) and outcome.", "way", "outcome"),
		build:       gauge("build_info", "The version that runs; always 1.", "version"),
	}
}

// Describe sends all families, so that a name given twice is noticed at the start.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, f := range slices.Concat(c.cluster.all(), c.cache.all(), c.hub.all(), []family{c.jobsRunning, c.jobsEnded, c.signIn, c.build}) {
		out <- f.desc
	}
}

// Collect sends the numbers as they are now.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	send := func(f family, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(f.desc, f.kind, value, labels...)
	}
	send(c.build, 1, Version)
	c.cluster.collect(send, c.clusters.Clusters())
	c.cache.collect(send, c.fleet.Stats())
	c.hub.collect(send, c.live.Stats())
	stats := c.jobs.Stats()
	for kind, n := range stats.Running {
		send(c.jobsRunning, float64(n), kind)
	}
	for o, n := range stats.Ended {
		send(c.jobsEnded, float64(n), o.Type, string(o.Phase))
	}
	for _, s := range c.signIns.SignIns() {
		send(c.signIn, float64(s.Count), s.Way, s.Outcome)
	}
}

// sender takes one number of a family.
type sender func(f family, value float64, labels ...string)

// upstreamCalls counts calls to API servers.
func upstreamCalls(registry *prometheus.Registry) func(kube.Call) {
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "kubemate_upstream_request_duration_seconds",
		Help:    "Time until an API server began to answer, by cluster, verb and HTTP status (\"error\" without one).",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
	}, []string{"cluster", "verb", "code"})
	registry.MustRegister(durations)
	return func(c kube.Call) { durations.WithLabelValues(c.Cluster, c.Verb, c.Code).Observe(c.Took.Seconds()) }
}
