package policy

import (
	"context"
	"encoding/json"
	"testing"
)

// FuzzExpression: no text panics, compiles into anything but true or false, or passes by failing.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		`step.op == "delete"`, `plan.organizations.all(o, o.steps.exists(s, s.n > 1))`, `now.getHours("Europe/Prague") < 5`, `"a".matches("(a*)*")`,
		`has(organization.members) ? organization.members.size() > 1 : false`, `{"a": 1}["a"] == 1`, `[1, "a", 2.5].exists(x, x == "a")`, "'\\u{1F600}'",
		`b"a" == b"a" && 1u < 2u`, `type(step) == type(plan)`, `duration("1h") > duration("1s")`, "((((", "a.b.c[", `optional.none()`, `step.?op`, "`a`",
	} {
		f.Add(seed)
	}
	plan := map[string]any{}
	if err := json.Unmarshal([]byte(smallPlan), &plan); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, problems := Compile([]Policy{{ID: "a", On: OnStep, Require: text, Severity: Warning}})
		if (set == nil) != (len(problems) > 0) {
			t.Fatal(set, problems)
		}
		if set == nil {
			return
		}
		v, err := set.Evaluate(context.Background(), Input{Plan: plan, Now: friday})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range v.Results {
			if r.Failed != "" && r.Severity != Error {
				t.Errorf("%q: %+v", text, r)
			}
		}
	})
}

// FuzzDecode: no list panics, and what is read without a problem can be compiled or is refused.
func FuzzDecode(f *testing.F) {
	f.Add(`[{"id": "a", "on": "step", "require": "true", "message": "m", "tests": [{"given": {"step": {"n": 1}}, "passes": true}]}]`)
	f.Add(`[{"id": "a", "on": "plan", "require": "false", "message": "m", "suppress": [{"address": "**", "reason": "r", "until": "2026-12-31"}]}]`)
	f.Fuzz(func(t *testing.T, text string) {
		var list any
		if json.Unmarshal([]byte(text), &list) != nil {
			return
		}
		policies, problems := Decode(list, From{})
		if len(problems) > 0 {
			return
		}
		if set, problems := Compile(policies); len(problems) == 0 {
			if _, err := set.Test(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
