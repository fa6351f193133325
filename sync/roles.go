package sync

import (
	"context"

	"makesync/spec"
)

// ranks orders the roles by what they may do, to tell a promotion from a demotion. The product's
// own pages give the rights; a role that is not listed, such as a custom one, counts as a Member.
var ranks = map[string]int{"owner": 5, "admin": 4, "guest": 1}

const ordinaryRank = 3

func (r AdminRoles) rank(role Name) int {
	switch role.ID {
	case r.owner():
		return ranks["owner"]
	case r.admin():
		return ranks["admin"]
	}
	if n, ok := ranks[foldName(role.Name)]; ok && n < ordinaryRank {
		return n
	}
	return ordinaryRank
}

// bindRole finds a member's role: in the zone's list, then in the organization's own (custom
// roles). It is the zero Name where none is managed.
func (d *draft) bindRole(ctx context.Context, m *spec.Member) (Name, error) {
	if m.Role == "" {
		return Name{}, nil
	}
	role, err := d.bindName(ctx, "role", Roles, m.Role)
	if unknown, ok := isNameError(err); ok && !d.creates() {
		names, failed := d.zone.catalogue.names(ctx, Roles, d.id)
		if failed != nil {
			return Name{}, failed
		}
		if role, err = bind("role", Roles, names, m.Role); err != nil {
			err = unknown
		}
	}
	if err == nil && (role.ID == d.adminRoles().owner() || foldName(role.Name) == "owner") {
		return Name{}, &nameError{"the role of " + m.Email + " is Owner", "ownership is written as `owner: " + m.Email + "`"}
	}
	return role, err
}

// roleEntry is a live role with its name, if the zone's list knows it.
func (d *draft) roleEntry(ctx context.Context, id string) Name {
	n, _ := decimal(id)
	for _, role := range d.zone.catalogue.loaded(ctx, Roles) {
		if role.ID == n {
			return role
		}
	}
	return Name{ID: n}
}

// roleName names a role to people.
func (d *draft) roleName(ctx context.Context, id string) string {
	name := nameOf(Roles, d.zone.catalogue.loaded(ctx, Roles), id)
	if builtin, ok := builtinRoles[id]; ok && name == id {
		return builtin
	}
	return name
}

func (d *draft) roleText(role Name, m *spec.Member) string {
	if role.Name != "" {
		return role.Name
	}
	return m.Role
}

// bindTeams turns the names of teams into ids. A new organization's teams are not known yet: their names
// go along, and apply binds them when it has created it.
func (d *draft) bindTeams(ctx context.Context, teams []string, a *Arguments) error {
	if len(teams) == 0 {
		return nil
	}
	if d.creates() {
		a.Teams = append([]string(nil), teams...)
		return nil
	}
	known := d.live.Teams
	if known == nil {
		var err error
		if known, err = d.zone.catalogue.names(ctx, Teams, d.id); err != nil {
			return err
		}
	}
	for _, text := range teams {
		team, err := bind("team", Teams, known, text)
		if err != nil {
			return err
		}
		a.TeamIDs = append(a.TeamIDs, team.ID)
	}
	return nil
}

// adminRoles are those of the live organization; one that is yet to be made has nobody whose role could be compared.
func (d *draft) adminRoles() AdminRoles {
	if d.live != nil {
		return d.live.AdminRoles
	}
	return AdminRoles{}
}
