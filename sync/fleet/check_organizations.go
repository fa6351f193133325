package fleet

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/state"
)

func invites(o *spec.Organization) bool {
	return slices.ContainsFunc(o.Members, func(m spec.Member) bool { return m.Invite != nil })
}

// InvitesToTeams tells whether an invitation of the documents names teams.
func InvitesToTeams(o *spec.Organization) bool {
	return slices.ContainsFunc(o.Members, func(m spec.Member) bool {
		return m.Invite != nil && len(m.Invite.Teams) > 0
	})
}

func checkOrganizations(f *Facts, n *Needs) []Check {
	switch {
	case f.UserErr != nil:
		return nil
	case f.OrganizationsErr != nil:
		checks := failedCall(CheckFailed, "the list could not be read", f.OrganizationsErr)
		return checks
	}
	var checks []Check
	found := n.Bind(f.Organizations)
	for _, o := range n.Declared {
		switch {
		case found[o] != nil || o.State == spec.Absent:
		case o.ID != 0:
			checks = append(checks, Check{
				Organization: o.Key, State: CheckFailed,
				Message: "the token sees no organization with the id " + state.FormatID(o.ID) + " in this zone",
				Fix:     "correct the id, or the zone; or give the token's user a role in it",
			})
		default:
			checks = append(checks, Check{
				Organization: o.Key, State: CheckWarning, Message: "it is not in the zone: a plan would create it",
				Fix: "check its name, id and zone",
			})
		}
	}
	if len(checks) == 0 {
		return one(CheckOK, "the token sees "+text.Count(len(f.Organizations), "organization", "organizations"), "")
	}
	return checks
}

// checkRights compares the role of the token's user with what a plan may need: the Owner alone
// deletes and transfers, Owner and Admins do the rest (help pages).
func checkRights(f *Facts, n *Needs) []Check {
	switch {
	case f.UserErr != nil || f.OrganizationsErr != nil:
		return nil
	case f.RolesErr != nil:
		return failedCall(CheckSkipped, "the roles of the token's user could not be read", f.RolesErr)
	}
	var checks []Check
	for o, live := range n.there(f.Organizations) {
		role, member := f.Roles[live.ID]
		if check := rightsIn(o, live, role, member, f.User); check.State != "" {
			check.Organization = o.Key
			checks = append(checks, check)
		}
	}
	if len(checks) == 0 && len(n.Declared) > 0 {
		return one(CheckOK, "they suffice in "+text.Count(len(n.Declared), "organization", "organizations"), "")
	}
	return checks
}

func rightsIn(o *spec.Organization, live *state.Organization, role int64, member bool, me state.User) Check {
	name := state.RoleName(nil, state.FormatID(role))
	isOwner := role == live.AdminRoles.OwnerID()
	switch needsOwner := o.State == spec.Absent || o.Owner != ""; {
	case !member:
		return Check{State: CheckFailed, Message: "the token's user is no accepted member", Fix: "invite " + me.Email}
	case o.State == spec.Absent && !isOwner:
		return Check{State: CheckFailed, Message: "the token's user is " + name + ", and only the Owner deletes it",
			Fix: "use the Owner's token"}
	case isOwner:
		return Check{}
	case !live.AdminRoles.Administers(role):
		message := "the token's user is " + name + ", and only Owner and Admins change things"
		return Check{State: CheckFailed, Message: message, Fix: "make " + me.Email + " an Admin"}
	case needsOwner && spec.NormalEmail(o.Owner) == spec.NormalEmail(me.Email):
		return Check{State: CheckFailed,
			Message: "the token's user shall be Owner, is " + name + ", and only the Owner transfers it",
			Fix:     "use the Owner's token for the transfer"}
	case needsOwner:
		return Check{State: CheckWarning, Message: "the token's user is " + name + ", and only the Owner transfers it",
			Fix: "if the owner is to change, use the Owner's token"}
	}
	return Check{}
}

// licensed are kinds that not every plan includes.
var licensed = []struct {
	kind     spec.Kind
	declared func(*spec.Organization) bool
	waits    string
}{
	{spec.KindVariable, func(o *spec.Organization) bool { return len(o.Variables) > 0 },
		"its variables wait until the plan includes them"},
	{spec.KindFeatureControl, func(o *spec.Organization) bool { return len(o.FeatureControls) > 0 },
		"its feature controls wait until the plan includes them"},
	{spec.KindMember, func(o *spec.Organization) bool { return len(o.Members) > 0 },
		"its members wait until the plan lets tokens see them"},
	{spec.KindTFA, enforces, "two-factor authentication is enforced once the plan includes it"},
}

// checkLicence compares declared kinds with what the plan is seen to include.
func checkLicence(f *Facts, n *Needs) []Check {
	var checks []Check
	for o, live := range n.there(f.Organizations) {
		for _, row := range licensed {
			if why := live.LackOf(row.kind); why != "" && row.declared(o) {
				checks = append(checks, Check{Organization: o.Key, State: CheckWarning,
					Message: strings.TrimPrefix(why, "licence: "), Fix: row.waits})
			}
		}
	}
	if len(checks) == 0 && len(n.Declared) > 0 && f.UserErr == nil {
		return one(CheckOK, "nothing declared is seen to be missing in a plan", "")
	}
	return checks
}

// checkNames looks for what documents name: feature controls, and teams of invitations, which
// somebody has to be allowed to add people to.
func checkNames(f *Facts, n *Needs) []Check {
	var checks []Check
	named := 0
	for o, live := range n.there(f.Organizations) {
		controls, teams := len(o.FeatureControls) > 0, InvitesToTeams(o)
		if !controls && !teams {
			continue
		}
		named++
		var missing []Check
		if controls {
			missing = missingControls(o, f.Named[live.ID])
		}
		if teams {
			missing = append(missing, missingTeams(o, live, f.Named[live.ID])...)
		}
		for i := range missing {
			missing[i].Organization = o.Key
		}
		checks = append(checks, missing...)
	}
	if len(checks) == 0 && named > 0 {
		return one(CheckOK, "feature controls and teams are there, in "+
			text.Count(named, "organization", "organizations"), "")
	}
	return checks
}

// missingControls are those that are not there; one that is to be off counts as reached.
func missingControls(o *spec.Organization, n Named) []Check {
	if n.ControlsErr != nil {
		return failedCall(CheckSkipped, "its feature controls could not be read", n.ControlsErr)
	}
	var names []string
	for _, control := range o.FeatureControls {
		if control.Enabled && state.FindControl(n.Controls, control.Name) == nil {
			names = append(names, control.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	known := make([]string, len(n.Controls))
	for i, control := range n.Controls {
		known[i] = control.Name
	}
	fix := "the zone shows none for it; its plan may include none"
	if len(known) > 0 {
		fix = "those that are there: " + text.And(known)
	}
	return one(CheckFailed, text.Word(len(names), "there is no feature control ", "there are no feature controls ")+
		text.And(names), fix)
}

func missingTeams(o *spec.Organization, live *state.Organization, n Named) (checks []Check) {
	var names, known []string
	for _, team := range live.Teams {
		known = append(known, team.Name)
	}
	for _, m := range o.Members {
		if m.Invite == nil {
			continue
		}
		for _, team := range m.Invite.Teams {
			fits := func(live state.Name) bool {
				return spec.FoldName(live.Name) == spec.FoldName(team) || state.FormatID(live.ID) == team
			}
			if !slices.Contains(names, team) && !slices.ContainsFunc(live.Teams, fits) {
				names = append(names, team)
			}
		}
	}
	switch {
	case live.Teams == nil:
		checks = one(CheckSkipped, "the zone does not tell its teams", "")
	case len(names) > 0:
		checks = one(CheckFailed, text.Word(len(names), "there is no team ", "there are no teams ")+text.And(names),
			"those that are there: "+text.And(known))
	}
	switch {
	case n.TeamsErr != nil:
		return append(checks, failedCall(CheckSkipped, "the team permissions could not be read", n.TeamsErr)...)
	case n.AddToTeams != nil && !*n.AddToTeams:
		return append(checks, Check{State: CheckWarning,
			Message: "the token's user may add nobody to a team, and an invitation names teams",
			Fix:     "make the user an Admin of the organization, or of a team"})
	}
	return checks
}
