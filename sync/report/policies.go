package report

import (
	"makesync/spec"
	"makesync/sync/plan"
)

// rulePolicy is the rule of problems about what a plan breaks.
const rulePolicy = "policy"

// PolicyProblems are what policies say of a plan: errors, warnings and, unless held changes tell of
// them anyway, holds; a few of each policy, those of trusted ones first. What is covered by an
// exception is none.
func PolicyProblems(p *plan.Plan, withHeld bool) []spec.Problem {
	trusted, others := PolicyProblemsByTrust(p, withHeld)
	return append(trusted, others...)
}

// PolicyProblemsByTrust are PolicyProblems of trusted policies, and of documents.
func PolicyProblemsByTrust(p *plan.Plan, withHeld bool) (trusted, others []spec.Problem) {
	if p.Policies == nil {
		return nil, nil
	}
	held := heldByPolicies(p)
	few := p.Policies.Few()
	for i := range few {
		r := &few[i]
		holds := r.Severity == spec.PolicyHold && held[heldBy{spec.PolicyGuard(r.ID), r.Address.Key()}]
		switch {
		case holds && !withHeld:
		case r.Trusted:
			trusted = append(trusted, policyProblem(r, holds, held[heldBy{"", string(r.Address)}]))
		default:
			others = append(others, policyProblem(r, holds, held[heldBy{"", string(r.Address)}]))
		}
	}
	return trusted, others
}

// policyProblem tells of a result that holds its subject, or whose subject something else holds.
func policyProblem(r *spec.PolicyResult, holds, heldAnyway bool) spec.Problem {
	problem := spec.Problem{Severity: spec.Warning, Rule: rulePolicy, Address: r.Address,
		Message: "policy " + r.ID + ": " + r.Words(), Related: r.Source}
	switch {
	case r.Severity == spec.PolicyError:
		problem.Severity, problem.Hint = spec.Error, "nothing is applied while a policy of severity error is broken"
	case holds:
		problem.Message = "held by " + problem.Message
	case r.Severity == spec.PolicyHold && heldAnyway:
		problem.Message += " (it is held for another reason)"
	case r.Severity == spec.PolicyHold:
		problem.Message += " (nothing to hold now)"
	}
	return problem
}

// heldBy is a policy that holds something of an organization, of any where the key is "". Without
// a policy it is an address of which something is held.
type heldBy struct{ guard, key string }

func heldByPolicies(p *plan.Plan) map[heldBy]bool {
	held := map[heldBy]bool{}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for _, h := range o.Held {
			held[heldBy{h.Guard, o.Key}], held[heldBy{h.Guard, ""}] = true, true
			held[heldBy{"", string(h.Address)}] = true
		}
	}
	return held
}
