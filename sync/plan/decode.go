package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"makesync/schema"
	"makesync/spec"
	"makesync/spec/text"
)

// Decode reads a plan file. Whatever is not exactly what Encode writes for a plan that
// makesync could have made is a problem, and exit 3: another format, unknown or doubled names, a
// seal that does not fit, a digest that is not that of the steps, a step that no plan holds.
// Whether the plan may still be applied is Verify's question.
func Decode(data []byte, key spec.Value) (*Plan, []spec.Problem) {
	return decode(data, key, true)
}

// DecodeToRead is Decode for who does not apply the plan, and so need not have the key: without one
// the seal is not checked.
func DecodeToRead(data []byte, key spec.Value) (*Plan, []spec.Problem) {
	return decode(data, key, !key.IsZero())
}

func decode(data []byte, key spec.Value, sealed bool) (*Plan, []spec.Problem) {
	var plan Plan
	at, err := findSeal(data)
	if err != nil {
		return nil, noPlanFile(err)
	}
	if p := formerPlan(data); p != nil {
		return nil, []spec.Problem{*p}
	}
	problems, err := spec.DecodeStrict(schema.Plan(), data, &plan, Lists...)
	switch {
	case len(problems) > 0:
		return nil, problems
	case err != nil:
		return nil, noPlanFile(err)
	}
	if p := sealProblem(data, at, key); sealed && p != nil {
		return nil, []spec.Problem{*p}
	}
	if problems := invalidPlan(&plan); len(problems) > 0 {
		return nil, problems
	}
	plan.NotCovered = Uncovered(plan.Organizations) // whatever the file says
	return &plan, nil
}

// formerPlan tells a plan that an older version has made; nil: it is none.
func formerPlan(data []byte) *spec.Problem {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil || !slices.Contains(formerFormats, head.Format) {
		return nil
	}
	return FileProblem(RuleFormer, "an older makesync has made the plan ("+head.Format+"; this one reads "+Format+")",
		"make a new plan with `makesync plan -o FILE`")
}

// Lists are the lists of a plan's top level, which can be long.
var Lists = []string{"organizations", "groups", "problems", "rules", "unmanagedOrganizations", "stillHasAccess",
	"notLookedInto", "notCovered"}

func noPlanFile(err error) []spec.Problem {
	return []spec.Problem{*FileProblem("plan-file", "the file is no plan: "+text.OneLine(err.Error()),
		"make a new plan with `makesync plan -o FILE`")}
}

// invalidPlan checks what a schema cannot say.
func invalidPlan(plan *Plan) []spec.Problem {
	if plan.Format != Format {
		return []spec.Problem{*FileProblem("plan-file",
			"the plan has the format "+text.Quote(plan.Format)+", and this makesync reads "+Format, "make a new plan")}
	}
	if _, err := spec.ReadSalt(plan.Salt); err != nil {
		return []spec.Problem{*FileProblem("plan-file", "the plan's salt is not base64", "make a new plan")}
	}
	problems := invalidZones(plan)
	n, keys := 0, map[string]bool{}
	for i := range plan.Organizations {
		o := &plan.Organizations[i]
		if keys[o.Key] {
			problems = append(problems, *FileProblem("plan-file",
				"the organization "+text.Quote(o.Key)+" stands twice in it", "make a new plan"))
		}
		keys[o.Key] = true
		for j := range o.Steps {
			if why := invalidStep(o, j, n); why != "" {
				p := FileProblem("plan-step", fmt.Sprintf("step %d is none that makesync plans: %s", o.Steps[j].N, why),
					"make a new plan")
				p.Address = o.Steps[j].Address
				problems = append(problems, *p)
			}
			n = o.Steps[j].N
		}
	}
	switch {
	case len(problems) > 0:
	case plan.Shard != nil && MovesMoney(plan.Organizations):
		problems = append(problems, *FileProblem("plan-step", "it moves money, which no shard does", "make a new plan"))
	case DigestOf(plan.Organizations) != plan.Digest:
		problems = append(problems, *FileProblem("plan-digest",
			"the digest is not that of the steps: the file was damaged or changed", "make a new plan"))
	case len(plan.Groups) > 0 && !sameGroups(plan.Groups, Groups(plan.Organizations)):
		problems = append(problems, *FileProblem("plan-digest",
			"the groups are not those of the steps: the file was damaged or changed", "make a new plan"))
	case !maps.Equal(MoneyOf(plan.Organizations), plan.Money):
		problems = append(problems, *FileProblem("plan-digest",
			"the money is not that of the steps: the file was damaged or changed", "make a new plan"))
	case Summarize(plan.Organizations) != plan.Summary:
		problems = append(problems, *FileProblem("plan-digest",
			"the summary is not that of the steps: the file was damaged or changed", "make a new plan"))
	}
	return problems
}

// invalidZones: the zone of each organization with steps stands in the plan once, with the user
// whom Verify compares.
func invalidZones(plan *Plan) (problems []spec.Problem) {
	count := map[string]int{}
	for _, zone := range plan.Zones {
		count[zone.Name]++
	}
	for i := range plan.Organizations {
		if o := &plan.Organizations[i]; len(o.Steps) > 0 && count[o.Zone] != 1 {
			problems = append(problems, *FileProblem("plan-file",
				fmt.Sprintf("the zone %s of %s stands in it %d times instead of once", text.Quote(o.Zone),
					text.OneLine(o.Key), count[o.Zone]), "make a new plan"))
		}
	}
	return problems
}
