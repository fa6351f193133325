package command

import (
	"context"
	"time"

	"makesync/spec"
	"makesync/spec/document"
	"makesync/sync/policy"
)

// policies are the rules in CEL that a run judges its plan by.
type policies struct {
	lists []document.Policies
	set   *policy.Set
	// unsealed: the plan is one of a file whose seal nobody has checked.
	unsealed bool
}

// compilePolicies reads and checks the policies of trusted files and documents together. With a
// mistake in one of them there are none, and a problem says so.
func compilePolicies(lists []document.Policies) (*policies, []spec.Problem) {
	p := &policies{lists: lists}
	var all []policy.Policy
	var mistakes []policy.Problem
	for i, list := range lists {
		found, more := policy.Decode(list.List, policy.From{Origin: list.File, Trusted: list.Trusted, List: i})
		all, mistakes = append(all, found...), append(mistakes, more...)
	}
	set, more := policy.Compile(all)
	if mistakes = append(mistakes, more...); len(mistakes) > 0 {
		return &policies{lists: lists}, p.problems(mistakes)
	}
	p.set = set
	return p, nil
}

// none tells whether nothing is judged.
func (p *policies) none() bool { return p == nil || p.set == nil || len(p.set.Policies()) == 0 }

// problems give mistakes their positions, but for those of what could not be read at all.
func (p *policies) problems(mistakes []policy.Problem) (problems []spec.Problem) {
	for _, m := range mistakes {
		if m.List >= len(p.lists) {
			continue
		}
		if list := &p.lists[m.List]; !list.IsUnread(m.Path) {
			problems = append(problems, list.PolicyProblem(m.Path, m.Line, m.Column, m.Message, m.Hint))
		}
	}
	return problems
}

// test runs the tests that the policies carry, and tells of exceptions that do not count.
func (p *policies) test(ctx context.Context, env Env) ([]spec.Problem, error) {
	if p.none() {
		return nil, nil
	}
	report, err := p.set.Test(ctx)
	if err != nil {
		return nil, err
	}
	return append(p.problems(report.Problems), p.voidSuppressions(env.Now())...), nil
}

const suppressionHint = "write a reason and a last day (until), or remove it"

// voidSuppressions are warnings about exceptions that do not count.
func (p *policies) voidSuppressions(now time.Time) (problems []spec.Problem) {
	if p.none() {
		return nil
	}
	for _, n := range p.set.Notes(now) {
		problems = append(problems, p.lists[n.List].SuppressionProblem(n.Path, n.Message, suppressionHint))
	}
	return problems
}
