package plantest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/planner"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// customRole is in the list of an organization alone.
const customRole = "Reviewer"

// DrawTrouble makes a zone hard to read: columns are missing from its list, people have no e-mail,
// plans of Make lack kinds, and calls fail. It gives the documents something to ask that only an
// organization knows, too: its teams and its own roles.
func DrawTrouble(t *rapid.T, zone *zonetest.Zone, r *planner.Request) {
	zone.Sparse = rapid.Bool().Draw(t, "sparse")
	zone.OwnRoles = map[int64][]state.Name{}
	for _, live := range zone.Orgs {
		zone.OwnRoles[live.ID] = []state.Name{{ID: 501, Name: customRole}}
		drawUnreadable(t, zone, live)
		drawLacks(t, live)
		live.Plan = rapid.SampledFrom([]string{"", "Free", "Core", "Enterprise", "Special"}).Draw(t, "plan")
		if rapid.Bool().Draw(t, "scenarios") {
			live.ActiveScenarios = zonetest.Ptr(rapid.IntRange(0, 2).Draw(t, "active"))
		}
		if rapid.IntRange(0, 5).Draw(t, "no teams") == 0 {
			live.Teams = nil
		}
	}
	for i := range r.Desired.Organizations {
		drawOwnWords(t, &r.Desired.Organizations[i])
	}
	drawFailures(t, zone)
}

// drawUnreadable adds role rows without an e-mail; the zone knows some of the people by theirs.
func drawUnreadable(t *rapid.T, zone *zonetest.Zone, live *state.Organization) {
	for i := range rapid.IntRange(0, 2).Draw(t, "unreadable") {
		row := state.RoleRow{UserID: int64(90 + i), RoleID: rapid.SampledFrom([]int64{12, 13, 501}).Draw(t, "row role"),
			Invitation: rapid.SampledFrom([]string{"", "pending", "declined"}).Draw(t, "row invitation")}
		live.Unreadable = append(live.Unreadable, row)
		if email := rapid.SampledFrom(emails).Draw(t, "whose"); rapid.Bool().Draw(t, "known") {
			zone.Users[email] = row.UserID
		}
	}
}

func drawLacks(t *rapid.T, live *state.Organization) {
	switch rapid.IntRange(0, 8).Draw(t, "lacks") {
	case 0:
		live.License = state.License{"apiLimit": float64(30)}
		live.Variables = live.Variables[:1]
	case 1:
		why := "the Free plan does not let API tokens do this"
		live.Lacks = map[spec.Kind]string{spec.KindMember: why, spec.KindVariable: why, spec.KindTFA: why}
	case 2:
		live.License = nil
	case 3:
		live.TFAEnforced = nil
	case 4:
		live.FeatureControls = []spec.FeatureControl{}
	}
}

// drawOwnWords lets documents name what only the organization's own lists hold, or nobody knows.
func drawOwnWords(t *rapid.T, o *spec.Organization) {
	for i := range o.Members {
		m := &o.Members[i]
		if m.Role != "" && rapid.IntRange(0, 5).Draw(t, "own role") == 0 {
			m.Role = rapid.SampledFrom([]string{customRole, "Nobody"}).Draw(t, "its name")
		}
		if m.Invite != nil && rapid.IntRange(0, 3).Draw(t, "team") == 0 {
			m.Invite.Teams = []string{rapid.SampledFrom([]string{"Ops", "Nowhere"}).Draw(t, "its team")}
		}
	}
	if o.Variables != nil && rapid.Bool().Draw(t, "secret") {
		o.Variables = append(o.Variables, spec.Variable{Name: "Z_TOKEN", Type: spec.TypeString,
			Value: spec.Sensitive(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "its value")), Reference: "${env:Z}"})
	}
}

// drawFailures lets some calls fail, always in the same way.
func drawFailures(t *rapid.T, zone *zonetest.Zone) {
	failing := map[string]bool{}
	for _, call := range []string{"roles", "countries", "timezones"} {
		failing[call] = rapid.IntRange(0, 19).Draw(t, call) == 0
	}
	for _, live := range zone.Orgs {
		for _, what := range []string{"detail", "variable", "member", "featureControl", "user", "roles", "teams"} {
			call := fmt.Sprint(what, " ", live.ID)
			failing[call] = rapid.IntRange(0, 19).Draw(t, call) == 0
		}
	}
	class := rapid.SampledFrom([]exit.Class{exit.ClassServer, exit.ClassForbidden, exit.ClassNotFound,
		exit.ClassFreePlan}).Draw(t, "class")
	zone.Fail = func(call string) error {
		if !failing[call] {
			return nil
		}
		return &state.CallError{Doing: "call " + call, Message: "no", Class: class}
	}
}

// Outcome is what a plan says, without what belongs to the time and way of its making: dates,
// calls, and hints at who was asked.
func Outcome(p *plan.Plan) *plan.Plan {
	c := *p
	c.Created, c.Expires = time.Time{}, time.Time{}
	c.Calls, c.Salt, c.Tool = state.Calls{}, "", ""
	c.Problems = append([]spec.Problem{}, p.Problems...)
	for i := range c.Problems {
		if c.Problems[i].Rule == "not-read" {
			c.Problems[i].Hint, c.Problems[i].Message, c.Problems[i].Error = "", "", nil
		}
	}
	return &c
}
