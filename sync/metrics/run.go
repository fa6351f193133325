package metrics

import (
	"bytes"
	"math"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/fleet"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// Run is what is measured of one run, good or bad.
type Run struct {
	Version      string // of makesync
	Began, Ended time.Time
	Exit         exit.Code
	Plan         *plan.Plan     // nil when there is none
	Report       *report.Report // of apply
	Status       *fleet.Status  // of status
	Problems     []spec.Problem
	Zones        map[string]Calls // the zones that were asked, by name
	// HeldOnly: the apply went through, and something is held.
	HeldOnly bool

	previous previous
}

// Calls counts what went to a zone.
type Calls struct {
	Sent       state.Calls // repetitions included
	Repeated   int         // how many of them repeated another one
	Failed     map[exit.Class]int
	RateWaits  int           // how often a call waited for a rate limit
	RateWaited time.Duration // how long calls did, added up
}

// Text is the new text of the file. Previous is the text that it has, or whatever stands there.
func (m Run) Text(previous []byte) ([]byte, error) {
	m.previous = readPrevious(previous)
	var text bytes.Buffer
	for _, family := range m.families() {
		if _, err := expfmt.MetricFamilyToText(&text, family); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// previous is what the file of the run before is asked for.
type previous struct {
	runs        map[string]float64 // by exit name
	lastSuccess float64            // seconds since 1970; 0: never
}

// longestLine bounds a line of a file that may hold anything: the parser compares each label of one
// with all others.
const longestLine = 8 << 10

func isEndless(line []byte) bool { return len(line) > longestLine }

// readPrevious starts anew when the previous text is damaged; Prometheus knows counters that do.
func readPrevious(text []byte) previous {
	f := previous{runs: map[string]float64{}}
	if slices.ContainsFunc(slices.Collect(bytes.Lines(text)), isEndless) {
		return f
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return f
	}
	for _, m := range families[runsTotal].GetMetric() {
		if name := labelOf(m, "exit"); name != "" {
			f.runs[name] = finite(m.GetCounter().GetValue())
		}
	}
	for _, m := range families[lastSuccessTime].GetMetric() {
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

// succeeded tells whether the run did what it is for: apply reached what the documents say, but for
// what a guard holds for somebody to decide, plan saw everything.
// What was done in play of a built-in zone is no success: the real one is as it was.
func (m *Run) succeeded() bool {
	if m.plays() {
		return false
	}
	switch m.Exit {
	case exit.OK:
		return true
	case exit.Changes, exit.Held:
		return m.HeldOnly || m.Report == nil && (m.Plan != nil || m.Status != nil)
	}
	return false
}

// plays tells whether a built-in zone of the run was a simulated one.
func (m *Run) plays() bool {
	return m.Plan != nil && slices.ContainsFunc(m.Plan.Zones, func(zone plan.Zone) bool {
		return zone.Sandbox && spec.BuiltinHost(zone.Name) != ""
	})
}
