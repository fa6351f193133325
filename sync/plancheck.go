package sync

import (
	"fmt"
	"time"

	"makesync/schema"
	"makesync/spec"
)

// DecodePlan reads a plan file. Whatever is not exactly what EncodePlan writes for a plan that makesync
// could have made is a problem, and exit 3: another format, unknown or doubled names, a
// seal that does not fit, a digest that is not that of the steps, a step that no plan holds.
// Whether the plan may still be applied is Verify's question.
func DecodePlan(data []byte, key spec.Value) (*Plan, []spec.Problem) {
	var plan Plan
	at, err := findSeal(data)
	if err != nil {
		return nil, noPlanFile(err)
	}
	problems, err := decodeStrict(schema.Plan(), data, &plan)
	switch {
	case len(problems) > 0:
		return nil, problems
	case err != nil:
		return nil, noPlanFile(err)
	}
	if p := sealProblem(data, at, key); p != nil {
		return nil, []spec.Problem{*p}
	}
	if problems := invalidPlan(&plan); len(problems) > 0 {
		return nil, problems
	}
	return &plan, nil
}

func noPlanFile(err error) []spec.Problem {
	return []spec.Problem{*planProblem("plan-file", "the file is no plan: "+clean(err.Error()),
		"make a new plan with `makesync plan -o FILE`")}
}

// invalidPlan checks what a schema cannot say.
func invalidPlan(plan *Plan) []spec.Problem {
	if plan.Format != PlanFormat {
		return []spec.Problem{*planProblem("plan-file", "the plan has the format "+quote(plan.Format)+", and this makesync reads "+PlanFormat, "make a new plan")}
	}
	if _, err := ReadSalt(plan.Salt); err != nil {
		return []spec.Problem{*planProblem("plan-file", "the plan's salt is not base64", "make a new plan")}
	}
	problems := invalidZones(plan)
	n, keys := 0, map[string]bool{}
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		if keys[o.Key] {
			problems = append(problems, *planProblem("plan-file", "the organization "+quote(o.Key)+" stands twice in it", "make a new plan"))
		}
		keys[o.Key] = true
		for j := range o.Steps {
			if why := invalidStep(o, j, n); why != "" {
				p := planProblem("plan-step", fmt.Sprintf("step %d is none that makesync plans: %s", o.Steps[j].N, why), "make a new plan")
				p.Address = o.Steps[j].Address
				problems = append(problems, *p)
			}
			n = o.Steps[j].N
		}
	}
	switch {
	case len(problems) > 0:
	case DigestOf(plan.Organizations) != plan.Digest:
		problems = append(problems, *planProblem("plan-digest", "the digest is not that of the steps: the file was damaged or changed", "make a new plan"))
	case Summarize(plan.Organizations) != plan.Summary:
		problems = append(problems, *planProblem("plan-digest", "the summary is not that of the steps: the file was damaged or changed", "make a new plan"))
	}
	return problems
}

// invalidZones: the zone of each organization with steps stands in the plan once, with the user whom Verify compares.
func invalidZones(plan *Plan) (problems []spec.Problem) {
	count := map[string]int{}
	for _, zone := range plan.Zones {
		count[zone.Name]++
	}
	for i := range plan.Organizations {
		if o := &plan.Organizations[i]; len(o.Steps) > 0 && count[o.Zone] != 1 {
			problems = append(problems, *planProblem("plan-file", fmt.Sprintf("the zone %s of %s stands in it %d times instead of once", quote(o.Zone), clean(o.Key), count[o.Zone]), "make a new plan"))
		}
	}
	return problems
}

// clockSkew is how far the clock of the machine that made a plan may be ahead.
const clockSkew = 5 * time.Minute

// VerifyOptions say what a saved plan is checked against.
type VerifyOptions struct {
	Now time.Time
	// Users are the zones of this run by name, each with the user of its token.
	Users map[string]User
	// Used says which run has used the plan, in words; "" when none has.
	Used string
}

// Verify tells why a saved plan may not be applied now; every problem is exit 9: it is
// expired, of the future, used, or made for other zones or by another user.
func (plan *Plan) Verify(o VerifyOptions) []spec.Problem {
	var problems []spec.Problem
	add := func(rule, message, hint string) { problems = append(problems, *planProblem(rule, message, hint)) }
	switch {
	case plan.Created.After(o.Now.Add(clockSkew)):
		add("plan-expired", "the plan was made in the future ("+stamp(plan.Created)+")", "set the clocks right, and make a new plan")
	case !o.Now.Before(plan.Expires) || plan.Expires.Sub(plan.Created) > PlanLifetime:
		add("plan-expired", "the plan expired at "+stamp(plan.Expires), "make a new plan")
	}
	if o.Used != "" {
		add("plan-used", clean(o.Used), "make a new plan")
	}
	for _, zone := range plan.Zones {
		user, known := o.Users[zone.Name]
		switch {
		case !known:
			add("plan-foreign", "the plan is for the zone "+quote(zone.Name)+", which is none of this run", "give the same -f and --zone-url as for the plan")
		case !user.isSame(zone.User):
			add("plan-foreign", fmt.Sprintf("the plan was made by user %s in zone %s, and this run's token belongs to user %s", zone.User.words(), clean(zone.Name), user.words()),
				"use that user's token, or make a new plan")
		}
	}
	return problems
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Hydrate takes the secrets of a saved plan from their references again. A reference that cannot be evaluated is
// a problem; one that gives another value than when the plan was made makes its step stale, in Apply.
func (plan *Plan) Hydrate(evaluate func(reference string) (spec.Value, error)) []spec.Problem {
	var problems []spec.Problem
	for i := range plan.Organizations {
		for j := range plan.Organizations[i].Steps {
			s := &plan.Organizations[i].Steps[j]
			if s.Arguments.Value == nil || !s.Arguments.Value.IsSensitive() {
				continue
			}
			if err := hydrate(s, evaluate); err != nil {
				p := planProblem("reference", clean(err.Error()), "set what the reference names, as for the plan")
				p.Address = s.Address
				problems = append(problems, *p)
			}
		}
	}
	return problems
}

func hydrate(s *Step, evaluate func(string) (spec.Value, error)) error {
	planned := s.Arguments.Value
	value, err := evaluate(planned.Reference)
	if err != nil {
		return err
	}
	text, err := spec.Canonical(s.Arguments.Type, value.Reveal())
	if err != nil {
		text = value.Reveal() // not of the type any more: it differs from the fingerprint, and so is stale
	}
	taken := OfType(s.Arguments.Type, spec.Sensitive(text))
	taken.Reference, taken.Fingerprint = planned.Reference, planned.Fingerprint
	s.Arguments.Value = &taken
	return nil
}
