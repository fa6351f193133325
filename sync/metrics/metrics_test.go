package metrics

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"makesync/sync/exit"
	"makesync/sync/fleet"
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

// TestTheTextIsOfPrometheus: a full run is read back by the parser of Prometheus as the table has it,
// and its bytes do not depend on chance.
func TestTheTextIsOfPrometheus(t *testing.T) {
	t.Parallel()
	run := Run{Version: "a\"b\\c\nd", Plan: &plan.Plan{Zones: []plan.Zone{{Name: "eu1", Sandbox: true}}}, Report: &report.Report{},
		Exit: exit.Held, Zones: map[string]Calls{"us1": {Repeated: 2}, "eu1": {}},
		Status: &fleet.Status{Attention: []fleet.Attention{{Severity: fleet.Bad, Rule: fleet.Rules()[0]}},
			Organizations: []fleet.Row{{Zone: "eu1", Key: "z"}, {Zone: "eu1", Key: "a"}}}}
	text, err := run.Text(nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if again, err := run.Text(nil); err != nil || string(again) != string(text) {
			t.Fatalf("another text, %v:\n%s", err, again)
		}
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table {
		checkFamily(t, row, families[row.name])
	}
	if got := labelOf(families["makesync_build_info"].Metric[0], "version"); got != run.Version {
		t.Errorf("version is read back as %q", got)
	}
}

// checkFamily compares what was read with its row: type, labels, and each series once.
func checkFamily(t *testing.T, row metric, family *dto.MetricFamily) {
	t.Helper()
	if family == nil {
		return
	}
	if family.GetType() != row.kind || family.GetHelp() != row.help {
		t.Errorf("%s: %s %s", row.name, family.GetType(), family.GetHelp())
	}
	seen := map[string]bool{}
	for _, series := range family.Metric {
		var names []string
		for _, label := range series.Label {
			names = append(names, label.GetName())
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(row.labels)), names, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: labels: -want +got\n%s", row.name, diff)
		}
		key := fmt.Sprint(series.Label)
		if seen[key] {
			t.Errorf("%s: %s twice", row.name, key)
		}
		seen[key] = true
	}
}
