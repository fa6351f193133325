package render

import (
	"bytes"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// TestQuietPlan: with Quiet a plan is one line exactly where it has nothing new to say; without, never.
func TestQuietPlan(t *testing.T) {
	t.Parallel()
	since := sampleTime
	seen := plan.Waiting{Address: "acme/owner", Reason: "has not accepted", Since: &since}
	unseen := plan.Waiting{Address: "acme/owner", Reason: "has not accepted"}
	with := func(edit func(*plan.Plan, *plan.Organization)) *plan.Plan {
		plan := &plan.Plan{Zones: []plan.Zone{{Name: "eu1"}}, Organizations: []plan.Organization{{Key: "acme"}}}
		edit(plan, &plan.Organizations[0])
		return plan
	}
	tests := map[string]struct {
		plan  *plan.Plan
		o     Options
		quiet bool
	}{
		"nothing":         {with(func(*plan.Plan, *plan.Organization) {}), Options{}, true},
		"waiting, seen":   {with(func(_ *plan.Plan, o *plan.Organization) { o.Waiting = []plan.Waiting{seen} }), Options{}, true},
		"waiting, unseen": {with(func(_ *plan.Plan, o *plan.Organization) { o.Waiting = []plan.Waiting{seen, unseen} }), Options{}, false},
		"a step": {with(func(_ *plan.Plan, o *plan.Organization) {
			o.Steps = []plan.Step{step(1, "acme", "update", "none")}
		}), Options{}, false},
		"held": {with(func(_ *plan.Plan, o *plan.Organization) {
			o.Held = []plan.Held{{Address: "acme/tfa"}}
		}), Options{}, false},
		"not read": {with(func(_ *plan.Plan, o *plan.Organization) { o.NotRead = []spec.Kind{spec.KindMember} }), Options{}, false},
		"a warning": {with(func(p *plan.Plan, _ *plan.Organization) {
			p.Problems = []spec.Problem{{Severity: spec.Warning}}
		}), Options{}, false},
		"saved":   {with(func(*plan.Plan, *plan.Organization) {}), Options{Saved: "plan.json"}, false},
		"offline": {with(func(p *plan.Plan, _ *plan.Organization) { p.Against = "snapshot live.json" }), Options{}, false},
	}
	for name, test := range tests {
		for _, quiet := range []bool{true, false} {
			o := test.o
			o.Quiet = quiet
			text := string(rendered(t, func(b *bytes.Buffer) error { return Plan(b, test.plan, o) }))
			if alone := strings.Count(text, "\n") == 1; alone != (test.quiet && quiet) {
				t.Errorf("%s, Quiet %t:\n%s", name, quiet, text)
			}
			if !strings.Contains(text, "\nmakesync: plan: ") && !strings.HasPrefix(text, "makesync: plan: ") {
				t.Errorf("%s: no last line:\n%s", name, text)
			}
		}
	}
}

func TestQuietReport(t *testing.T) {
	t.Parallel()
	sandbox := &report.Report{Run: "R", Zones: []plan.Zone{{Name: "try", Sandbox: true}, {Name: "eu1"}}, Waiting: 1}
	text := string(rendered(t, func(b *bytes.Buffer) error { return Report(b, sandbox, Options{Quiet: true}) }))
	if strings.Count(text, "\n") != 2 || !strings.Contains(text, "SANDBOX") {
		t.Errorf("a quiet report of a simulated zone:\n%s", text)
	}
	full := string(rendered(t, func(b *bytes.Buffer) error { return Report(b, sandbox, Options{}) }))
	if !strings.Contains(full, "Nothing to do.") {
		t.Errorf("a report that somebody watches:\n%s", full)
	}
	sandbox.Problems = []spec.Problem{{Severity: spec.Warning, Message: "hear me"}}
	loud := string(rendered(t, func(b *bytes.Buffer) error { return Report(b, sandbox, Options{Quiet: true}) }))
	if !strings.Contains(loud, "hear me") {
		t.Errorf("the warning is lost:\n%s", loud)
	}
}

// TestApplyCommand: how to apply a plan is said where it has a step, also one that is foreseen to be
// refused, and never where it has none.
func TestApplyCommand(t *testing.T) {
	t.Parallel()
	refused := step(1, "acme", "update", "none")
	refused.Foreseen = "the Free plan refuses it"
	for name, c := range map[string]struct {
		o    plan.Organization
		said bool
	}{
		"nothing":  {plan.Organization{Key: "acme"}, false},
		"held":     {plan.Organization{Key: "acme", Held: []plan.Held{{Address: "acme/tfa"}}}, false},
		"waiting":  {plan.Organization{Key: "acme", Waiting: []plan.Waiting{{Address: "acme/owner"}}}, false},
		"a step":   {plan.Organization{Key: "acme", Steps: []plan.Step{step(1, "acme", "update", "none")}}, true},
		"foreseen": {plan.Organization{Key: "acme", Steps: []plan.Step{refused}}, true},
	} {
		p := &plan.Plan{Zones: []plan.Zone{{Name: "eu1"}}, Organizations: []plan.Organization{c.o}}
		p.Summary = plan.Summarize(p.Organizations)
		o := Options{Saved: "plan.json", Next: "makesync apply plan.json"}
		for format, write := range map[string]func(*bytes.Buffer) error{
			"text":     func(b *bytes.Buffer) error { return Plan(b, p, o) },
			"markdown": func(b *bytes.Buffer) error { return Markdown(b, p, 0, o) },
			"html":     func(b *bytes.Buffer) error { return HTML(b, p, o) },
		} {
			page := string(rendered(t, write))
			if said := strings.Contains(page, "makesync apply plan.json"); said != c.said {
				t.Errorf("%s, %s: said %t:\n%s", name, format, said, page)
			}
		}
	}
}
