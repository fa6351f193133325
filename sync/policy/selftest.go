package policy

import (
	"context"
	"fmt"
	"strconv"
)

// TestReport is what the tests of policies have shown.
type TestReport struct {
	Run      int       `json:"run"`
	Problems []Problem `json:"problems,omitempty"`
}

// testCost is what one test may spend.
const testCost = 100_000

// Test runs the tests that the policies carry. An error says that the context has ended.
func (s *Set) Test(ctx context.Context) (TestReport, error) {
	var report TestReport
	for _, r := range s.rules {
		for i, test := range r.Tests {
			report.Run++
			reason := r.test(ctx, test)
			if ctx.Err() != nil {
				return TestReport{}, fmt.Errorf("test policy %s: %w", r.ID, context.Cause(ctx))
			}
			if reason != "" {
				report.Problems = append(
					report.Problems,
					r.problem("tests["+strconv.Itoa(i)+"]", "the test fails: "+reason),
				)
			}
		}
	}
	return report, nil
}

// test says why a test fails; empty: it does not.
func (r *rule) test(ctx context.Context, test Test) string {
	vars, err := givenVariables(r.On, test.Given)
	if err != nil {
		return err.Error()
	}
	applies := true
	if r.when != nil {
		if applies, err = runOnce(ctx, r.when, vars); err != nil {
			return "when: " + shown(err.Error())
		}
	}
	passes := true
	if applies {
		if passes, err = runOnce(ctx, r.require, vars); err != nil {
			return "require: " + shown(err.Error())
		}
	}
	switch {
	case passes == test.Passes:
		return ""
	case !applies:
		return "`when` is false for it, so it passes"
	case passes:
		return "it passes"
	}
	return "it does not pass"
}

func runOnce(ctx context.Context, e *expression, vars map[string]any) (bool, error) {
	p, err := program(e, testCost)
	if err != nil {
		return false, err
	}
	value, _, err := run(ctx, p, vars)
	return value, err
}

// givenVariables makes the variables of a test; what it does not give is missing.
func givenVariables(on Subject, given map[string]any) (map[string]any, error) {
	c := converter{strict: true}
	vars := map[string]any{}
	for _, name := range sortedKeys(given) {
		notation, known := variables[on][name]
		if !known {
			return nil, &fitError{
				"given." + shown(name),
				"unknown: on " + string(on) + " there are " + joinKeys(variables[on]),
			}
		}
		value, err := c.convert(shapeOf(notation), given[name])
		if err != nil {
			return nil, within("given."+name, err)
		}
		vars[name] = value
	}
	return vars, nil
}
