package savedplan

import (
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// Hydrate takes the secrets of a saved plan from their references again. A reference that cannot be
// evaluated is a problem; one that gives another value than when the plan was made makes its step
// stale, in Apply.
func Hydrate(p *plan.Plan, evaluate func(reference string) (spec.Value, error)) []spec.Problem {
	var problems []spec.Problem
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			s := &p.Organizations[i].Steps[j]
			if s.Arguments.Value == nil || !s.Arguments.Value.IsSensitive() {
				continue
			}
			if err := hydrate(s, evaluate); err != nil {
				problem := FileProblem(
					"reference",
					text.OneLine(err.Error()),
					"set what the reference names, as for the plan",
				)
				problem.Address = s.Address
				problems = append(problems, *problem)
			}
		}
	}
	return problems
}

func hydrate(s *plan.Step, evaluate func(string) (spec.Value, error)) error {
	planned := s.Arguments.Value
	value, err := evaluate(planned.Reference)
	if err != nil {
		return err
	}
	text, err := spec.Canonical(s.Arguments.Type, value.Reveal())
	if err != nil {
		text = value.Reveal() // not of the type any more: it differs from the fingerprint, and so is stale
	}
	taken := state.OfType(s.Arguments.Type, spec.Sensitive(text))
	taken.Reference, taken.Fingerprint = planned.Reference, planned.Fingerprint
	s.Arguments.Value = &taken
	return nil
}
