package render

import (
	"fmt"
	"slices"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
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
	// why are the problems that say so; other are the plan's remaining ones, of which the first are
	// those of trusted policies.
	why, other []spec.Problem
	ofTrusted  int
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
	trusted, others := report.PolicyProblemsByTrust(p, false)
	u.ofTrusted = len(trusted)
	for _, problem := range slices.Concat(trusted, others, p.Problems) {
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

// failures are the problems to tell first: those of a zone that gave nothing, which are errors, and
// the reasons why something else is missing, as they are.
func (u *unread) failures() []spec.Problem {
	list := slices.Clone(u.why)
	for i := range list {
		if zone := list[i].Zone; zone != "" && u.isSilent(zone) {
			list[i].Severity, list[i].Error = spec.Error, nil // the message says what the answer was
		}
	}
	return list
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
