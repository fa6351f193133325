package report

import (
	"makesync/spec"
	"makesync/sync/plan"
)

// rulePolicy is the rule of problems about what a plan breaks.
const rulePolicy = "policy"

// PolicyProblems are what policies say of a plan: errors, warnings and, unless held changes tell of
// them anyway, holds; a few of each policy. What is covered by an exception is none.
func PolicyProblems(p *plan.Plan, withHeld bool) (problems []spec.Problem) {
	if p.Policies == nil {
		return nil
	}
	held := heldByPolicies(p)
	few := p.Policies.Few()
	for i := range few {
		r := &few[i]
		holds := r.Severity == spec.PolicyHold && held[heldBy{spec.PolicyGuard(r.ID), r.Address.Key()}]
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

// heldBy is a policy that holds something of an organization; of any where the key is "".
type heldBy struct{ guard, key string }

func heldByPolicies(p *plan.Plan) map[heldBy]bool {
	held := map[heldBy]bool{}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for _, h := range o.Held {
			held[heldBy{h.Guard, o.Key}], held[heldBy{h.Guard, ""}] = true, true
		}
	}
	return held
}
