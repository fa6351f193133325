package render

import (
	"fmt"
	"time"

	"makesync/spec"
	"makesync/sync/compare"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

var sampleTime = time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)

func mustGlob(pattern string) spec.Glob {
	g, err := spec.ParseGlob(pattern)
	if err != nil {
		panic(err)
	}
	return g
}

func secret(reference string) state.Scalar {
	s := state.OfType(spec.TypeString, spec.Sensitive("canary-secret"))
	s.Reference = reference
	return s
}

func step(n int, address string, op plan.Op, risk plan.Risk, fields ...plan.Field) plan.Step {
	a := spec.Address(address)
	return plan.Step{N: n, Address: a, Kind: a.Kind(), Op: op, Risk: risk, Fields: fields, Precondition: "sha256:0123",
		Source: &spec.Source{File: "acme.yaml", Line: 10 + n, Column: 7}}
}

func field(path string, from, to state.Scalar) plan.Field {
	return plan.Field{Path: path, From: from, To: to}
}

// samplePlan has something of everything.
func samplePlan() *plan.Plan {
	text, number, boolean, nothing := state.Text, state.Number, state.Bool, state.None()
	since := sampleTime.AddDate(0, 0, -3)
	invite := step(8, "acme/member/jane@acme.example", plan.OpInvite, plan.RiskCaution,
		field("role", nothing, text("Admin")), field("teams", nothing, text("Ops, Billing")))
	invite.Notes = []string{"sends an e-mail"}
	tfa := step(13, "acme/tfa", plan.OpUpdate, plan.RiskCaution, field("enforced", boolean(false), boolean(true)))
	tfa.Notes = []string{"signs out at once everybody with e-mail and password who has no two-factor authentication, in every browser and on every device"}
	tfa.After = []int{11}
	acme := plan.Organization{
		Key: "acme", Zone: "eu1", ID: 11, Name: "Acme Automation", APILimit: 10,
		Steps: []plan.Step{
			step(1, "acme", plan.OpUpdate, plan.RiskCaution, field("name", text("Acme"), text("Acme Automation")), field("timezone", text("Europe/London"), text("Europe/Prague"))),
			step(2, "acme/featureControl/Make AI Tools", plan.OpUpdate, plan.RiskNone, field("enabled", boolean(false), boolean(true))),
			step(3, "acme/variable/API_BASE", plan.OpUpdate, plan.RiskNone, field("value",
				text("https://old-api.acme.example/v1/some/very/long/path/that/will/not/fit/into/the/line?with=query"),
				text("https://api.acme.example/v2/some/very/long/path/that/will/not/fit/into/the/line?with=query"))),
			step(4, "acme/variable/RETRIES", plan.OpUpdate, plan.RiskNone, field("type", text("string"), text("number")), field("value", text("5"), number("7"))),
			step(5, "acme/variable/PASSWORD", plan.OpCreate, plan.RiskNone, field("type", nothing, text("string")), field("value", nothing, secret("${env:ACME_PASSWORD}"))),
			step(6, "acme/variable/GREETING", plan.OpCreate, plan.RiskNone, field("type", nothing, text("string")), field("value", nothing, text("日本語 \x1b[31mred\u202e\n"))),
			step(7, "acme/variable/OLD", plan.OpDelete, plan.RiskDestructive, field("value", text(""), nothing)),
			invite,
			step(9, "acme/member/late@acme.example", plan.OpReinvite, plan.RiskCaution, field("role", text("Member"), text("Accountant"))),
			step(10, "acme/member/bob@acme.example", plan.OpUpdate, plan.RiskCaution, field("role", text("Admin"), text("Member"))),
			step(11, "acme/member/gone@acme.example", plan.OpDelete, plan.RiskDestructive, field("role", text("Member"), nothing)),
			step(12, "acme/member/maybe@acme.example", plan.OpRevoke, plan.RiskDestructive, field("invitation", text("pending"), nothing)),
			tfa,
			step(14, "acme/owner", plan.OpTransfer, plan.RiskIrreversible, field("owner", text("old@acme.example"), text("jane@acme.example"))),
		},
		Waiting: []plan.Waiting{
			{Address: "acme/member/carl@acme.example", Reason: "not a member; to invite him write `carl@acme.example: {role: Member, invite: {name: …}}`"},
			{Address: "acme/member/dora@acme.example", Reason: "has not accepted yet", Since: &since},
		},
		Held: []plan.Held{
			{Address: "acme/variable/A", Op: plan.OpDelete, Kind: spec.KindVariable, Guard: "maxDeletes", Reason: "12 variables would be deleted, 10 are allowed per organization", Allow: "delete:variable<=12@acme"},
			{Address: "acme/variable/B%2FC", Op: plan.OpDelete, Kind: spec.KindVariable, Guard: "maxDeletes", Reason: "12 variables would be deleted, 10 are allowed per organization", Allow: "delete:variable<=12@acme"},
			{Address: "acme/member/x@evil.example", Op: plan.OpInvite, Kind: spec.KindMember, Guard: "emails", Gains: plan.RoleAdmin, Reason: "x@evil.example fits none of *@acme.example", Allow: "invite:member@acme"},
		},
		Unmanaged: map[spec.Kind]int{spec.KindVariable: 3, spec.KindMember: 1}, Unchanged: 40,
	}
	fresh := plan.Organization{Key: "new", Zone: "try", Name: "New Org", Steps: []plan.Step{
		step(15, "new", plan.OpCreate, plan.RiskIrreversible, field("region", nothing, text("EU")), field("country", nothing, text("CZ")), field("timezone", nothing, text("Europe/Prague"))),
	}}
	fresh.Steps[0].Notes = []string{"a created organization cannot be deleted over the API on the Free plan"}
	gone := plan.Organization{Key: "old", Zone: "eu1", ID: 12, Name: "Old Org", Steps: []plan.Step{
		step(16, "old", plan.OpDelete, plan.RiskIrreversible, field("name", text("Old Org"), nothing)),
	}}
	gone.Steps[0].Notes = []string{"2 active scenarios, 3 teams and 7 members go with it"}
	return &plan.Plan{
		Format: plan.Format, Created: sampleTime, Expires: sampleTime.Add(24 * time.Hour), Digest: "sha256:5f0c2b4e9d1a", Seal: "none",
		NotCovered: []spec.Address{"acme/variable/PIN"},
		Zones: []plan.Zone{
			{Name: "eu1", URL: "https://eu1.make.com", User: state.User{ID: 1, Email: "ops@acme.example"}},
			{Name: "try", URL: "http://127.0.0.1:8080", User: state.User{ID: 7, Email: "try@acme.example"}, Sandbox: true},
		},
		Organizations: []plan.Organization{acme, fresh, gone,
			{Key: "quiet", Zone: "eu1", ID: 13, Name: "Quiet", Unchanged: 12, Unmanaged: map[spec.Kind]int{}},
			{Key: "silent", Zone: "eu1", ID: 14, Name: "Silent", NotRead: []spec.Kind{spec.KindVariable, spec.KindMember}},
		},
		Summary:   plan.Summary{Create: 3, Update: 7, Delete: 4, Invite: 2, Transfer: 1, Waiting: 2, Held: 3, Unchanged: 52},
		Calls:     state.Calls{Read: 21, Write: 17},
		Unmanaged: map[spec.Kind]int{spec.KindOrganization: 12},
		Problems: []spec.Problem{
			{Severity: spec.Warning, Rule: "min-admins", Address: "acme", Message: "only one accepted Owner or Admin is there already", Hint: "promote somebody, or lower guards.minAdmins"},
			{Severity: spec.Error, Rule: "unreadable", Address: "silent/variable", Message: "read variables of silent: refused",
				Hint:  "an organization of another zone answers so: look where it lives",
				Error: &spec.APIError{Status: 403, Code: "SC403", Message: "Permission denied"}},
		},
		StillHasAccess: []plan.Access{
			{Email: "leo@acme.example", Address: "acme/owner", Role: plan.RoleOwner, Reason: "transfer waits: jane@acme.example has not accepted yet"},
			{Email: "leo@acme.example", Address: "old/member/leo@acme.example", Role: "Member", Reason: "held by guard maxDeletesPerRun"},
			{Email: "leo@acme.example", Address: "quiet/member/leo@acme.example", Role: "Member", Reason: "held by guard maxDeletesPerRun"},
		},
		NotLookedInto: []string{"silent"},
		Exit:          exit.PartlyVisible,
	}
}

// emptyPlan has no steps; waiting says whether something waits.
func emptyPlan(waiting bool) *plan.Plan {
	p := &plan.Plan{
		Format: plan.Format, Created: sampleTime, Expires: sampleTime.Add(24 * time.Hour), Digest: "sha256:e3b0", Seal: "none",
		Zones:         []plan.Zone{{Name: "eu1", URL: "https://eu1.make.com", User: state.User{ID: 1, Email: "ops@acme.example"}}},
		Organizations: []plan.Organization{{Key: "acme", Zone: "eu1", ID: 11, Name: "Acme", Unchanged: 40}},
		Summary:       plan.Summary{Unchanged: 40}, Calls: state.Calls{Read: 7}, Exit: exit.OK,
	}
	if waiting {
		p.Organizations[0].Waiting = []plan.Waiting{{Address: "acme/owner", Reason: "jane@acme.example has not accepted yet"}}
		p.Summary.Waiting = 1
	}
	return p
}

func sampleReport() *report.Report {
	refused := &spec.APIError{Status: 403, Code: "SC403", Message: "Permission denied"}
	return &report.Report{
		Format: report.Format, Run: "20261120T020000Z-7f3a", Plan: "sha256:5f0c2b4e9d1a", Zones: samplePlan().Zones,
		Planned: 9, Succeeded: 3, Failed: 2, Skipped: 3, Unknown: 1, Waiting: 2, Held: 3, Calls: state.Calls{Read: 9, Write: 7},
		Steps: []report.StepReport{
			{N: 1, Address: "acme", Kind: spec.KindOrganization, Op: plan.OpUpdate, Outcome: report.Succeeded, Attempts: 1},
			{N: 2, Address: "acme/variable/RETRIES", Kind: spec.KindVariable, Op: plan.OpUpdate, Outcome: report.Failed, Reason: report.ParseReason("not-converged: the value is 6, not 7; somebody else changed it meanwhile"), Attempts: 2},
			{N: 3, Address: "acme/variable/OLD", Kind: spec.KindVariable, Op: plan.OpDelete, Outcome: report.Failed, Attempts: 1, Error: refused},
			{N: 4, Address: "acme/member/jane@acme.example", Kind: spec.KindMember, Op: plan.OpInvite, Outcome: report.OutcomeUnknown, Reason: report.ParseReason("the connection broke after the request was sent, and reading afterwards failed too"), Attempts: 1},
			{N: 5, Address: "acme/owner", Kind: spec.KindOwner, Op: plan.OpTransfer, Outcome: report.Skipped, Reason: report.ParseReason("depends: acme/member/jane@acme.example is unknown")},
			{N: 6, Address: "new", Kind: spec.KindOrganization, Op: plan.OpCreate, Outcome: report.Succeeded, Attempts: 1, Paste: "id: 4711"},
			{N: 7, Address: "new/variable/A", Kind: spec.KindVariable, Op: plan.OpCreate, Outcome: report.Skipped, Reason: report.ParseReason("licence: the plan has no custom variables")},
			{N: 8, Address: "new/tfa", Kind: spec.KindTFA, Op: plan.OpUpdate, Outcome: report.Skipped, Reason: report.ParseReason("licence: the plan cannot enforce two-factor authentication")},
			{N: 9, Address: "new/member/a@acme.example", Kind: spec.KindMember, Op: plan.OpInvite, Gains: plan.RoleAdmin, Outcome: report.Succeeded, Attempts: 1},
		},
		Problems: []spec.Problem{{Severity: spec.Warning, Rule: "slow", Message: "waited 61 s for the rate window of acme"}},
		Exit:     exit.Partial,
	}
}

func sampleProblems() []spec.Problem {
	return []spec.Problem{
		{Severity: spec.Error, Rule: "unknown-key", Path: "organizations.acme.timezon", Message: "unknown key `timezon`", Hint: "did you mean `timezone`?",
			Source: &spec.Source{File: "orgs/acme.yaml", Line: 12, Column: 5}, Excerpt: "    timezon: Europe/Prague"},
		{Severity: spec.Error, Rule: "duplicate-key", Path: "organizations.acme", Message: "the organization acme stands in two files",
			Source: &spec.Source{File: "orgs/b.yaml", Line: 3, Column: 3}, Related: &spec.Source{File: "orgs/acme.yaml", Line: 9, Column: 3}, Excerpt: "\t日本: {name: x}  # and a very long line that goes on and on, much further than any terminal is wide, to show the cut"},
		{Severity: spec.Warning, Rule: "long", Message: "a caret far to the right: 100%, really", Source: &spec.Source{File: "a,b:c.yaml", Line: 1200, Column: 130},
			Excerpt: "    " + fmt.Sprintf("%0140d", 7)},
		{Severity: spec.Error, Rule: "no-documents", Message: "the folder holds no documents\x1b[31m", Hint: "name a file with -f", Source: &spec.Source{File: "orgs"}},
		{Severity: spec.Error, Rule: "no-zone", Address: "acme", Message: "the organization acme has no zone"},
	}
}

func sampleRun() *report.Run {
	p := samplePlan()
	ended := sampleTime.Add(12 * time.Second)
	at := func(ms int) time.Time { return sampleTime.Add(time.Duration(ms) * time.Millisecond) }
	steps := p.Organizations[0].Steps
	intent := func(step int, verb plan.Verb, ms int) report.Entry {
		return report.Entry{Intent: &report.Intent{Step: step, Address: steps[step-1].Address, Verb: verb, Attempt: 1, At: at(ms)}}
	}
	result := func(step int, verb plan.Verb, ms int, outcome report.StepOutcome) report.Entry {
		return report.Entry{Result: &report.Outcome{Step: step, Address: steps[step-1].Address, Verb: verb, Attempt: 1, At: at(ms), Outcome: outcome}}
	}
	refused := result(4, plan.UpdateVariable, 900, report.Failed)
	refused.Result.Error = &spec.APIError{Status: 403, Code: "SC403", Message: "Permission denied"}
	return &report.Run{Run: "20261120T020000Z-7f3a", Started: sampleTime, Ended: &ended, Tool: "1.2.0", PID: 4711, Host: "cron1", Plan: p.Digest, Zones: p.Zones[:1],
		Organizations: []report.RunOrganization{{Key: "acme", Zone: "eu1", ID: 11, Name: "Acme Automation", Steps: []plan.Step{steps[0], steps[3], steps[7]}}},
		Entries: []report.Entry{
			intent(1, plan.UpdateOrganization, 100), result(1, plan.UpdateOrganization, 420, report.Succeeded),
			intent(4, plan.UpdateVariable, 500), refused, intent(8, plan.InviteMember, 1000),
		}, Truncated: true}
}

func sampleRuns() []Run {
	return []Run{
		{ID: "20261118T020000Z-0001", Started: sampleTime.AddDate(0, 0, -2), Status: report.RunFinished, Zones: []string{"eu1"}, Planned: 3, Succeeded: 3,
			Who: []string{"ops@acme.example"}, Command: "apply", Exit: "ok"},
		{ID: "20261118T025900Z-0003", Started: sampleTime.AddDate(0, 0, -2), Status: "unread", NotRead: true},
		{ID: "20261118T030000Z-0009", Started: sampleTime.AddDate(0, 0, -2), Status: report.RunFinished, Zones: []string{"eu1"}, Planned: 15, Failed: 15,
			Who: []string{"ops@acme.example"}, Command: "apply plan.json", Exit: "partial"},
		{ID: "20261119T020000Z-0002", Status: report.RunUnfinished, Damaged: "the journal of run 20261119T020000Z-0002 is damaged at line 3: not JSON"},
		{ID: "20261120T020000Z-7f3a", Started: sampleTime, Status: report.RunUnfinished, Zones: []string{"eu1", "us1"}, Planned: 14, Open: 1,
			Who: []string{"ops@acme.example"}, Command: "apply", Resume: "makesync apply -f /home/ops/makesync.yaml --resume 20261120T020000Z-7f3a"},
	}
}

func sampleComparison() *compare.Comparison {
	return &compare.Comparison{Format: compare.CompareFormat, A: compare.ComparedSide{Name: "eu1", Kind: compare.SideZone, Zone: "eu1"}, B: compare.ComparedSide{Name: "migrated/", Kind: compare.SideDocuments, Zone: "us1"},
		Organizations: []compare.ComparedOrganization{
			{Key: "acme", A: "Acme", B: "Acme US", Same: 12, Differences: []compare.Difference{
				{Address: "acme", Path: "name", A: state.Text("Acme"), B: state.Text("Acme US")},
				{Address: "acme/variable/API_BASE", Path: "value", A: state.Text("https://eu.acme.example"), B: state.Text("https://us.acme.example")},
				{Address: "acme/variable/OLD", A: state.Text("there"), B: state.None()},
			}, NotCompared: []compare.NotCompared{{Address: "acme/variable/PASSWORD", Reason: "value: a reference that was not evaluated"}}},
			{Key: "left", A: "Left behind", Only: "a"},
			{Key: "same", A: "Same", B: "Same", Same: 7},
		},
		Summary: compare.CompareSummary{Same: 1, Different: 1, OnlyA: 1, NotCompared: 1}, Exit: exit.Changes}
}
