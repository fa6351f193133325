package policy

import (
	"slices"
	"testing"
)

func TestWhatOnlyAFileCanKnow(t *testing.T) {
	t.Parallel()
	for object, keys := range ownWords {
		for _, key := range keys {
			if fieldTypes[object][key] == "" {
				t.Errorf("%s has no key %s", object, key)
			}
		}
	}
	env, err := environments[OnStep]()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		`step.source.file == "a"`:                                                  {"step.source"},
		`!has(step.lastChange) || plan.calls.write < 9`:                            {"plan.calls", "step.lastChange"},
		`plan.organizations.all(o, o.steps.all(s, s.source.line > 1))`:             {"step.source"},
		`[step, 1].all(s, has(s.source))`:                                          {"step.source"},
		`[step, 1][0]["source"].line == 1`:                                         {"step.source"},
		`organization.notRead.size() + organization.unchanged == 0`:                {"organization.notRead", "organization.unchanged"},
		`plan.summary.unchanged == 0`:                                              {"plan.summary.unchanged"},
		`step.op == "update" && plan.summary.update < 9 && step.fields[0].to == 1`: nil,
		`{"a": 1}[step.address] == 1 && organization.held.size() == 0`:             nil,
	} {
		e, problems := compileExpression(env, text)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", text, problems)
		}
		got := readsOf(e).words
		if !slices.Equal(got, want) && !(text[0] == '[' && slices.Contains(got, want[0])) {
			t.Errorf("%s looks at %v, want %v", text, got, want)
		}
	}
}
