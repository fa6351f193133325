package render

import (
	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/report"
)

// requiredPlan says what a plan of Make must offer for a kind.
func requiredPlan(kind spec.Kind) string {
	plan := report.RequiredPlanFor(kind)
	switch plan.Offer {
	case "":
		return ""
	case report.AnyPaidPlan:
		return plan.Activity + ": a paid plan (not Free)"
	case report.OfferingPlan:
		return plan.Activity + ": a plan that offers them, and API access (not Free)"
	}
	return plan.Activity + ": the " + string(plan.Offer) + " plan"
}

// shortfall is what one organization lacks for some skipped steps.
type shortfall struct {
	key, plan string
	steps     int
}

// shortfalls lists what organizations lack, in the order of the report.
func shortfalls(steps []report.StepReport) []shortfall {
	var list []shortfall
	at := map[shortfall]int{}
	for _, step := range steps {
		if !step.SkippedForLicence() {
			continue
		}
		key := shortfall{key: step.Address.Key(), plan: requiredPlan(step.Kind)}
		i, ok := at[key]
		if !ok {
			i, at[key] = len(list), len(list)
			list = append(list, key)
		}
		list[i].steps++
	}
	return list
}

// writeRequiredPlans says what to buy where steps were skipped for the licence.
func writeRequiredPlans(p *printer, steps []report.StepReport, f *organizationNames) {
	list := shortfalls(steps)
	if len(list) == 0 {
		return
	}
	p.gap()
	p.heading(bold, "What to buy (then apply again; nothing is lost)")
	groups := groupShortfalls(list, p.leastGroup())
	width := itemWidth(len(groups), func(i int) string { return Clean(groups[i].key) })
	for i := range groups {
		if g := &groups[i]; len(g.keys) == 1 {
			p.item(Clean(g.key), width, g.words())
		} else {
			p.labelled(4, plain, "", 0, g.words())
			p.labelled(groupIndent, dim, "in", 0, f.listed(g.keys, 0))
		}
	}
}

// shortfallGroup are organizations that lack the same.
type shortfallGroup struct {
	shortfall
	keys []string
}

func (g shortfallGroup) words() string {
	words := g.plan + " (" + text.Count(g.steps, "step", "steps") + " skipped"
	if len(g.keys) > 1 {
		words += " in each"
	}
	return words + ")"
}

// groupShortfalls puts together what at least so many organizations lack alike.
func groupShortfalls(list []shortfall, least int) (groups []shortfallGroup) {
	same := func(s shortfall) shortfall { s.key = ""; return s }
	counts, at := map[shortfall]int{}, map[shortfall]int{}
	for _, one := range list {
		counts[same(one)]++
	}
	for _, one := range list {
		n, known := at[same(one)]
		if !known || least < 2 || counts[same(one)] < least {
			at[same(one)] = len(groups)
			groups = append(groups, shortfallGroup{one, []string{one.key}})
			continue
		}
		groups[n].keys = append(groups[n].keys, one.key)
	}
	return groups
}
