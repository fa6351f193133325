package policy

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// compiled gives the set of policies that are well formed.
func compiled(t testing.TB, policies ...Policy) *Set {
	t.Helper()
	for i := range policies {
		if policies[i].ID == "" {
			policies[i].ID = fmt.Sprintf("p%d", i)
		}
		if policies[i].Severity == "" {
			policies[i].Severity = Error
		}
		policies[i].Path = fmt.Sprintf("policies[%d]", i)
	}
	set, problems := Compile(policies)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return set
}

// TestSuppressionsThatLiftNothing: an address that nothing judged can have.
func TestSuppressionsThatLiftNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		on            Subject
		address, hint string
	}{
		{OnStep, "acme/variables/A", `did you mean "acme/variable/A"?`},
		{OnStep, "acme/*/A/B", ""},
		{OnOrganization, "acme/variable/A", ""},
		{OnOrganization, "Acme", ""},
		{OnPlan, "acme", ""},
	} {
		_, problems := Compile([]Policy{{ID: "a", On: test.on, Require: "true", Severity: Error, Path: "policies[0]",
			Suppress: []Suppression{{Address: test.address, Reason: "r", Until: "2026-12-31"}}}})
		if len(problems) != 1 || problems[0].Hint != test.hint || problems[0].Path != "policies[0].suppress[0].address" {
			t.Errorf("%s %q: %+v", test.on, test.address, problems)
		}
	}
}

func TestMistakesHavePositions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		on           Subject
		expression   string
		line, column int
		message      string
	}{
		{OnStep, `step.opp == "delete"`, 1, 5, "undefined field 'opp'"},
		{OnStep, "step.op == \"delete\" &&\n  step.kind = \"x\"", 2, 13, "Syntax error"},
		{OnPlan, `step.op == "delete"`, 1, 1, "undeclared reference to 'step'"},
		{OnPlan, `now.getDayOfWeek()`, 0, 0, "gives int, not true or false"},
		{OnPlan, ``, 0, 0, "empty"},
		{OnPlan, " \n", 0, 0, "empty"},
		{OnPlan, `0.1 * plan.summary.delete < 1.0`, 1, 5, "no matching overload"},
		{OnPlan, `plan.organizations[0].steps[0].fields[0].to`, 0, 0, "gives dyn"},
		{OnPlan, `plan.digest.matches("[")`, 1, 21, "invalid matches argument"},
		{OnPlan, `plan.digest.matches(plan.tool)`, 1, 20, "written out"},
		{OnPlan, `plan.organizations == plan.organizations`, 1, 20, "are compared"},
		{OnPlan, `plan in [plan]`, 1, 6, "are looked up"},
		{OnPlan, `([1] + [2]).size() == 3`, 1, 6, "are added"},
		{OnPlan, `dyn(plan) == 1`, 1, 4, "the function dyn is not known"},
		{OnPlan, `"a".replace("a", "b") == "b"`, 1, 12, "the function replace is not known"},
		{OnPlan, `Step{n: 1}.n == 1`, 1, 5, "objects cannot be made"},
		{OnPlan, `plan.salt == ""`, 1, 5, "undefined field 'salt'"},
		{OnStep, `step.kind == "variables"`, 1, 14, "`kind` is never \"variables\""},
		{OnStep, `"Delete" != step.op`, 1, 1, "`op` is never \"Delete\""},
		{OnStep, `step.risk in ["destructive", "ireversible"]`, 1, 30, "`risk` is never \"ireversible\""},
		{OnPlan, `plan.organizations.all(o, o.steps.all(s, s.origin != "drifted"))`, 1, 54, "`origin` is never"},
		{OnOrganization, `!("members" in organization.notRead)`, 1, 3, "`notRead` is never \"members\""},
		{OnPlan, `"ž" + "ž" + nosuch == ""`, 1, 13, "undeclared reference"},
	} {
		_, problems := Compile([]Policy{{ID: "a", On: test.on, Require: test.expression, Severity: Error, Path: "policies[0]"}})
		if len(problems) == 0 {
			t.Errorf("%q compiles", test.expression)
			continue
		}
		p := problems[0]
		if p.Line != test.line || p.Path != "policies[0].require" || !strings.Contains(p.Message, test.message) {
			t.Errorf("%q: %+v", test.expression, p)
		}
		if p.Column != test.column {
			t.Errorf("%q: column %d, want %d: %s", test.expression, p.Column, test.column, p.Message)
		}
	}
}

// TestHarmfulExpressions: each is refused when it is compiled, or stopped when it is evaluated; none passes.
func TestHarmfulExpressions(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 400) + "1]"
	long := "['" + strings.Repeat("a", 900) + "'].map(s, " + strings.Repeat("s+", 15) + "s)"
	often := func(s string) string { // s for 160,000 times over a text of 14,400 bytes, with failures absorbed
		return long + ".all(s, " + list + ".all(x, " + list + ".exists(y, " + s + ") || true))"
	}
	for name, expression := range map[string]string{
		"cube":                    list + ".all(a, " + list + ".all(b, " + list + ".all(c, true)))",
		"four deep":               "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))",
		"doubled texts":           "['aaaaaaaaaa']" + strings.Repeat(".map(a, a+a)", 100) + ".size() == 1",
		"doubled lists":           "[[1]]" + strings.Repeat(".map(a, [a, a])", 100) + ".size() == 1",
		"long text":               long + ".map(s, s + s).size() == 1",
		"brackets":                strings.Repeat("(", 2000) + "true" + strings.Repeat(")", 2000),
		"open brackets":           strings.Repeat("[", 4000),
		"long":                    "true" + strings.Repeat(" || true", 1000),
		"selects":                 "plan" + strings.Repeat(".a", 2000),
		"ternaries":               strings.Repeat("true ? true : ", 290) + "true",
		"nonsense":                strings.Repeat("a..b ", 800),
		"regular expression size": "'a'.matches('((a{100}){100}){10}')",
		"slow matches":            often("s.matches('(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[b-c]+')"),
		"slow sizes":              often("s.size() == 1"),
		"slow failures":           often("int(s) == 1"),
		"long texts that fail":    long + ".all(s, " + list + ".exists(y, int(s) == 1) || true)",
		"slow splits":             often("s.split('').size() == 1"),
		"slow cases":              often("s.lowerAscii().upperAscii().trim().charAt(1) == 'b'"),
		"slow time zones":         list + ".all(x, " + list + ".exists(y, now.getHours('Europe/Prague') == 99) || true)",
		"flattened":               "[" + list + "].all(x, [" + strings.Repeat("x,", 500) + "x].flatten().map(z, x).flatten().size() > 0)",
		"file as time zone":       "now.getHours('../../../etc/passwd') < 99",
		"overflow":                "9223372036854775807 + plan.organizations.size() > 0",
		"division":                "1 / plan.organizations.size() == 1 || false",
		"fails":                   "plan.digest == ''",
	} {
		set, problems := Compile([]Policy{{ID: "a", On: OnPlan, Require: expression, Severity: Warning}})
		if len(problems) > 0 {
			continue
		}
		v, err := set.Evaluate(context.Background(), Input{Plan: map[string]any{"organizations": []any{}}})
		if err != nil || v.Worst() != Error && name != "overflow" {
			t.Errorf("%s: %+v %v", name, v, err)
		}
	}
}

func TestDocumentsOnlyAdd(t *testing.T) {
	t.Parallel()
	trusted, document := From{Origin: "guards.yaml", Trusted: true}, From{Origin: "acme.yaml"}
	mine := func(from From, id, require string) Policy {
		return Policy{ID: id, On: OnPlan, Require: require, Severity: Error, Message: "m", From: from}
	}
	for _, test := range []struct {
		name     string
		policies []Policy
		want     string
	}{
		{"different ids", []Policy{mine(document, "a", "true"), mine(trusted, "b", "true")}, ""},
		{"a document takes a trusted id", []Policy{mine(document, "a", "true"), mine(trusted, "a", "false")}, "belongs to a trusted policy of guards.yaml"},
		{"the same trusted file twice", []Policy{mine(trusted, "a", "true"), mine(trusted, "a", "true")}, ""},
		{"two trusted files disagree", []Policy{mine(trusted, "a", "true"), mine(trusted, "a", "false")}, "is also used"},
		{"a document says a trusted policy again", []Policy{mine(trusted, "a", "true"), mine(document, "a", "true")}, "belongs to a trusted"},
		{"twice in documents", []Policy{mine(document, "a", "true"), mine(document, "a", "true")}, "is also used"},
	} {
		set, problems := Compile(test.policies)
		switch {
		case test.want == "" && (len(problems) > 0 || set == nil):
			t.Errorf("%s: %v", test.name, problems)
		case test.want != "" && (len(problems) != 1 || set != nil || !strings.Contains(problems[0].Message, test.want)):
			t.Errorf("%s: %v", test.name, problems)
		}
	}
}

func TestManyDocumentsShareOneBound(t *testing.T) {
	t.Parallel()
	var policies []Policy
	for i := range maxPolicies + 1 {
		policies = append(policies, Policy{ID: fmt.Sprint(i), On: OnPlan, Require: "true", Severity: Error})
	}
	if _, problems := Compile(policies); len(problems) != 1 || !strings.Contains(problems[0].Message, "101 policies together") {
		t.Error(problems)
	}
	for i := range policies {
		policies[i].From.Trusted = true
	}
	if _, problems := Compile(policies); len(problems) != 0 {
		t.Error(problems)
	}
}

// TestDocumentsShareOneBudget: the policies of documents together cost no more than some of them may.
func TestDocumentsShareOneBudget(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 400) + "1]"
	var policies []Policy
	for range 30 {
		policies = append(policies, Policy{On: OnPlan, Require: list + ".all(a, " + list + ".all(b, a == 1 && b == 1 && a + b == 2))"})
	}
	policies = append(policies, Policy{ID: "trusted", On: OnPlan, Require: "true", From: From{Trusted: true}})
	v, err := compiled(t, policies...).Evaluate(context.Background(), Input{Plan: map[string]any{"organizations": []any{}}})
	if err != nil || len(v.Results) != 30 {
		t.Fatal(len(v.Results), err)
	}
	poor := 0
	for _, r := range v.Results {
		if strings.Contains(r.Failed, "more than 0") {
			poor++
		}
	}
	if poor != 30-documentShare {
		t.Errorf("%d found nothing left", poor)
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		on         Subject
		expression string
		want       string
	}{
		{OnOrganization, `organization.key == ""`, ""},
		{OnOrganization, `organization.members.size() > 1`, "members"},
		{OnOrganization, `[organization].all(o, o.members.size() > 1)`, "members"},
		{OnOrganization, `[organization, 1].all(o, o.members.size() > 1)`, "members"},
		{OnOrganization, `[organization, 1].all(o, o["members"] == 1)`, "members"},
		{OnOrganization, `[organization, 1].all(o, o["mem" + "bers"] == 1)`,
			"apps changes credits lastPayment members owner paymentMethod plan subscription teams tfaEnforced usage"},
		{OnOrganization, `has(organization.members)`, "members"},
		{OnOrganization, `organization.credits.left > 0.0 && organization.tfaEnforced`, "credits tfaEnforced"},
		{OnPlan, `plan.organizations.all(o, o.members.exists(m, m.role == "Owner"))`, "members"},
		{OnPlan, `plan.summary.delete == 0`, ""},
		{OnStep, `step.fields.all(f, f.to == "members")`, ""},
	} {
		set := compiled(t, Policy{ID: "a", On: test.on, When: test.expression, Require: "true"})
		if got := strings.Join(set.Reads(), " "); got != test.want {
			t.Errorf("%s reads %q", test.expression, got)
		}
		if readers := set.Readers("members"); (len(readers) == 1) != strings.Contains(test.want, "members") {
			t.Errorf("%s: %q", test.expression, readers)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	whole := func(more map[string]any) []any {
		m := map[string]any{"id": "a", "on": "step", "require": "true", "message": "m"}
		for key, value := range more {
			if m[key] = value; value == "-" {
				delete(m, key)
			}
		}
		return []any{m}
	}
	for _, test := range []struct {
		value any
		want  string // path: message
	}{
		{whole(nil), ""},
		{whole(map[string]any{"x-owner": 1, "severity": "hold", "when": "true"}), ""},
		{map[string]any{}, "policies: policies is an object, not a list"},
		{make([]any, maxPolicies+1), "policies: there are 101 policies"},
		{[]any{1.0}, "policies[0]: this is a number, not an object"},
		{whole(map[string]any{"id": "-"}), "policies[0]: the key `id` is missing"},
		{whole(map[string]any{"id": "A b"}), "policies[0].id: this is no id"},
		{whole(map[string]any{"id": 5.0}), "policies[0].id: id is a number, not a text"},
		{whole(map[string]any{"on": "variable"}), "policies[0].on: there is no such subject"},
		{whole(map[string]any{"on": true}), "policies[0].on: on is true or false, not a text"},
		{whole(map[string]any{"severity": "fatal"}), "policies[0].severity: there is no such severity"},
		{whole(map[string]any{"severity": nil}), "policies[0].severity: severity is null, not a text"},
		{whole(map[string]any{"sevrity": "hold"}), "policies[0]: unknown key `sevrity`"},
		{whole(map[string]any{"message": strings.Repeat("a", maxMessage+1)}), "policies[0].message: the message is empty or longer"},
		{whole(map[string]any{"message": "\u200b\n"}), "policies[0].message: the message is empty or longer"},
		{whole(map[string]any{"suppress": []any{map[string]any{"adress": "a"}}}), "policies[0].suppress[0]: unknown key `adress`"},
		{whole(map[string]any{"suppress": make([]any, maxSuppressions+1)}), "policies[0].suppress: there are 201"},
		{whole(map[string]any{"tests": []any{map[string]any{"given": map[string]any{}}}}), "policies[0].tests[0]: the key `passes` is missing"},
		{whole(map[string]any{"tests": []any{map[string]any{"given": 1.0, "passes": "no"}}}), "policies[0].tests[0].given: given is a number"},
		{whole(map[string]any{"tests": 1.0}), "policies[0].tests: tests is a number, not a list"},
	} {
		policies, problems := Decode(test.value, From{Origin: "f.yaml"})
		got := ""
		if len(problems) > 0 {
			got = problems[0].Path + ": " + problems[0].Message
		}
		if !strings.HasPrefix(got, test.want) || (test.want == "") != (len(problems) == 0) || len(problems) == 0 && len(policies) != 1 {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// TestOneMistakeIsOneProblem: a value of another type is told once, whichever key it stands at.
func TestOneMistakeIsOneProblem(t *testing.T) {
	t.Parallel()
	policy := func() map[string]any {
		return map[string]any{
			"id": "a", "on": "step", "when": "true", "require": "true", "severity": "hold", "message": "m",
			"suppress": []any{}, "tests": []any{map[string]any{"given": map[string]any{}, "passes": true}},
		}
	}
	check := func(name string, m map[string]any) {
		t.Helper()
		if _, problems := Decode([]any{m}, From{}); len(problems) != 1 {
			t.Errorf("%s: %v", name, problems)
		}
	}
	for key := range policyKeys {
		for _, value := range []any{nil, true, 5.0, "", []any{5.0}, map[string]any{"a": "b"}} {
			m := policy()
			m[key] = value
			if _, fits := value.([]any); value == "" && (key == "when" || key == "require") || fits && key == "suppress" ||
				fits && key == "tests" {
				continue
			}
			check(fmt.Sprintf("%s: %v", key, value), m)
		}
	}
	for key := range testKeys {
		for _, value := range []any{nil, 5.0, "no", []any{}} {
			m := policy()
			m["tests"].([]any)[0].(map[string]any)[key] = value
			check(fmt.Sprintf("tests: %s: %v", key, value), m)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	base := Policy{ID: "a", On: OnPlan, Require: "true", Severity: Hold, Message: "m"}
	other := Policy{ID: "b", On: OnStep, Require: "true", Severity: Error, Message: "m"}
	digest := func(policies ...Policy) string { return compiled(t, policies...).Digest() }
	same := base
	same.Tests, same.From.Origin = []Test{{Passes: true}}, "elsewhere.yaml"
	if digest(base, other) != digest(other, same) {
		t.Error("order, tests or origin change the digest")
	}
	for name, change := range map[string]func(*Policy){
		"id":       func(p *Policy) { p.ID = "c" },
		"on":       func(p *Policy) { p.On = OnOrganization },
		"when":     func(p *Policy) { p.When = "false" },
		"require":  func(p *Policy) { p.Require = "1 == 1" },
		"severity": func(p *Policy) { p.Severity = Warning },
		"message":  func(p *Policy) { p.Message = "n" },
		"suppress": func(p *Policy) { p.Suppress = []Suppression{{Reason: "r", Until: "2026-12-31"}, {Address: "**"}} },
		"trusted":  func(p *Policy) { p.From.Trusted = true },
	} {
		changed := base
		if change(&changed); digest(base, other) == digest(changed, other) {
			t.Errorf("%s is not part of the digest", name)
		}
	}
}

var friday = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
