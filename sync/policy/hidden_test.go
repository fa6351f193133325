package policy

import (
	"strings"
	"testing"
	"time"
)

// hiddenSides are all forms of a side that a plan does not show.
var hiddenSides = []map[string]any{
	{"sensitive": true},
	{"sensitive": true, "reference": "${env:ACME_KEY}"},
	{"unknown": true},
}

// TestWhatIsHiddenDecidesNothing: no expression passes, or spares a subject, by what it does with a
// value that the plan does not show.
func TestWhatIsHiddenDecidesNothing(t *testing.T) {
	for _, require := range []string{
		`f.to != "evil"`,
		`!(f.to == "evil")`,
		`!("evil" == f.to)`,
		`!(string(f.to) in ["evil", "bad"])`,
		`!("evil" in [f.to])`,
		`!("evil" in f.to)`,
		`type(f.to) != string || f.to.startsWith("https://")`,
		`type(f.to) != string`,
		`size(f.to) < 100`,
		`string(f.to) != "evil"`,
		`!string(f.to).contains("evil")`,
		`f.to != null`,
		`f.to < "f" || f.to >= "e"`,
		`f.to.all(x, x != "evil")`,
		`![f.to].exists(x, x == "evil")`,
		`![f].exists(g, g.to == "evil")`,
		`![f].map(g, g.to).exists(x, x == "evil")`,
		`(has(f.from) ? f.from : f.to) != "evil"`,
		`(has(f.from) ? f : f).to != "evil"`,
		`[f][0].to != "evil"`,
		`{"k": f.to}["k"] != "evil"`,
		`[f.to, f.to][1] != "evil"`,
		`!has(f.to.sensitive) && !has(f.to.unknown) || f.to != "evil"`,
	} {
		for _, side := range hiddenSides {
			hold := judgeSide(t, Policy{Require: "step.fields.all(f, " + require + ")"}, side)
			if len(hold) != 1 || !hold[0].Hidden || hold[0].Severity != Hold || hold[0].Failed != "" {
				t.Errorf("%s of %v: %+v", require, side, hold)
			}
			if hold := judgeSide(t, Policy{When: "step.fields.exists(f, !(" + require + "))", Require: "false"}, side); len(hold) != 1 ||
				!hold[0].Hidden {
				t.Errorf("when: %s of %v: %+v", require, side, hold)
			}
		}
	}
}

// TestKeysOfWhatIsHidden: whether a value is a secret, and of which reference, a policy can ask.
func TestKeysOfWhatIsHidden(t *testing.T) {
	for require, passes := range map[string]bool{
		`has(f.to.sensitive) || has(f.to.unknown) || f.to != "evil"`:                   true,
		`has(f.to.sensitive) ? f.to.sensitive : has(f.to.unknown)`:                     true,
		`!has(f.to.sensitive) && !has(f.to.unknown)`:                                   false,
		`!has(f.to.reference) || f.to.reference.startsWith("${env:ACME_")`:             true,
		`!has(f.to.reference) && !has(f.to.unknown) && !has(f.to.sensitive)`:           false,
		`has(f.path) && f.path == "value"`:                                             true,
		`f.to.sensitive || f.to.unknown`:                                               true,
		`!["sensitive", "unknown"].exists(k, has(f.to.sensitive) && k == "sensitive")`: false,
	} {
		side := hiddenSides[0]
		if strings.Contains(require, "reference") {
			side = hiddenSides[1]
		}
		results := judgeSide(t, Policy{Require: "step.fields.all(f, " + require + ")"}, side)
		if passes != (len(results) == 0) || len(results) > 0 && results[0].Hidden {
			t.Errorf("%s: %+v", require, results)
		}
	}
}

// judgeSide judges a step of one field by one policy.
func judgeSide(t *testing.T, p Policy, to map[string]any) []Result {
	t.Helper()
	p.ID, p.On, p.Severity, p.Message, p.From = "p", OnStep, Error, "no", From{Origin: "g.yaml", Trusted: true}
	set, problems := Compile([]Policy{p})
	if len(problems) > 0 {
		t.Fatalf("%s %s: %+v", p.When, p.Require, problems)
	}
	step := map[string]any{"n": 1, "address": "acme/variable/V", "op": "create", "kind": "variable",
		"fields": []any{map[string]any{"path": "value", "to": to}}}
	plan := map[string]any{"organizations": []any{map[string]any{"key": "acme", "steps": []any{step}}}}
	verdict, err := set.Evaluate(t.Context(), Input{Plan: plan, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return verdict.Results
}
