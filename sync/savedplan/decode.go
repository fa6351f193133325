package savedplan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// Decode reads a plan file. Whatever is not exactly what Encode writes for a plan that
// makesync could have made is a problem, and exit 3: another format, unknown or doubled names, a
// seal that does not fit, a digest that is not that of the steps, a step that no plan holds.
// Whether the plan may still be applied is Verify's question.
func Decode(data []byte, key spec.Value) (*plan.Plan, []spec.Problem) {
	return decode(data, key, true)
}

// DecodeToRead is Decode for who does not apply the plan, and so need not have the key: without one
// the seal is not checked.
func DecodeToRead(data []byte, key spec.Value) (*plan.Plan, []spec.Problem) {
	return decode(data, key, !key.IsZero())
}

func decode(data []byte, key spec.Value, sealed bool) (*plan.Plan, []spec.Problem) {
	var saved plan.Plan
	at, err := findSeal(data)
	if err != nil {
		return nil, noPlanFile(err)
	}
	if p := formerPlan(data); p != nil {
		return nil, []spec.Problem{*p}
	}
	problems, err := spec.DecodeStrict(schema.Plan(), data, &saved, plan.Lists...)
	switch {
	case len(problems) > 0:
		return nil, problems
	case err != nil:
		return nil, noPlanFile(err)
	}
	if p := sealProblem(data, at, key); sealed && p != nil {
		return nil, []spec.Problem{*p}
	}
	if problems := invalidPlan(&saved); len(problems) > 0 {
		return nil, problems
	}
	saved.NotCovered = plan.Uncovered(saved.Organizations) // whatever the file says
	return &saved, nil
}

// formerPlan tells a plan that an older version has made; nil: it is none.
func formerPlan(data []byte) *spec.Problem {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil || !slices.Contains(formerFormats, head.Format) {
		return nil
	}
	return FileProblem(RuleFormer,
		"an older makesync has made the plan ("+head.Format+"; this one reads "+plan.Format+")",
		"make a new plan with `makesync plan -o FILE`")
}

func noPlanFile(err error) []spec.Problem {
	return []spec.Problem{*FileProblem("plan-file", "the file is no plan: "+text.OneLine(err.Error()),
		"make a new plan with `makesync plan -o FILE`")}
}

// invalidPlan checks what a schema cannot say.
func invalidPlan(p *plan.Plan) []spec.Problem {
	if p.Format != plan.Format {
		return []spec.Problem{*FileProblem("plan-file",
			"the plan has the format "+text.Quote(p.Format)+", and this makesync reads "+plan.Format,
			"make a new plan")}
	}
	if _, err := spec.ReadSalt(p.Salt); err != nil {
		return []spec.Problem{*FileProblem("plan-file", "the plan's salt is not base64", "make a new plan")}
	}
	problems := invalidZones(p)
	problems = append(problems, doubled(p)...)
	n, keys := 0, map[string]bool{}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		if keys[o.Key] {
			problems = append(problems, *FileProblem("plan-file",
				"the organization "+text.Quote(o.Key)+" stands twice in it", "make a new plan"))
		}
		keys[o.Key] = true
		problems = append(problems, changedTwice(o)...)
		if j, why := plan.Misplaced(o.Steps); why != "" {
			problems = append(problems, *invalidStep(&o.Steps[j], why))
		}
		for j := range o.Steps {
			if why := plan.InvalidStep(o, j, n); why != "" {
				problems = append(problems, *invalidStep(&o.Steps[j], why))
			}
			n = o.Steps[j].N
		}
	}
	switch {
	case len(problems) > 0:
	case p.Shard != nil && plan.MovesMoney(p.Organizations):
		problems = append(problems, *FileProblem("plan-step", "it moves money, which no shard does", "make a new plan"))
	case p.OwnDigest() != p.Digest:
		problems = append(problems, *FileProblem("plan-digest",
			"the digest is not that of the steps: the file was damaged or changed", "make a new plan"))
	case len(p.Groups) > 0 && !plan.SameGroups(p.Groups, plan.Groups(p.Organizations)):
		problems = append(problems, *FileProblem("plan-digest",
			"the groups are not those of the steps: the file was damaged or changed", "make a new plan"))
	case !maps.Equal(plan.MoneyOf(p.Organizations), p.Money):
		problems = append(problems, *FileProblem("plan-digest",
			"the money is not that of the steps: the file was damaged or changed", "make a new plan"))
	case plan.Summarize(p.Organizations) != p.Summary:
		problems = append(problems, *FileProblem("plan-digest",
			"the summary is not that of the steps: the file was damaged or changed", "make a new plan"))
	}
	return problems
}

func invalidStep(s *plan.Step, why string) *spec.Problem {
	problem := FileProblem("plan-step",
		fmt.Sprintf("step %d is none that makesync plans: %s", s.N, why), "make a new plan")
	problem.Address = s.Address
	return problem
}

// invalidZones: the zone of each organization with steps stands in the plan once, with the user
// whom Verify compares.
func invalidZones(p *plan.Plan) (problems []spec.Problem) {
	count := map[string]int{}
	for _, zone := range p.Zones {
		count[zone.Name]++
	}
	for i := range p.Organizations {
		if o := &p.Organizations[i]; len(o.Steps) > 0 && count[o.Zone] != 1 {
			problems = append(problems, *FileProblem("plan-file",
				fmt.Sprintf("the zone %s of %s stands in it %d times instead of once", text.Quote(o.Zone),
					text.OneLine(o.Key), count[o.Zone]), "make a new plan"))
		}
	}
	return problems
}

// doubled finds organizations that stand in the plan twice, in zones that are one by two names:
// what is limited for each would be allowed twice.
func doubled(p *plan.Plan) (problems []spec.Problem) {
	type place struct{ url, world string }
	type identity struct {
		place
		id int64
	}
	places, seen := map[string]place{}, map[identity]string{}
	for _, zone := range p.Zones {
		places[zone.Name] = place{cmp.Or(spec.URLPlace(zone.URL), zone.Name), zone.World}
	}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		own := identity{places[o.Zone], o.ID}
		if other := seen[own]; other != "" && o.ID != 0 {
			problems = append(problems, *FileProblem("plan-file",
				fmt.Sprintf("organization %d stands twice in it, as %s and %s", o.ID, text.Quote(other),
					text.Quote(o.Key)),
				"make a new plan"))
		}
		seen[own] = o.Key
	}
	return problems
}

// changedTwice finds steps of one object: the second could take back what the first one does, and
// so keep it from policies on how things will be.
func changedTwice(o *plan.Organization) (problems []spec.Problem) {
	seen := make(map[spec.Address]bool, len(o.Steps))
	for i := range o.Steps {
		address := o.Steps[i].Address
		if seen[address] {
			problem := FileProblem("plan-step", "it is changed by two steps, and a plan has one", "make a new plan")
			problem.Address = address
			problems = append(problems, *problem)
		}
		seen[address] = true
	}
	return problems
}

// formerFormats are those of older versions, whose plans meant something else.
var formerFormats = []string{"makesync.plan/v1"}

// RuleFormer is the problem of a plan that an older makesync has made: it is stale.
const RuleFormer = "plan-former"
