package command

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"segmentql/db"
)

const (
	maxMetricFields = 1_000 // of one workspace, the dearest; the others are one, so that labels stay few
	statsTimeout    = 5 * time.Second
)

// Fields of the metrics that are none.
const (
	otherFields = "(others)"
	noField     = "(none)" // what belongs to no field
)

// metrics are what Prometheus may ask the server for.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(store db.Store, loading *loading) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "segmentql_http_request_duration_seconds", Help: "How long requests took, by route and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "status"}),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "segmentql_index_loaded_ratio", Help: "The part of the contacts that is loaded, from 0 to 1.",
		}, loading.ratio),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "segmentql_index_load_seconds", Help: "How long it took to load all contacts; 0 until they are.",
		}, func() float64 { return time.Duration(loading.took.Load()).Seconds() }),
		storeCollector{store},
	)
	return m
}

// observe takes note of a request. The route is the pattern that the request was matched by, so there are few.
func (m *metrics) observe(route string, status int, duration time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(duration.Seconds())
}

// handler answers in the text format of Prometheus. What could not be collected is left out and logged.
func (m *metrics) handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError,
	})
}

// storeCollector asks the store what it keeps in memory whenever it is collected.
type storeCollector struct{ store db.Store }

var (
	contactsMetric = prometheus.NewDesc("segmentql_contacts", "Contacts in the index.", []string{"workspace"}, nil)
	bytesMetric    = prometheus.NewDesc("segmentql_index_bytes", "Memory that the index of a field takes.", []string{"workspace", "field"}, nil)
	valuesMetric   = prometheus.NewDesc("segmentql_index_values", "Distinct values of a field, in each part of the index by itself.", []string{"workspace", "field"}, nil)
	havingMetric   = prometheus.NewDesc("segmentql_index_contacts", "Contacts, or elements of lists, that have the field.", []string{"workspace", "field"}, nil)
)

// Describe says what is collected.
func (storeCollector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{contactsMetric, bytesMetric, valuesMetric, havingMetric} {
		descriptions <- d
	}
}

// Collect collects it.
func (c storeCollector) Collect(collected chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	stats, err := c.store.Stats(ctx)
	if err != nil {
		collected <- prometheus.NewInvalidMetric(contactsMetric, err)
		return
	}
	gauge := func(d *prometheus.Desc, v int64, labels ...string) {
		collected <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	for _, w := range stats.Workspaces {
		gauge(contactsMetric, w.Contacts, w.ID)
		for _, f := range bounded(w) {
			gauge(bytesMetric, f.Bytes, w.ID, f.Path)
			gauge(valuesMetric, f.Values, w.ID, f.Path)
			gauge(havingMetric, f.Contacts, w.ID, f.Path)
		}
	}
}

// bounded returns what belongs to no field, the dearest fields, and the sum of all others as one: together all bytes
// of the workspace.
func bounded(w db.WorkspaceStats) []db.FieldStats {
	rest := db.FieldStats{Path: noField, Bytes: w.Bytes}
	others := db.FieldStats{Path: otherFields}
	fields := make([]db.FieldStats, 0, min(len(w.Fields), maxMetricFields)+2)
	for i, f := range w.Fields {
		rest.Bytes -= f.Bytes
		if i < maxMetricFields {
			fields = append(fields, f)
			continue
		}
		others.Values += f.Values
		others.Contacts += f.Contacts
		others.Bytes += f.Bytes
	}
	if len(w.Fields) > maxMetricFields {
		fields = append(fields, others)
	}
	return append(fields, rest)
}
