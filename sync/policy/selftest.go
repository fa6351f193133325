package policy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// TestReport is what the tests of policies have shown.
type TestReport struct {
	Run      int       `json:"run"`
	Problems []Problem `json:"problems,omitempty"`
}

// testCost is what one test may spend, and testPool what all tests of documents may spend together.
const (
	testCost = 100_000
	testPool = 5_000_000
)

// Test runs the tests that the policies carry. An error says that the context has ended.
func (s *Set) Test(ctx context.Context) (TestReport, error) {
	var report TestReport
	pool := uint64(testPool)
	for _, r := range s.rules {
		for i, test := range r.Tests {
			limit := uint64(testCost)
			if !r.From.Trusted {
				limit = min(limit, pool)
			}
			report.Run++
			reason, cost := r.test(ctx, test, limit)
			if ctx.Err() != nil {
				return TestReport{}, fmt.Errorf("test policy %s: %w", r.ID, context.Cause(ctx))
			}
			if !r.From.Trusted {
				pool -= min(cost, pool)
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

// test says why a test fails, empty where it does not, and what it has cost.
func (r *rule) test(ctx context.Context, test Test, limit uint64) (reason string, cost uint64) {
	vars, err := givenVariables(r.On, test.Given)
	if err != nil {
		return err.Error(), 0
	}
	applies := true
	if r.when != nil {
		applies, cost, err = runOnce(ctx, r.when, vars, limit)
		if err != nil && !errors.Is(err, errHidden) {
			return "when: " + shown(err.Error()), cost
		}
	}
	passes := err == nil
	if applies && passes {
		var more uint64
		passes, more, err = runOnce(ctx, r.require, vars, limit)
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

func runOnce(ctx context.Context, e *expression, vars map[string]any, limit uint64) (bool, uint64, error) {
	p, err := program(e, limit)
	if err != nil {
		return false, 0, err
	}
	return run(ctx, p, vars)
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
