package metrics

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
)

func TestPreviousMetrics(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want previous
	}{
		"good": {"# TYPE makesync_runs_total counter\nmakesync_runs_total{exit=\"ok\"} 3\nmakesync_runs_total{exit=\"held\"} 2\n" +
			"# TYPE makesync_last_success_timestamp_seconds gauge\nmakesync_last_success_timestamp_seconds 1.7e+09\n",
			previous{map[string]float64{"ok": 3, "held": 2}, 1.7e9}},
		"odd numbers": {"# TYPE makesync_runs_total counter\nmakesync_runs_total{exit=\"ok\"} NaN\nmakesync_runs_total 7\n" +
			"# TYPE makesync_last_success_timestamp_seconds gauge\nmakesync_last_success_timestamp_seconds -Inf\n",
			previous{map[string]float64{"ok": 0}, 0}},
		"another type": {"# TYPE makesync_runs_total gauge\nmakesync_runs_total{exit=\"ok\"} 3\n", previous{map[string]float64{"ok": 0}, 0}},
		"no metrics":   {"apiVersion: makesync/v1\n", previous{map[string]float64{}, 0}},
		"empty":        {"", previous{map[string]float64{}, 0}},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, readPrevious([]byte(test.text)), cmp.AllowUnexported(previous{})); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestWhatASuccessIs(t *testing.T) {
	t.Parallel()
	plan, report := &plan.Plan{}, &report.Report{}
	for _, test := range []struct {
		run  Run
		want bool
	}{
		{Run{Plan: plan, Exit: exit.OK}, true},
		{Run{Plan: plan, Exit: exit.Changes}, true},
		{Run{Plan: plan, Exit: exit.Held}, true},
		{Run{Plan: plan, Exit: exit.PartlyVisible}, false},
		{Run{Exit: exit.Held}, false},
		{Run{Plan: plan, Report: report, Exit: exit.OK}, true},
		{Run{Plan: plan, Report: report, Exit: exit.Held}, false}, // not confirmed
		{Run{Plan: plan, Report: report, Exit: exit.Held, HeldOnly: true}, true},
		{Run{Plan: plan, Report: report, Exit: exit.Partial}, false},
	} {
		if m := &test.run; m.succeeded() != test.want {
			t.Errorf("exit %s, plan %t, report %t: %t", m.Exit.Name, m.Plan != nil, m.Report != nil, m.succeeded())
		}
	}
}

// TestMetricsAreDocumented: the example's README lists every name, with its labels, and no other.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/cron/METRICS.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "| `makesync_") {
			rows = append(rows, line)
		}
	}
	var want []string
	for _, m := range table {
		name := m.name
		if len(m.labels) > 0 {
			name += "{" + strings.Join(m.labels, ",") + "}"
		}
		want = append(want, "| `"+name+"` | "+m.help+" |")
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
