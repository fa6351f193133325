package render

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/compare"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

func sampleOptions() Options {
	guards := spec.DefaultGuards()
	guards.MaxInvites = 20
	guards.MaxDeletes = map[spec.Kind]int{spec.KindVariable: 10, spec.KindMember: 50}
	guards.RequiredAdmins = []string{"ops@acme.example"}
	guards.EmailLists = [][]spec.Glob{{mustGlob("*@acme.example")}}
	return Options{Guards: &guards, Allow: []string{"invite:member<=20@acme"}, Saved: "plan.json", Next: "makesync apply plan.json"}
}

// TestTexts pins every text.
func TestTexts(t *testing.T) {
	t.Parallel()
	narrow, colour := sampleOptions(), sampleOptions()
	narrow.Width, colour.Color = 80, true
	texts := map[string]func(*bytes.Buffer) error{
		"plan.txt":         func(b *bytes.Buffer) error { return Plan(b, samplePlan(), sampleOptions()) },
		"plan-narrow.txt":  func(b *bytes.Buffer) error { return Plan(b, samplePlan(), narrow) },
		"plan-colour.txt":  func(b *bytes.Buffer) error { return Plan(b, samplePlan(), colour) },
		"plan-empty.txt":   func(b *bytes.Buffer) error { return Plan(b, emptyPlan(false), Options{Next: "makesync apply"}) },
		"plan-waiting.txt": func(b *bytes.Buffer) error { return Plan(b, emptyPlan(true), Options{}) },
		"plan.json":        func(b *bytes.Buffer) error { return PlanJSON(b, samplePlan()) },
		"plan.md":          func(b *bytes.Buffer) error { return Markdown(b, samplePlan(), 0, sampleOptions()) },
		"plan.html":        func(b *bytes.Buffer) error { return HTML(b, samplePlan(), sampleOptions()) },
		"plan-empty.html":  func(b *bytes.Buffer) error { return HTML(b, emptyPlan(true), Options{}) },
		"plan-3000.md":     func(b *bytes.Buffer) error { return Markdown(b, samplePlan(), 3000, sampleOptions()) },
		"plan-empty.md":    func(b *bytes.Buffer) error { return Markdown(b, emptyPlan(true), 0, Options{}) },
		"report.txt": func(b *bytes.Buffer) error {
			return Report(b, sampleReport(), Options{Next: "makesync apply --resume 20261120T020000Z-7f3a"})
		},
		"report.json":      func(b *bytes.Buffer) error { return ReportJSON(b, sampleReport()) },
		"report-empty.txt": func(b *bytes.Buffer) error { return Report(b, &report.Report{Exit: exit.OK}, Options{}) },
		"runs.txt":         func(b *bytes.Buffer) error { return Runs(b, sampleRuns(), Options{}) },
		"runs-none.txt":    func(b *bytes.Buffer) error { return Runs(b, nil, Options{}) },
		"run.txt": func(b *bytes.Buffer) error {
			return RunDetails(b, sampleRun(), Options{Next: "makesync apply -f /home/ops/makesync.yaml --resume R"})
		},
		"run-finished.txt": func(b *bytes.Buffer) error {
			run := sampleRun()
			run.Truncated, run.Report = false, sampleReport()
			return RunDetails(b, run, Options{Next: "makesync apply -f /home/ops/makesync.yaml --resume R"})
		},
		"compare.txt": func(b *bytes.Buffer) error { return Compare(b, sampleComparison(), Options{}) },
		"compare-same.txt": func(b *bytes.Buffer) error {
			return Compare(b, &compare.Comparison{A: sampleComparison().A, B: sampleComparison().B, Summary: compare.CompareSummary{Same: 3}}, Options{})
		},
		"compare.json":      func(b *bytes.Buffer) error { return CompareJSON(b, sampleComparison()) },
		"problems.txt":      func(b *bytes.Buffer) error { return Problems(b, sampleProblems(), exit.Invalid, Options{}) },
		"problems-none.txt": func(b *bytes.Buffer) error { return Problems(b, nil, exit.OK, Options{}) },
		"problems.json":     func(b *bytes.Buffer) error { return ProblemsJSON(b, sampleProblems(), exit.Invalid) },
		"problems.github":   func(b *bytes.Buffer) error { return Annotations(b, sampleProblems()) },
	}
	for name, write := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, rendered(t, write))
		})
	}
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestColourAddsNothing: without the colours a coloured text is the plain one.
func TestColourAddsNothing(t *testing.T) {
	t.Parallel()
	o := sampleOptions()
	want := rendered(t, func(b *bytes.Buffer) error { return Plan(b, samplePlan(), o) })
	o.Color = true
	got := rendered(t, func(b *bytes.Buffer) error { return Plan(b, samplePlan(), o) })
	if bytes.Equal(want, got) {
		t.Error("Color changes nothing")
	}
	if stripped := ansi.ReplaceAll(got, nil); !bytes.Equal(want, stripped) {
		t.Errorf("without its colours the text differs:\n%s", stripped)
	}
}

// TestLinesFit: no line but one to paste is wider than asked for.
func TestLinesFit(t *testing.T) {
	t.Parallel()
	for _, width := range []int{40, 60, 80, 100, 160, 200} {
		o := sampleOptions()
		o.Width = width
		text := rendered(t, func(b *bytes.Buffer) error { return Plan(b, samplePlan(), o) })
		for _, line := range strings.Split(string(text), "\n") {
			if columns(line) > width && !strings.Contains(line, "--allow ") && !strings.HasPrefix(line, "makesync: ") {
				t.Errorf("width %d: %d columns: %s", width, columns(line), line)
			}
		}
	}
}

// TestLastLineGrammar: the last line fits the grammar of the package comment.
func TestLastLineGrammar(t *testing.T) {
	t.Parallel()
	code := `; exit \d+ \([a-z-]+\)\n$`
	ops := `( \(\d+ (create|update|delete|invite|transfer)(, \d+ (create|update|delete|invite|transfer))*\))?`
	tests := []struct {
		name, grammar string
		write         func(*bytes.Buffer) error
	}{
		{"plan", `\nmakesync: plan: \d+ to change` + ops + `, \d+ waiting, \d+ held` + code, func(b *bytes.Buffer) error { return Plan(b, samplePlan(), Options{}) }},
		{"empty plan", `\nmakesync: plan: 0 to change, 0 waiting, 0 held` + code, func(b *bytes.Buffer) error { return Plan(b, emptyPlan(false), Options{}) }},
		{"report", `\nmakesync: apply: \d+ planned, \d+ succeeded, \d+ failed, \d+ skipped, \d+ unknown, \d+ waiting, \d+ held` + code, func(b *bytes.Buffer) error { return Report(b, sampleReport(), Options{}) }},
		{"problems", `\nmakesync: validate: \d+ errors?, \d+ warnings?` + code, func(b *bytes.Buffer) error { return Problems(b, sampleProblems(), exit.Invalid, Options{}) }},
	}
	for _, test := range tests {
		if text := rendered(t, test.write); !regexp.MustCompile(test.grammar).Match(text) {
			t.Errorf("%s: the last line does not fit %s:\n%s", test.name, test.grammar, text)
		}
	}
}

// TestNoSecret: a sensitive value is in no form.
func TestNoSecret(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text": func(b *bytes.Buffer) error { return Plan(b, samplePlan(), sampleOptions()) },
		"json": func(b *bytes.Buffer) error { return PlanJSON(b, samplePlan()) },
	} {
		if bytes.Contains(rendered(t, write), []byte("canary-secret")) {
			t.Errorf("%s holds the secret", name)
		}
	}
}

// TestRunsFit: a list of runs that is wider than the page shows all the same facts one below the other.
func TestRunsFit(t *testing.T) {
	t.Parallel()
	for _, width := range []int{40, 60, 80, 200} {
		runs := sampleRuns()
		runs[0].Zones = []string{"production-eu1", "production-us1"}
		text := string(rendered(t, func(b *bytes.Buffer) error { return Runs(b, runs, Options{Width: width}) }))
		for _, fact := range []string{runs[0].ID, "production-us1", "2026-11-18 02:00", runs[2].ID, "line 3", "partial, failed 15 of 15", "apply plan.json"} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), fact) {
				t.Errorf("width %d lacks %q:\n%s", width, fact, text)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if columns(line) > width && !strings.Contains(line, "makesync apply") {
				t.Errorf("width %d: %d columns: %s", width, columns(line), line)
			}
		}
	}
}

// TestAReinviteShowsNoFieldThatStays: who is invited anew in the same role has none to be told.
func TestAReinviteShowsNoFieldThatStays(t *testing.T) {
	t.Parallel()
	p := emptyPlan(false)
	p.Organizations[0].Steps = []plan.Step{step(1, "acme/member/late@acme.example", plan.OpReinvite, plan.RiskCaution,
		field("invitation", state.Text("expired"), state.Text("pending")), field("role", state.Text("Member"), state.Text("Member")),
		field("note", secret(""), secret("")))}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text":     func(b *bytes.Buffer) error { return Plan(b, p, Options{}) },
		"markdown": func(b *bytes.Buffer) error { return Markdown(b, p, 0, Options{}) },
	} {
		text := string(rendered(t, write))
		if strings.Contains(text, "Member") || !strings.Contains(text, "expired") || strings.Count(text, "(sensitive)") != 2 {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}
