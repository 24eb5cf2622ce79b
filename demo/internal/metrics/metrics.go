// Package metrics makes the Prometheus metrics that all roles share: requests
// served, calls made, active faults, and the Go and process collectors. A
// role adds its own counters to Registry. All names begin with "bank_".
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics of one role. Durations are seconds.
type Metrics struct {
	Registry       *prometheus.Registry
	Requests       *prometheus.CounterVec   // method, route, status
	RequestSeconds *prometheus.HistogramVec // method, route
	Calls          *prometheus.CounterVec   // target, status
	CallSeconds    *prometheus.HistogramVec // target
	FaultActive    *prometheus.GaugeVec     // kind
}

// buckets reach from a loopback call to the longest injected latency.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// New makes and registers the metrics of a role.
func New(role, version string) *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		Requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bank_requests_total", Help: "Requests served.",
		}, []string{"method", "route", "status"}),
		RequestSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bank_request_duration_seconds", Help: "Time to serve a request.", Buckets: buckets,
		}, []string{"method", "route"}),
		Calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bank_calls_total", Help: "Calls made to another service, retries included.",
		}, []string{"target", "status"}),
		CallSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bank_call_duration_seconds", Help: "Time of a call to another service.", Buckets: buckets,
		}, []string{"target"}),
		FaultActive: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "bank_fault_active", Help: "1 while a fault switch of this kind is on.",
		}, []string{"kind"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bank_build_info", Help: "Always 1; the labels tell role and version.",
		ConstLabels: prometheus.Labels{"role": role, "version": version},
	})
	info.Set(1)
	m.Registry.MustRegister(
		m.Requests, m.RequestSeconds, m.Calls, m.CallSeconds, m.FaultActive, info,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Counter adds a counter of the role to the registry.
func (m *Metrics) Counter(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.Registry.MustRegister(c)
	return c
}

// Gauge adds a gauge of the role that is read when scraped. The function must
// be safe to call at any time.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Observe records a duration with the trace as exemplar, so that a point of a
// graph leads to a request.
func Observe(o prometheus.Observer, d time.Duration, traceID string) {
	if e, ok := o.(prometheus.ExemplarObserver); ok && traceID != "" {
		e.ObserveWithExemplar(d.Seconds(), prometheus.Labels{"trace_id": traceID})
		return
	}
	o.Observe(d.Seconds())
}

// Handler serves the registry, in OpenMetrics where the scraper asks for it.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}
