package command

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// The metrics file is for the text-file collector of Prometheus' node_exporter: a run that is over
// cannot be scraped, so it leaves its numbers behind. Each run replaces the file in one move; two
// things are carried over from the previous one, the counts of runs and the time of the last
// success.

// writeMetrics replaces the file.
func writeMetrics(r *runtimeEnv, end runEnd, file string) error {
	run := measured{runEnd: end, now: r.Now(), version: r.Build.Version, previous: readPrevious(file)}
	registry := prometheus.NewRegistry()
	if err := registry.Register(&run); err != nil {
		return err
	}
	families, err := registry.Gather()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(&text, family); err != nil {
			return err
		}
	}
	return r.files.put(output{"--metrics-file", file, metricsFile}, text.Bytes())
}

// previous is what the file of the run before is asked for.
type previous struct {
	runs        map[string]float64 // by exit name
	lastSuccess float64            // seconds since 1970; 0: never
}

// maxPrevious bounds what is read of a file that may be anything.
const maxPrevious = 1 << 20

// readPrevious starts anew when there is no previous file or it is damaged; Prometheus knows
// counters that do.
func readPrevious(path string) previous {
	f := previous{runs: map[string]float64{}}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err != nil || !info.Mode().IsRegular() {
		return f
	}
	file, err := os.Open(path)
	if err != nil {
		return f
	}
	defer file.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(io.LimitReader(file, maxPrevious))
	if err != nil {
		return f
	}
	for _, m := range families[metricRuns].GetMetric() {
		if name := labelOf(m, "exit"); name != "" {
			f.runs[name] = finite(m.GetCounter().GetValue())
		}
	}
	for _, m := range families[metricLastSuccess].GetMetric() {
		f.lastSuccess = finite(m.GetGauge().GetValue())
	}
	return f
}

// finite is a number of a file that may hold any.
func finite(n float64) float64 {
	if math.IsNaN(n) || math.IsInf(n, 0) || n < 0 {
		return 0
	}
	return n
}

func labelOf(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// measured is one run as a prometheus.Collector, which reads its metrics off the table.
type measured struct {
	runEnd
	now      time.Time
	version  string
	previous previous
}

// Describe names the metrics of the table.
func (m *measured) Describe(out chan<- *prometheus.Desc) {
	for i := range metricTable {
		out <- metricTable[i].desc()
	}
}

// Collect gives the samples.
func (m *measured) Collect(out chan<- prometheus.Metric) {
	for i := range metricTable {
		row := &metricTable[i]
		for _, s := range row.samples(m) {
			out <- prometheus.MustNewConstMetric(row.desc(), row.kind, s.value, s.labels...)
		}
	}
}

// succeeded tells whether the run did what it is for: apply reached what the documents say, but for
// what a guard holds for somebody to decide, plan saw everything.
// What was done in play of a built-in zone is no success: the real one is as it was.
func (m *measured) succeeded() bool {
	if m.plays() {
		return false
	}
	switch m.exit {
	case exit.OK:
		return true
	case exit.Changes, exit.Held:
		return m.heldOnly || m.applied == nil && (m.plan != nil || m.status != nil)
	}
	return false
}

// plays tells whether a built-in zone of the run was a simulated one.
func (m *measured) plays() bool {
	return m.plan != nil && slices.ContainsFunc(m.plan.Zones, func(zone plan.Zone) bool {
		return zone.Sandbox && spec.BuiltinHost(zone.Name) != ""
	})
}
