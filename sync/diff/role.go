package diff

import (
	"slices"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// bindRole finds a member's role: in the zone's list, then in the organization's own (custom
// roles). It is the zero Name where none is managed.
func bindRole(c *comparison, m *spec.Member) (state.Name, error) {
	if m.Role == "" {
		return state.Name{}, nil
	}
	role, err := c.bind("role", state.Roles, m.Role)
	if unknown := state.AsNameError(err); unknown != nil && !c.creates() {
		names, failed := c.names(NameList{List: state.Roles, Own: true})
		if failed != nil {
			return state.Name{}, failed
		}
		if role, err = state.Bind("role", state.Roles, names, m.Role); err != nil {
			err = unknown
		}
		if err != nil && hasCustomRoles(c, names) {
			err = own(err)
		}
	}
	if err == nil && (role.ID == adminRoles(c).OwnerID() || spec.FoldName(role.Name) == "owner") {
		return state.Name{}, &state.NameError{
			Message: "the role of " + m.Email + " is Owner",
			Hint:    "ownership is written as `owner: " + m.Email + "`",
		}
	}
	return role, err
}

// hasCustomRoles tells whether the organization has roles that the zone's list does not know: an
// unknown role may be meant as one of these.
func hasCustomRoles(c *comparison, names []state.Name) bool {
	zone := c.Names[NameList{List: state.Roles}].Names
	return slices.ContainsFunc(names, func(n state.Name) bool {
		return !slices.ContainsFunc(zone, func(z state.Name) bool { return z.ID == n.ID })
	})
}

// adminRoles are those of the live organization; one that is yet to be made has nobody whose role
// could be compared.
func adminRoles(c *comparison) state.AdminRoles {
	if c.creates() {
		return state.AdminRoles{}
	}
	return c.Live.AdminRoles
}

// roleEntry is a live role with its name, if the zone's list knows it.
func roleEntry(c *comparison, id string) state.Name {
	n, _ := state.ParseID(id)
	for _, role := range c.Names[NameList{List: state.Roles}].Names {
		if role.ID == n {
			return role
		}
	}
	return state.Name{ID: n}
}

// mayRaise tells whether a step changes a role to one that may let the person do more.
func mayRaise(c *comparison, s *plan.Step) bool {
	if s.Kind != spec.KindMember || s.Op != plan.OpUpdate {
		return false
	}
	live := state.FindUser(c.Live.Members, s.Arguments.UserID)
	to := roleEntry(c, state.FormatID(s.Arguments.RoleID))
	return live == nil || adminRoles(c).MayRaise(roleEntry(c, live.Role), to)
}

// roleName names a live role to people.
func roleName(c *comparison, id string) string {
	return state.RoleName(c.Names[NameList{List: state.Roles}].Names, id)
}

// roleText is the role in the form in which plans show it; "" where none is managed.
func roleText(role state.Name) string {
	if role.ID == 0 {
		return ""
	}
	return state.PreferredName(state.Roles, role)
}

// bindTeams turns the names of teams into ids, and gives the names by which the organization knows
// them. A new organization's teams are not known yet: their names go along, and apply binds them
// when it has created it.
func bindTeams(c *comparison, teams []string, a *plan.Arguments) (names []string, err error) {
	if len(teams) == 0 {
		return nil, nil
	}
	if c.creates() {
		a.Teams = append([]string(nil), teams...)
		return teams, nil
	}
	known := c.Live.Teams
	if known == nil {
		if known, err = c.names(NameList{List: state.Teams, Own: true}); err != nil {
			return nil, err
		}
	}
	for _, text := range teams {
		team, err := state.Bind("team", state.Teams, known, text)
		if err != nil {
			return nil, own(err)
		}
		a.TeamIDs = append(a.TeamIDs, team.ID)
		names = append(names, state.PreferredName(state.Teams, team))
	}
	return names, nil
}
