package render

import (
	"bytes"
	"strings"
	"testing"

	"makesync/spec"
	reconcile "makesync/sync"
)

// TestQuietPlan: with Quiet a plan is one line exactly where it has nothing new to say; without, never.
func TestQuietPlan(t *testing.T) {
	t.Parallel()
	since := sampleTime
	seen := reconcile.Waiting{Address: "acme/owner", Reason: "has not accepted", Since: &since}
	unseen := reconcile.Waiting{Address: "acme/owner", Reason: "has not accepted"}
	with := func(edit func(*reconcile.Plan, *reconcile.OrganizationPlan)) *reconcile.Plan {
		plan := &reconcile.Plan{Zones: []reconcile.PlanZone{{Name: "eu1"}}, Organizations: []reconcile.OrganizationPlan{{Key: "acme"}}}
		edit(plan, &plan.Organizations[0])
		return plan
	}
	tests := map[string]struct {
		plan  *reconcile.Plan
		o     Options
		quiet bool
	}{
		"nothing":         {with(func(*reconcile.Plan, *reconcile.OrganizationPlan) {}), Options{}, true},
		"waiting, seen":   {with(func(_ *reconcile.Plan, o *reconcile.OrganizationPlan) { o.Waiting = []reconcile.Waiting{seen} }), Options{}, true},
		"waiting, unseen": {with(func(_ *reconcile.Plan, o *reconcile.OrganizationPlan) { o.Waiting = []reconcile.Waiting{seen, unseen} }), Options{}, false},
		"a step": {with(func(_ *reconcile.Plan, o *reconcile.OrganizationPlan) {
			o.Steps = []reconcile.Step{step(1, "acme", "update", "none")}
		}), Options{}, false},
		"held": {with(func(_ *reconcile.Plan, o *reconcile.OrganizationPlan) {
			o.Held = []reconcile.Held{{Address: "acme/tfa"}}
		}), Options{}, false},
		"not read": {with(func(_ *reconcile.Plan, o *reconcile.OrganizationPlan) { o.NotRead = []spec.Kind{spec.KindMember} }), Options{}, false},
		"a warning": {with(func(p *reconcile.Plan, _ *reconcile.OrganizationPlan) {
			p.Problems = []spec.Problem{{Severity: spec.Warning}}
		}), Options{}, false},
		"saved":   {with(func(*reconcile.Plan, *reconcile.OrganizationPlan) {}), Options{Saved: "plan.json"}, false},
		"offline": {with(func(*reconcile.Plan, *reconcile.OrganizationPlan) {}), Options{Against: "snapshot live.json"}, false},
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
	sandbox := &reconcile.Report{Run: "R", Zones: []reconcile.PlanZone{{Name: "try", Sandbox: true}, {Name: "eu1"}}, Waiting: 1}
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
