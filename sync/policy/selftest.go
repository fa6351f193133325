package policy

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"cel.dev/cel-go/cel"
)

// TestReport is what the tests of policies have shown.
type TestReport struct {
	Run      int       `json:"run"`
	Problems []Problem `json:"problems,omitempty"`
}

// testCost is what one test may spend, and testPool what all tests of documents may spend together.
// Planning an expression takes as long as many tests of it, so it is done once for all of them, and
// not at all where nothing is left.
const (
	testCost = 100_000
	testPool = 5_000_000
)

// Test runs the tests that the policies carry. An error says that the context has ended. Tests of
// documents for which too little is left are not run, which is a problem of their policy.
func (s *Set) Test(ctx context.Context) (TestReport, error) {
	var report TestReport
	pool := uint64(testPool)
	for _, r := range s.rules {
		left := &pool
		if r.From.Trusted {
			left = nil
		}
		if err := r.testAll(ctx, left, &report); err != nil {
			return TestReport{}, fmt.Errorf("test policy %s: %w", r.ID, err)
		}
	}
	return report, nil
}

// testAll runs the tests of a policy, as long as something is left; nil: whatever they cost.
func (r *rule) testAll(ctx context.Context, left *uint64, report *TestReport) error {
	var planned *plannedRule
	for i, test := range r.Tests {
		if left != nil && *left == 0 {
			report.Problems = append(report.Problems, r.notRun(i))
			return nil
		}
		if planned == nil {
			planned = r.plan(testCost)
		}
		report.Run++
		reason, cost := planned.test(ctx, test)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if left != nil {
			*left -= min(cost, *left)
		}
		if reason != "" {
			report.Problems = append(report.Problems, r.problem(testPath(i), "the test fails: "+reason))
		}
	}
	return nil
}

func testPath(i int) string { return "tests[" + strconv.Itoa(i) + "]" }

// notRun is the problem of the tests from the ith on.
func (r *rule) notRun(i int) Problem {
	which := "this test was not run"
	if further := len(r.Tests) - i - 1; further > 0 {
		which = "this test and the " + strconv.Itoa(further) + " behind it were not run"
	}
	problem := r.problem(testPath(i), which+": all tests of documents together cost more than "+strconv.Itoa(testPool))
	problem.Hint = "give fewer or smaller tests, or move policies to the file of --guards"
	return problem
}

// plannedRule is a policy whose expressions are ready to run.
type plannedRule struct {
	on            Subject
	when, require cel.Program // when is nil: always
	err           error       // of planning them
}

func (r *rule) plan(limit uint64) *plannedRule {
	p := &plannedRule{on: r.On}
	if p.when, p.err = program(r.when, limit); p.err == nil {
		p.require, p.err = program(r.require, limit)
	}
	return p
}

// test says why a test fails, empty where it does not, and what it has cost.
func (p *plannedRule) test(ctx context.Context, test Test) (reason string, cost uint64) {
	vars, values, err := givenVariables(p.on, test.Given)
	cost = costPerSubject + costPerMaking*uint64(values)
	if err == nil {
		err = p.err
	}
	if err != nil {
		return err.Error(), cost
	}
	applies, passes := true, false
	var more uint64
	if p.when != nil {
		applies, more, err = run(ctx, p.when, vars)
		if cost += more; err != nil && !errors.Is(err, errHidden) {
			return "when: " + shown(err.Error()), cost
		}
	}
	if passes = err == nil; applies && passes {
		passes, more, err = run(ctx, p.require, vars)
		if cost += more; err != nil && !errors.Is(err, errHidden) {
			return "require: " + shown(err.Error()), cost
		}
	}
	switch {
	case passes == test.Passes:
		return "", cost
	case errors.Is(err, errHidden):
		return errHidden.Error() + ", so it is held", cost
	case !applies:
		return "`when` is false for it, so it passes", cost
	case passes:
		return "it passes", cost
	}
	return "it does not pass", cost
}

// givenVariables makes the variables of a test, and counts their values; what it does not give is
// missing.
func givenVariables(on Subject, given map[string]any) (vars map[string]any, values int, err error) {
	c := converter{strict: true}
	vars = map[string]any{}
	for _, name := range sortedKeys(given) {
		notation, known := variables[on][name]
		if !known {
			return nil, c.values, &fitError{
				"given." + shown(name),
				"unknown: on " + string(on) + " there are " + joinKeys(variables[on]),
			}
		}
		value, err := c.convert(shapeOf(notation), given[name])
		if err != nil {
			return nil, c.values, within("given."+name, err)
		}
		vars[name] = value
	}
	return vars, c.values, nil
}
