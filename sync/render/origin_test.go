package render

import (
	"bytes"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// originPlan has a change of every origin, and one that is held for it.
func originPlan() *plan.Plan {
	change := func(n int, name string, origin plan.Origin) plan.Step {
		s := step(n, "acme/variable/"+name, plan.OpUpdate, plan.RiskNone,
			field("value", state.Text("there"), state.Text("wanted")))
		s.Origin = origin
		return s
	}
	p := &plan.Plan{Format: plan.Format, Created: sampleTime, Tool: "1.2.3", Digest: "sha256:0",
		Zones:     []plan.Zone{{Name: "eu1", URL: "https://eu1.make.com", User: state.User{ID: 1, Email: "ops@acme.example"}}},
		Unmanaged: map[spec.Kind]int{}, Problems: []spec.Problem{}, Exit: exit.OK,
		Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11, Name: "Acme", Unmanaged: map[spec.Kind]int{}, NotRead: []spec.Kind{},
			Waiting: []plan.Waiting{}, Steps: []plan.Step{
				change(1, "DOCUMENTS", plan.OriginPending), change(2, "HAND", plan.OriginDrift),
				change(3, "BOTH", plan.OriginConflict), change(4, "NEW", plan.OriginUnknown),
			},
			Held: []plan.Held{{Address: "acme/tfa", Op: plan.OpUpdate, Kind: spec.KindTFA, Guard: "drift", Origin: plan.OriginDrift,
				Reason: "drift: the live side changed since the snapshot, the documents did not, and guards.drift is hold", Allow: "revert:drift<=1@acme"}},
		}},
	}
	p.Summary = plan.Summarize(p.Organizations)
	return p
}

// Why a change is there stands in every format, at the change and in the sum.
func TestOriginGolden(t *testing.T) {
	t.Parallel()
	o := Options{Since: "the snapshot of eu1 of 2026-11-21 03:00 UTC"}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"origin.txt":  func(b *bytes.Buffer) error { return Plan(b, originPlan(), o) },
		"origin.md":   func(b *bytes.Buffer) error { return Markdown(b, originPlan(), 0, o) },
		"origin.html": func(b *bytes.Buffer) error { return HTML(b, originPlan(), o) },
		"origin.json": func(b *bytes.Buffer) error { return PlanJSON(b, originPlan()) },
	} {
		golden(t, name, rendered(t, write))
	}
}
