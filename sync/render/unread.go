package render

import (
	"fmt"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// notReadRule is the rule of problems that say why something could not be read.
const notReadRule = "not-read"

// unread is what a plan knows nothing of: it stands above everything else, since whatever follows
// is worth less for it.
type unread struct {
	// zones gave nothing at all.
	zones []string
	// organizations are those of the other zones of which something is missing, with what.
	organizations []unreadKinds
	// why are the problems that say so; other are the plan's remaining ones.
	why, other []spec.Problem
	total      int // organizations of the plan
}

// unreadKinds are the organizations of which the same kinds are missing.
type unreadKinds struct {
	kinds string
	keys  []string
}

func findUnread(p *plan.Plan) *unread {
	u := &unread{total: len(p.Organizations), zones: silentZones(p)}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		if len(o.NotRead) == 0 || slices.Contains(u.zones, o.Zone) {
			continue
		}
		kinds := kindNames(o.NotRead)
		at := slices.IndexFunc(u.organizations, func(k unreadKinds) bool { return k.kinds == kinds })
		if at < 0 {
			at = len(u.organizations)
			u.organizations = append(u.organizations, unreadKinds{kinds: kinds})
		}
		u.organizations[at].keys = append(u.organizations[at].keys, o.Key)
	}
	for _, problem := range slices.Concat(report.PolicyProblems(p, false), p.Problems) {
		if problem.Rule == notReadRule {
			u.why = append(u.why, problem)
		} else {
			u.other = append(u.other, problem)
		}
	}
	return u
}

// silentZones are the zones of which no organization could be read at all.
func silentZones(p *plan.Plan) []string {
	heard := map[string]bool{}
	var zones []string
	for i := range p.Organizations {
		o := &p.Organizations[i]
		heard[o.Zone] = heard[o.Zone] || !slices.Contains(o.NotRead, spec.KindOrganization)
		if !slices.Contains(zones, o.Zone) {
			zones = append(zones, o.Zone)
		}
	}
	return slices.DeleteFunc(zones, func(zone string) bool { return heard[zone] })
}

// nothing tells whether no zone gave anything, so that there is no plan to speak of.
func (u *unread) nothing(p *plan.Plan) bool {
	if len(u.zones) == 0 || len(u.organizations) > 0 {
		return false
	}
	for i := range p.Organizations {
		if !u.isSilent(p.Organizations[i].Zone) {
			return false
		}
	}
	return true
}

// isSilent tells whether a zone gave nothing.
func (u *unread) isSilent(zone string) bool { return slices.Contains(u.zones, zone) }

// failures are the problems to tell first: those of a zone that gave nothing, as errors in plain
// words, and the reasons why something else is missing, as they are.
func (u *unread) failures() []spec.Problem {
	var list []spec.Problem
	for _, problem := range u.why {
		if zone := u.zoneOf(&problem); zone != "" {
			problem.Severity, problem.Message = spec.Error, zoneFailure(zone, &problem)
			problem.Error = nil
		}
		list = append(list, problem)
	}
	return list
}

// zoneOf is the zone that gave nothing for the reason of a problem; "" for another problem.
func (u *unread) zoneOf(problem *spec.Problem) string {
	if problem.Address != "" {
		return ""
	}
	for _, zone := range u.zones {
		if strings.Contains(problem.Message+" ", "zone "+zone+":") || len(u.zones) == 1 && len(u.organizations) == 0 {
			return zone
		}
	}
	return ""
}

// zoneFailure says why a zone gave nothing: "zone eu1 refuses the token (HTTP 401 IM015: …)".
func zoneFailure(zone string, problem *spec.Problem) string {
	if problem.Error == nil || problem.Error.Status != 401 && problem.Error.Status != 403 {
		why := strings.TrimPrefix(problem.Message, "could not read zone "+zone+": ")
		if why == "no token for zone "+zone {
			return why
		}
		why = strings.TrimPrefix(why, "read the token's user of zone "+zone+": ")
		return "zone " + zone + " cannot be read: " + why
	}
	refused, _, whole := strings.Cut(problem.Message, state.RestNotRead)
	if !whole {
		refused = state.TokenRefusal{Zone: zone}.Words()
	}
	return refused + " (" + strings.TrimSuffix(answerWords(problem.Error), ".") + ")"
}

// words say how much is missing: "3 of 61 organizations, in whole or in part".
func (u *unread) words() string {
	n := 0
	for _, k := range u.organizations {
		n += len(k.keys)
	}
	return fmt.Sprintf("%s of %s, in whole or in part; the plan knows nothing of that",
		text.Number(n), text.Count(u.total, "organization", "organizations"))
}

// writeFailures tells first why something could not be read.
func writeFailures(p *printer, u *unread, f *organizationNames) {
	for _, problem := range groupProblems(u.failures(), p.leastGroup()) {
		writeProblemGroup(p, &problem, f)
	}
	if len(u.why) > 0 {
		p.gap()
	}
}

// writeUnread counts what is missing, and names it.
func writeUnread(p *printer, u *unread, f *organizationNames) {
	if len(u.organizations) == 0 {
		return
	}
	p.gap()
	p.labelled(0, yellow, "not read", 0, u.words())
	for _, k := range u.organizations {
		p.labelled(2, plain, k.kinds, 0, f.names(k.keys, mostNames(p.Options, plan.RiskDestructive)))
	}
}
