package policy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTests(t *testing.T) {
	t.Parallel()
	p := Policy{ID: "a", On: OnStep, When: `step.op == "delete"`, Require: `now.getDayOfWeek() != 5`}
	for _, test := range []struct {
		given  string
		passes bool
		want   string
	}{
		{`{"step": {"op": "delete"}, "now": "2026-11-20T10:00:00Z"}`, false, ""},
		{`{"step": {"op": "delete"}, "now": "2026-11-19T10:00:00Z"}`, true, ""},
		{`{"step": {"op": "create"}}`, true, ""},
		{`{"step": {"op": "create"}}`, false, "`when` is false for it"},
		{`{"step": {"op": "delete"}, "now": "2026-11-20T10:00:00Z"}`, true, "it does not pass"},
		{`{"step": {"op": "delete"}, "now": "2026-11-19T10:00:00Z"}`, false, "it passes"},
		{`{"step": {"op": "delete"}}`, false, "require: no such attribute(s): now"},
		{`{"step": {"opp": "delete"}}`, false, "given.step.opp is unknown"},
		{`{"stepp": {}}`, false, "given.stepp is unknown"},
		{`{"step": {"n": "one"}}`, false, "given.step.n is a text, not a whole number"},
		{`{"step": {"op": "delete"}, "now": "Friday"}`, false, "given.now is a text, not a time"},
	} {
		p.Tests = []Test{{Given: decoded(t, test.given), Passes: test.passes}}
		report, err := compiled(t, p).Test(context.Background())
		if err != nil || report.Run != 1 || (test.want == "") != (len(report.Problems) == 0) {
			t.Errorf("%s: %+v %v", test.given, report, err)
			continue
		}
		if test.want != "" && !strings.Contains(report.Problems[0].Message, test.want) {
			t.Errorf("%s: %s", test.given, report.Problems[0].Message)
		}
	}
}

func TestWhere(t *testing.T) {
	t.Parallel()
	rows := []map[string]any{
		decoded(t, `{"key": "a", "credits": {"left": 900, "total": 10000}, "members": {"total": 5, "admins": 1}, "tfaEnforced": true}`),
		decoded(t, `{"key": "b", "credits": {"left": 5000.5, "total": 10000}, "members": {"total": 9, "admins": 2}}`),
		decoded(t, `{"key": "c", "credits": {"total": 0}, "notRead": ["credits"]}`),
	}
	for expression, want := range map[string]string{
		"credits.left < 0.1 * credits.total":       "[0] [2]",
		"!(credits.left < 0.1 * credits.total)":    "[1] [2]",
		"members.admins == 1":                      "[0] [2]",
		"tfaEnforced":                              "[0] [1 2]",
		"!has(credits.left)":                       "[2] []",
		"key in ['a', 'c']":                        "[0 2] []",
		"credits.left > 5000.0 || key == 'c'":      "[1 2] []",
		"'credits' in notRead":                     "[2] [0 1]",
		"now > timestamp('2026-01-01T00:00:00Z')":  "[0 1 2] []",
		"double(members.total) > 1.5 * 4.0":        "[1] [2]",
		"credits.left / credits.total < 0.5 ":      "[0] [2]",
		"members.total % members.admins == 0":      "[0] [2]",
		"credits.total > 0.0 && credits.left > 1.": "error",
		"1 / (members.admins - 1) > 0":             "error",
		"credit.left < 1.0":                        "error",
		"credits.left < 1.0 &&":                    "error",
		"credits.left":                             "error",
	} {
		w, problems := CompileWhere(expression)
		got := "error"
		if len(problems) == 0 {
			if s, err := w.Select(context.Background(), rows, friday); err == nil {
				got = fmt.Sprint(s.Rows, s.Missing)
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s (%v)", expression, got, want, problems)
		}
	}
	if w, _ := CompileWhere("credits.left < 1.0 && [1].all(plan, plan == 1)"); !slices.Contains(w.Reads(), "credits") {
		t.Error(w.Reads())
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	cancel()
	w, _ := CompileWhere("true")
	if _, err := w.Select(ctx, rows, friday); err == nil {
		t.Error("an ended context selects")
	}
}

// TestTestsOfDocumentsAreBounded: once all tests of documents have cost too much, no further one is
// run, which costs nothing and is told once for each policy. Trusted ones are always run.
func TestTestsOfDocumentsAreBounded(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 39) + "1]"
	dear := list + ".all(a, " + list + ".all(b, " + list + ".all(c, a == b)))"
	var policies []Policy
	for i := range 100 {
		p := Policy{ID: fmt.Sprintf("p%02d", i), On: OnPlan, Require: dear, Path: fmt.Sprintf("policies[%d]", i)}
		p.From.Trusted = i == 99
		n := 100
		if p.From.Trusted {
			n = 3
		}
		for range n {
			p.Tests = append(p.Tests, Test{Passes: true})
		}
		policies = append(policies, p)
	}
	set := compiled(t, policies...)
	report, err := set.Test(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	cut := map[string]int{}
	for _, problem := range report.Problems {
		if strings.Contains(problem.Message, "not run") {
			cut[problem.Path[:strings.Index(problem.Path, ".")]]++
		}
	}
	ran, most := report.Run-3, testPool/testCost+1
	if ran < 10 || ran > most || len(cut) < 98 || cut["policies[99]"] != 0 {
		t.Errorf("%d tests of documents are run, at most %d may; of %d policies some are not", ran, most, len(cut))
	}
	for path, n := range cut {
		if n != 1 {
			t.Errorf("%s: told %d times", path, n)
		}
	}
	if last := report.Problems[len(report.Problems)-1]; !strings.Contains(last.Message, "this test and the 99 behind it") {
		t.Errorf("%+v", last)
	}
}

// TestTestsAreCharged: also tests that never reach an expression cost what they hold.
func TestTestsAreCharged(t *testing.T) {
	t.Parallel()
	p := Policy{ID: "a", On: OnPlan, Require: "true", Path: "policies[0]"}
	large := strings.Repeat("x", testPool)
	for range 10 {
		p.Tests = append(p.Tests, Test{Given: map[string]any{"plan": map[string]any{"digest": large}}})
	}
	report, err := compiled(t, p).Test(context.Background())
	if err != nil || report.Run > 4 {
		t.Errorf("%d tests are run: %v", report.Run, err)
	}
}
