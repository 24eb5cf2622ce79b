package httpapi

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics is what the border counts, by route (never by path: objects' names are unbounded).
type metrics struct {
	durations *prometheus.HistogramVec
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "kubemate_http_request_duration_seconds",
		Help:    "Time to answer a request, by route, method and status class.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}, []string{"route", "method", "status"})}
	registry.MustRegister(m.durations, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "console"
	}
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE":
	default:
		method = "other"
	}
	m.durations.WithLabelValues(route, method, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}
