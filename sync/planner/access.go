package planner

import (
	"cmp"
	"slices"

	"makesync/spec"
	"makesync/sync/plan"
)

// leaving are the e-mails that the documents want gone from an organization that the run looks at.
func leaving(r *Request) map[string]bool {
	emails := map[string]bool{}
	for i := range r.Desired.Organizations {
		o := &r.Desired.Organizations[i]
		for j := range o.Members {
			address := spec.NewAddress(o.Key, spec.KindMember, o.Members[j].Email)
			if o.Members[j].State == spec.Absent && r.Scope.Covers(address) {
				emails[o.Members[j].Email] = true
			}
		}
	}
	return emails
}

// noteTaken keeps what the changes take away from people, before guards hold some of them.
func noteTaken(r *run) {
	for _, o := range r.organizations {
		for i := range o.Changes {
			if taken := o.Changes[i].TakenAway(false); taken != nil {
				o.taken = append(o.taken, *taken)
			}
		}
	}
}

// addAccess says who keeps what the documents take away, and where nobody could look.
func addAccess(r *run, p *plan.Plan) {
	for _, o := range r.organizations {
		p.StillHasAccess = append(p.StillHasAccess, remaining(o)...)
	}
	p.StillHasAccess = plan.SortAccess(p.StillHasAccess)
	if len(r.leaving) == 0 && len(p.StillHasAccess) == 0 {
		return
	}
	for _, o := range r.organizations {
		unread := o.wants(spec.KindMember) && (o.zone.err != nil || slices.Contains(o.Unread, spec.KindMember))
		if !o.deletes() && (unread || o.Unseen) {
			p.NotLookedInto = append(p.NotLookedInto, o.want.Key)
		}
	}
}

// remaining are those of whom something is taken away, and not by a step of the plan.
func remaining(o *organization) (list []plan.Access) {
	for _, access := range slices.Concat(o.Present, o.taken) {
		member := o.address(spec.KindMember)
		if access.Email != "" {
			member = spec.NewAddress(o.want.Key, spec.KindMember, access.Email)
		}
		why := stays(o, access.Address)
		switch {
		case takesAway(o, member):
			continue
		case takesAway(o, access.Address) && !o.run.leaving[access.Email]:
			continue
		case takesAway(o, access.Address):
			access.Reason = "the transfer comes first; then another run can remove " + access.Email
		case why != "" && access.Address != member:
			access.Reason = "transfer " + why
		case why != "":
			access.Reason = why
		default:
			access.Reason = cmp.Or(stays(o, member), access.Reason)
		}
		if access.Reason != "" {
			list = append(list, access)
		}
	}
	return list
}

// takesAway tells whether a step takes away what an address stands for.
func takesAway(o *organization, a spec.Address) bool {
	return slices.ContainsFunc(o.Changes, func(c plan.Change) bool {
		return c.Address == a && c.TakenAway(false) != nil
	})
}

// stays is why nothing happens at an address; "" when nothing is held or waits there.
func stays(o *organization, a spec.Address) string {
	for i := range o.held {
		if o.held[i].Address == a {
			return "held by guard " + o.held[i].Guard
		}
	}
	for i := range o.Waiting {
		if o.Waiting[i].Address == a {
			return "waits: " + o.Waiting[i].Reason
		}
	}
	return ""
}
