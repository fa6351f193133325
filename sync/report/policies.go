package report

import (
	"slices"

	"makesync/spec"
	"makesync/sync/plan"
)

// rulePolicy is the rule of problems about what a plan breaks.
const rulePolicy = "policy"

// PolicyProblems are what policies say of a plan: errors, warnings and, unless held changes tell of
// them anyway, holds. What is covered by an exception is none.
func PolicyProblems(p *plan.Plan, withHeld bool) (problems []spec.Problem) {
	if p.Policies == nil {
		return nil
	}
	for i := range p.Policies.Results {
		r := &p.Policies.Results[i]
		holds := r.Severity == spec.PolicyHold && holds(p, r)
		if r.Suppressed != nil || holds && !withHeld {
			continue
		}
		problem := spec.Problem{Severity: spec.Warning, Rule: rulePolicy, Address: r.Address,
			Message: "policy " + r.ID + ": " + r.Words(), Related: r.Source}
		switch {
		case r.Severity == spec.PolicyError:
			problem.Severity, problem.Hint = spec.Error, "nothing is applied while a policy of severity error is broken"
		case holds:
			problem.Message = "held by " + problem.Message
		case r.Severity == spec.PolicyHold:
			problem.Message += " (nothing to hold now)"
		}
		problems = append(problems, problem)
	}
	return problems
}

// holds tells whether something is held for a result.
func holds(p *plan.Plan, r *spec.PolicyResult) bool {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		if r.Address != "" && r.Address.Key() != o.Key {
			continue
		}
		if slices.ContainsFunc(o.Held, func(h plan.Held) bool { return h.Guard == spec.PolicyGuard(r.ID) }) {
			return true
		}
	}
	return false
}
