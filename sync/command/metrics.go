package command

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/history"
)

// The metrics file is for the text-file collector of Prometheus' node_exporter: a run that is over
// cannot be scraped, so it leaves its numbers behind. Each run replaces the file in one move; two
// things are carried over from the former one, the counts of runs and the time of the last success.

func metricsFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name:  "metrics-file",
			Usage: "write the run's numbers to `FILE` for Prometheus' text-file collector, also when the run fails",
		},
	}
}

// readMetricsFile checks before the run that the folder is there: a mistyped one would be noticed
// only when an alert does not come.
func readMetricsFile(c *cli.Context) (string, error) {
	file := c.String("metrics-file")
	if c.IsSet("metrics-file") && file == "" {
		return "", badUsage(c, "--metrics-file needs the name of a file")
	}
	if info, err := os.Stat(filepath.Dir(file)); file != "" && (err != nil || !info.IsDir()) {
		return "", badUsage(c, "--metrics-file %s: its folder is not there", text.ShellQuote(file))
	}
	return file, nil
}

// writeMetrics replaces the file.
func (r *runtimeEnv) writeMetrics(e ending, file string) error {
	now := r.Now()
	run := measured{ending: e, now: now, version: r.Build.Version, former: readFormer(file)}
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
	return history.PutFile(file, text.Bytes(), 0o644, true) // node_exporter is another user
}

// former is what the file of the run before is asked for.
type former struct {
	runs        map[string]float64 // by exit name
	lastSuccess float64            // seconds since 1970; 0: never
}

// maxFormer bounds what is read of a file that may be anything.
const maxFormer = 1 << 20

// readFormer starts anew when there is no former file or it is damaged; Prometheus knows counters
// that do.
func readFormer(path string) former {
	f := former{runs: map[string]float64{}}
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
	families, err := parser.TextToMetricFamilies(io.LimitReader(file, maxFormer))
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
	ending
	now     time.Time
	version string
	former  former
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

// succeeded tells whether the run did what it is for: apply reached what the documents say, plan
// saw everything.
func (m *measured) succeeded() bool {
	switch m.exit {
	case exit.OK:
		return true
	case exit.Changes, exit.Held:
		return m.report == nil && m.plan != nil
	}
	return false
}
