package policy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// decoded reads JSON as the callers do.
func decoded(t testing.TB, text string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

const smallPlan = `{"format": "makesync.plan/v2", "created": "2026-11-20T12:00:00Z", "salt": "s", "unheardOf": {"a": 1},
	"money": {"USD": "120.00"}, "summary": {"delete": 1, "update": 1},
	"organizations": [
		{"key": "acme", "zone": "eu1", "id": 11, "name": "Acme", "steps": [
			{"n": 1, "address": "acme/variable/API_TOKEN", "kind": "variable", "op": "update",
			 "fields": [{"path": "value", "from": 5, "to": {"sensitive": true}}], "money": {"amount": "34.12", "currency": "USD"}},
			{"n": 2, "address": "acme/member/leo@acme.example", "kind": "member", "op": "delete", "fields": null}]},
		{"key": "studio", "zone": "eu1", "id": 0, "steps": []}]}`

func TestEvaluate(t *testing.T) {
	t.Parallel()
	yes := true
	in := Input{Plan: decoded(t, smallPlan), Now: friday, Organizations: map[string]map[string]any{
		"acme": {
			"members": Members([]Member{{Email: "a@acme.example", Role: "Owner", TFA: &yes}, {Email: "x@other.example", Role: "Admin", Invitation: "pending"}}),
			"credits": map[string]any{"left": json.Number("900"), "total": 10000},
			"name":    "the plan's own keys win",
		},
		"nobody": {"members": 5},
	}}
	for _, test := range []struct {
		on            Subject
		when, require string
		want          string // results as address:severity, failures with !
	}{
		{OnStep, `step.op == "delete"`, `now.getDayOfWeek() != 5`, "acme/member/leo@acme.example:hold"},
		{OnStep, ``, `step.op in ["create", "update"]`, "acme/member/leo@acme.example:hold"},
		{OnStep, `has(step.money)`, `step.money.amount <= 34.0`, "acme/variable/API_TOKEN:hold"},
		{OnStep, ``, `step.money.amount <= 35.0`, "acme/member/leo@acme.example:error!no such key, ask with has() first: money"},
		{OnStep, `step.kind == "variable"`, `step.fields.all(f, has(f.to.reference))`, "acme/variable/API_TOKEN:hold"},
		{OnStep, `step.kind == "variable"`, `step.fields.all(f, f.from > 4 && f.from < 5.5)`, ""},
		{OnStep, `step.n == 1`, `organization.credits.left >= 0.1 * organization.credits.total`, "acme/variable/API_TOKEN:hold"},
		{OnOrganization, ``, `organization.id > 0`, "studio:hold"},
		{OnOrganization, ``, `organization.name == "Acme"`, "studio:error!no such key, ask with has() first: name"},
		{OnOrganization, `organization.key == "acme"`, `organization.members.all(m, m.role != "Admin" || m.email.endsWith("@acme.example"))`, "acme:hold"},
		{OnOrganization, `organization.key == "acme"`, `organization.members.filter(m, m.role in ["Owner", "Admin"] && m.invitation == "").size() > 1`, "acme:hold"},
		{OnOrganization, `organization.key == "acme"`, `organization.members.all(m, !has(m.tfa) || m.tfa)`, ""},
		{OnPlan, ``, `plan.money.USD <= 100.0`, ":hold"},
		{OnPlan, ``, `plan.money.EUR <= 100.0`, ":error!no such key, ask with has() first"},
		{OnPlan, ``, `plan.money.all(c, plan.money[c] <= 200.0)`, ""},
		{OnPlan, ``, `plan.summary.delete + plan.summary.update <= 2`, ""},
		{OnPlan, ``, `plan.organizations.map(o, o.steps.filter(s, s.op == "delete")).flatten().size() < 1`, ":hold"},
		{OnPlan, ``, `now - timestamp(plan.created) < duration("1h")`, ""},
		{OnPlan, ``, `plan.organizations[0].members.size() == 2`, ""},
	} {
		set := compiled(t, Policy{ID: "a", On: test.on, When: test.when, Require: test.require, Severity: Hold})
		v, err := set.Evaluate(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range v.Results {
			text := r.Address + ":" + string(r.Severity)
			if r.Failed != "" {
				text += "!" + r.Failed
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s ⇒ %s: got %q, want %q", test.when, test.require, got, test.want)
		}
	}
}

func TestWhatCannotBeReadIsHeld(t *testing.T) {
	t.Parallel()
	in := Input{Plan: decoded(t, smallPlan), Now: friday, Unread: map[string][]string{"acme": {"credits", "members"}},
		Organizations: map[string]map[string]any{"studio": {"members": []any{}}}}
	for severity, want := range map[Severity]Severity{Error: Hold, Hold: Hold, Warning: Warning} {
		set := compiled(t,
			Policy{On: OnOrganization, Require: "organization.members.size() == 0", Severity: severity},
			Policy{On: OnPlan, Require: "plan.organizations.all(o, o.members.size() == 0)", Severity: severity},
			Policy{On: OnStep, Require: "organization.members.size() == 0", Severity: severity},
			Policy{On: OnOrganization, Require: "organization.key != ''", Severity: severity})
		v, err := set.Evaluate(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Results) != 4 || v.Worst() != want { // acme, the plan, two steps
			t.Errorf("%s: %+v", severity, v.Results)
		}
		for _, r := range v.Results {
			if !slices.Equal(r.Unread, []Unread{{"acme", "members"}}) || r.Severity != want || r.Failed != "" {
				t.Errorf("%s: %+v", severity, r)
			}
		}
	}
}

func TestSuppressions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		s         Suppression
		suppresed bool
		note      string
	}{
		{"fits", Suppression{"acme", "agreed with Jane", "2026-12-31"}, true, ""},
		{"a glob", Suppression{"ac*", "agreed", "2026-12-31"}, true, ""},
		{"its last day", Suppression{"acme", "agreed", "2026-11-20"}, true, ""},
		{"the day before", Suppression{"acme", "agreed", "2026-11-19"}, false, "its day, 2026-11-19, is past"},
		{"no reason", Suppression{"acme", "", "2026-12-31"}, false, "it has no reason"},
		{"a reason of nothing", Suppression{"acme", " \u200b—", "2026-12-31"}, false, "it has no reason"},
		{"a reason of blank letters", Suppression{"acme", "\u3164\u115f\uffa0", "2026-12-31"}, false, "it has no reason"},
		{"by id", Suppression{"id:11", "agreed", "2026-12-31"}, true, ""},
		{"by another id", Suppression{"id:1", "agreed", "2026-12-31"}, false, ""},
		{"a key that begins as ids do", Suppression{"i*", "agreed", "2026-12-31"}, false, ""},
		{"no day", Suppression{"acme", "agreed", ""}, false, "it has no day"},
		{"another address", Suppression{"acm", "agreed", "2026-12-31"}, false, ""},
	} {
		set := compiled(t, Policy{ID: "a", On: OnOrganization, When: `organization.key == "acme"`, Require: "false", Suppress: []Suppression{test.s}})
		v, err := set.Evaluate(context.Background(), Input{Plan: decoded(t, smallPlan), Now: friday})
		if err != nil || len(v.Results) != 1 {
			t.Fatal(v, err)
		}
		if (v.Results[0].Suppressed != nil) != test.suppresed || (v.Worst() == "") != test.suppresed {
			t.Errorf("%s: %+v", test.name, v.Results[0])
		}
		if (len(v.Notes) == 1) != (test.note != "") || len(v.Notes) == 1 && !strings.Contains(v.Notes[0].Message, test.note) {
			t.Errorf("%s: %+v", test.name, v.Notes)
		}
	}
	everything := []Suppression{{"**", "agreed", "2026-12-31"}}
	lastDay := compiled(t, Policy{On: OnPlan, Require: "false", Suppress: []Suppression{{"", "agreed", "2026-11-20"}}})
	midnight := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]Severity{midnight: Error, midnight.Add(-time.Second): ""} {
		if v, err := lastDay.Evaluate(context.Background(), Input{Plan: decoded(t, smallPlan), Now: at}); err != nil || v.Worst() != want {
			t.Errorf("%s: %+v %v", at, v, err)
		}
	}
	failing := compiled(t, Policy{On: OnOrganization, Require: `organization.name == organization.owner`, Suppress: everything})
	if v, err := failing.Evaluate(context.Background(), Input{Plan: decoded(t, smallPlan), Now: friday}); err != nil || v.Worst() != Error {
		t.Errorf("a failure was suppressed: %+v %v", v, err)
	}
	for _, s := range []Suppression{{"", "agreed", "2026-12-31"}, {"**", "agreed", "2026-12-31"}} {
		set := compiled(t, Policy{On: OnPlan, Require: "false", Suppress: []Suppression{s}})
		if v, err := set.Evaluate(context.Background(), Input{Plan: decoded(t, smallPlan), Now: friday}); err != nil || v.Worst() != "" {
			t.Errorf("%q does not cover the plan: %+v %v", s.Address, v, err)
		}
	}
	for _, s := range []Suppression{{"[", "r", "2026-12-31"}, {"", "r", "2026-12-31"}, {"a", "r", "31.12.2026"}} {
		if _, problems := Compile([]Policy{{ID: "a", On: OnStep, Require: "true", Suppress: []Suppression{s}}}); len(problems) != 1 {
			t.Errorf("%+v: %v", s, problems)
		}
	}
}

func TestNoVerdict(t *testing.T) {
	t.Parallel()
	set := compiled(t, Policy{On: OnPlan, Require: "true"})
	for name, plan := range map[string]map[string]any{
		"none":                 nil,
		"no organizations":     {},
		"organizations is odd": {"organizations": map[string]any{}},
		"an odd organization":  {"organizations": []any{5}},
		"no key":               {"organizations": []any{map[string]any{"zone": "eu1"}}},
		"a key twice":          {"organizations": []any{map[string]any{"key": "a"}, map[string]any{"key": "a"}}},
		"an odd count":         {"organizations": []any{}, "summary": map[string]any{"delete": 1.5}},
		"an odd amount":        {"organizations": []any{}, "money": map[string]any{"USD": "NaN"}},
	} {
		if v, err := set.Evaluate(context.Background(), Input{Plan: plan}); err == nil {
			t.Errorf("%s: %+v", name, v)
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("the run ends")
	cancel(cause)
	in := Input{Plan: decoded(t, smallPlan)}
	if _, err := set.Evaluate(ctx, in); !errors.Is(err, cause) {
		t.Error(err)
	}
}

func TestBoundGrowsWithThePlan(t *testing.T) {
	t.Parallel()
	var steps []any
	for i := range 3000 {
		steps = append(steps, map[string]any{"n": i, "address": fmt.Sprintf("acme/variable/A%d", i), "kind": "variable", "op": "create",
			"fields": []any{map[string]any{"path": "value", "to": "x"}}})
	}
	in := Input{Plan: map[string]any{"organizations": []any{map[string]any{"key": "acme", "steps": steps}}}, Now: friday}
	linear := Policy{ID: "linear", On: OnStep, Require: `step.address.matches("^[a-z]+/variable/[A-Z0-9_]+$") && step.fields.all(f, f.to == "x")`}
	quadratic := Policy{ID: "quadratic", On: OnStep, Require: `plan.organizations.all(o, o.steps.all(s, s.kind != "tfa"))`}
	v, err := compiled(t, linear, quadratic).Evaluate(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range v.Results {
		if r.ID == "linear" || r.Failed == "" {
			t.Fatalf("%+v", r)
		}
	}
	if len(v.Results) != 1 { // for all that were not judged
		t.Errorf("%d results", len(v.Results))
	}
}

// TestBoundGrowsWithTexts: values of some kilobytes are usual, and every one may be matched.
func TestBoundGrowsWithTexts(t *testing.T) {
	t.Parallel()
	var steps []any
	for i := range 500 {
		steps = append(steps, map[string]any{"n": i, "address": fmt.Sprintf("acme/variable/A%d", i), "kind": "variable",
			"fields": []any{map[string]any{"path": "value", "to": strings.Repeat("x", 4000)}}})
	}
	in := Input{Plan: map[string]any{"organizations": []any{map[string]any{"key": "acme", "steps": steps}}}}
	set := compiled(t, Policy{On: OnStep, Require: `step.fields.all(f, !string(f.to).matches("^(ghp_|AKIA)"))`})
	if v, err := set.Evaluate(context.Background(), in); err != nil || len(v.Results) != 0 {
		t.Errorf("%+v %v", v.Results, err)
	}
}

func TestLongTextsFailOnlyWhereTheyAreRead(t *testing.T) {
	t.Parallel()
	in := Input{Plan: map[string]any{"organizations": []any{map[string]any{"key": "a", "name": strings.Repeat("x", maxText+1)}}}}
	v, err := compiled(t, Policy{ID: "key", On: OnOrganization, Require: `organization.key == "a"`},
		Policy{ID: "name", On: OnOrganization, Require: `organization.name != ""`}).Evaluate(context.Background(), in)
	if err != nil || len(v.Results) != 1 || v.Results[0].ID != "name" || !strings.Contains(v.Results[0].Failed, "longer than") {
		t.Errorf("%+v %v", v, err)
	}
}

// TestAddingPoliciesNeverHelps: what a set finds, a larger set finds as well, whoever adds to it.
func TestAddingPoliciesNeverHelps(t *testing.T) {
	t.Parallel()
	expressions := map[Subject][]string{
		OnPlan:         {"true", "false", "plan.summary.delete == 0", "plan.digest == ''"},
		OnOrganization: {"true", "false", "organization.id > 0", "organization.members.size() > 1"},
		OnStep:         {"true", "false", `step.op != "delete"`, "step.money.amount > 1.0"},
	}
	plan := decoded(t, smallPlan)
	rapid.Check(t, func(t *rapid.T) {
		var policies []Policy
		for i := range rapid.IntRange(1, 6).Draw(t, "policies") {
			on := rapid.SampledFrom([]Subject{OnPlan, OnOrganization, OnStep}).Draw(t, "on")
			p := Policy{ID: fmt.Sprint("p", i), On: on, Require: rapid.SampledFrom(expressions[on]).Draw(t, "require"),
				Severity: rapid.SampledFrom([]Severity{Error, Hold, Warning}).Draw(t, "severity")}
			p.From.Trusted = rapid.Bool().Draw(t, "trusted")
			if rapid.Bool().Draw(t, "suppressed") {
				p.Suppress = []Suppression{{"**", "agreed", "2026-12-31"}}
			}
			policies = append(policies, p)
		}
		judge := func(policies []Policy) map[string]bool {
			set, problems := Compile(policies)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			v, err := set.Evaluate(context.Background(), Input{Plan: plan, Now: friday})
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]bool{}
			for _, r := range v.Results {
				found[fmt.Sprint(r.ID, r.Address, r.Severity, r.Failed, r.Suppressed != nil)] = true
			}
			return found
		}
		all := judge(policies)
		for one := range judge(policies[:len(policies)-1]) {
			if !all[one] {
				t.Fatalf("%s is no longer found", one)
			}
		}
	})
}

// TestSuppressionsByIDNameNoNewOrganization: what is not there has no id, whatever a pattern takes.
func TestSuppressionsByIDNameNoNewOrganization(t *testing.T) {
	t.Parallel()
	lifts, problems := readLifts(Policy{On: OnStep, Suppress: []Suppression{{"id:*/variable/*", "agreed", "2026-12-31"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for id, want := range map[int64]bool{0: false, 11: true} {
		if got := lifts[0].covers("acme/variable/A", id); got != want {
			t.Errorf("organization %d: %v", id, got)
		}
	}
}

// TestFailuresShowNoValues: however an expression fails, what it has met stays with it.
func TestFailuresShowNoValues(t *testing.T) {
	t.Parallel()
	plan := map[string]any{"organizations": []any{map[string]any{"key": "acme", "steps": []any{}}}}
	people := map[string]map[string]any{"acme": {"members": Members([]Member{{Email: "hunter2@acme.example", Role: "Admin"}})}}
	for _, expression := range []string{
		`{"a": true}[organization.members[0].email]`, `int(organization.members[0].email) == 1`,
		`timestamp(organization.members[0].email) == now`, `duration(organization.members[0].email) == duration("1s")`,
		`bool(organization.members[0].email)`, `double(organization.members[0].email) == 1.0`,
		`now.getHours(organization.members[0].email) == 1`, `organization.members[0].email.substring(99) == ""`,
		`organization.members[0].email.charAt(99) == ""`, `uint(organization.members[0].email) == 1u`,
	} {
		v, err := compiled(t, Policy{On: OnOrganization, Require: expression}).Evaluate(
			context.Background(), Input{Plan: plan, Organizations: people})
		if err != nil || len(v.Results) != 1 || v.Results[0].Failed == "" || v.Results[0].Severity != Error {
			t.Errorf("%s: %+v %v", expression, v.Results, err)
			continue
		}
		if strings.Contains(v.Results[0].Failed, "hunter2") {
			t.Errorf("%s: %s", expression, v.Results[0].Failed)
		}
	}
}

// TestDocumentsPayForResultsAndRounds: a document decides how many steps break its policies, and how
// often a plan is judged again. What trusted policies say is no part of it.
func TestDocumentsPayForResultsAndRounds(t *testing.T) {
	t.Parallel()
	var steps []any
	for i := range 3000 {
		steps = append(steps, map[string]any{"n": i + 1, "address": fmt.Sprintf("acme/variable/A%d", i), "kind": "variable", "op": "create"})
	}
	in := Input{Plan: map[string]any{"organizations": []any{map[string]any{"key": "acme", "steps": steps}}}, Now: friday, Budget: &Budget{}}
	policies := []Policy{{ID: "trusted", On: OnStep, Require: "false", Message: "no", From: From{Trusted: true}}}
	for i := range 60 {
		policies = append(policies, Policy{ID: fmt.Sprintf("p%02d", i), On: OnStep, Require: "false", Severity: Warning, Message: "no"})
	}
	set := compiled(t, policies...)
	judge := func() (trusted, results, failed int) {
		v, err := set.Evaluate(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for i := range v.Results {
			switch r := &v.Results[i]; {
			case r.Trusted:
				trusted++
			case r.Failed != "":
				failed++
			default:
				results++
			}
		}
		return trusted, results, failed
	}
	trusted, results, failed := judge()
	if most := documentShare * int(limitOf(10*3000)) / costPerResult; trusted != 3000 || results > most || results < 3000 || failed == 0 {
		t.Errorf("%d trusted, %d others, %d failed", trusted, results, failed)
	}
	for range 12 { // as a plan is that is judged again and again
		trusted, results, failed = judge()
	}
	if trusted != 3000 || results != 0 || failed != 60 {
		t.Errorf("at last %d trusted, %d others, %d failed", trusted, results, failed)
	}
}
