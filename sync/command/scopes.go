package command

import (
	"context"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/makeapi"
	"makesync/sync/plan"
)

// ruleScopes is the warning that a token seems not to allow what the plan needs.
const ruleScopes = "scopes"

// warnOfScopes asks each zone in which the plan has steps what its token may do, one call each, and
// warns of what it seems not to allow. No more than a warning: which scope a write needs is
// published, how a zone spells it is not certain, and a zone that does not tell is not asked twice.
// It gives the calls that were made.
func warnOfScopes(ctx context.Context, p *plan.Plan, zones *zones) (calls int) {
	// Those of a saved plan were of the token that it was made with.
	p.Problems = slices.DeleteFunc(p.Problems, func(q spec.Problem) bool { return q.Rule == ruleScopes })
	before, names := zones.reads(), zones.names()
	warnings := make([][]spec.Problem, len(names))
	var group spec.Group
	for i, name := range names {
		steps, client := stepsIn(p, name), zones.ports[name].client
		if len(steps) == 0 || client == nil {
			continue
		}
		group.Go(func() error {
			scopes, err := client.Scopes(ctx)
			if err == nil {
				warnings[i] = scopeProblems(name, steps, scopes)
			}
			return nil
		})
	}
	_ = group.Wait() // what a zone does not tell is not known, and that is all
	p.Problems = append(p.Problems, slices.Concat(warnings...)...)
	return zones.reads() - before
}

// stepsIn are the steps of the plan in a zone.
func stepsIn(p *plan.Plan, zone string) (steps []*plan.Step) {
	for i := range p.Organizations {
		o := &p.Organizations[i]
		for j := range o.Steps {
			if o.Zone == zone {
				steps = append(steps, &o.Steps[j])
			}
		}
	}
	return steps
}

// scopeProblems is one warning for all steps of a zone that need scopes which the token lacks.
func scopeProblems(zone string, steps []*plan.Step, scopes []string) []spec.Problem {
	var missing []string
	refused := 0
	for _, step := range steps {
		if lacks := makeapi.MissingScopes(scopes, step.Verbs()); len(lacks) > 0 {
			missing = append(missing, lacks...)
			refused++
		}
	}
	if refused == 0 {
		return nil
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	return []spec.Problem{{Severity: spec.Warning, Rule: ruleScopes,
		Message: "the token of zone " + text.OneLine(zone) + " seems to lack the " +
			text.Word(len(missing), "scope", "scopes") + " " + text.And(missing) + ", which " +
			text.Count(refused, "step needs", "steps need"),
		Hint: "apply with a token that has " + text.Word(len(missing), "it", "them") +
			" too: Make refuses what a token's scopes do not allow"}}
}
