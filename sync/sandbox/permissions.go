package sandbox

import "slices"

// permitted is a person in the list of those who hold a permission; m is nil for somebody who
// holds it in a team.
type permitted struct {
	user *User
	m    *Member
}

// permittedColumns are id, name and e-mail unless others are asked for (published).
var permittedColumns = table[permitted]{
	{"id", true, func(_ *call, p permitted) any { return p.user.ID }},
	{"name", true, func(_ *call, p permitted) any { return p.user.Name }},
	{"email", true, func(_ *call, p permitted) any { return p.user.Email }},
	{"personalSpaceId", false, func(*call, permitted) any { return nil }},
	{"language", false, func(_ *call, p permitted) any { return p.user.Language }},
	{"timezoneId", false, func(_ *call, p permitted) any { return p.user.Timezone.ID }},
	{"localeId", false, func(_ *call, p permitted) any { return p.user.Locale }},
	{"countryId", false, func(_ *call, p permitted) any { return p.user.Country.ID }},
	{"avatar", false, func(_ *call, p permitted) any { return avatar(p.user.Email) }},
	{"lastLogin", false, func(_ *call, p permitted) any { return p.user.LastLogin }},
	{"invitationStatus", false, func(c *call, p permitted) any {
		if p.m == nil {
			return nil
		}
		return p.m.state(c.now)
	}},
}

// organizationOfPermission is named by organizationId for the type organization, and by teamId
// for the type company.
func organizationOfPermission(c *call) (int, error) {
	switch c.query().Get("type") {
	case "organization":
		return positive("organizationId", c.query().Get("organizationId"))
	case "company":
		id, err := positive("teamId", c.query().Get("teamId"))
		if err != nil {
			return 0, err
		}
		if h := c.w.index.teams[id]; h.org != nil {
			return h.org.ID, nil
		}
		return 0, answerForeign(c)
	}
	return 0, invalid("Parameter 'type' must be organization or company.")
}

// listByPermission: GET /users/by-permission lists who holds a permission, open and expired
// invitations too, without pages. Rows without a user are not listed.
func listByPermission(c *call) (any, error) {
	sel, err := permittedColumns.pick(c)
	if err != nil {
		return nil, err
	}
	kind, name := c.query().Get("type"), c.query().Get("permission")
	if err := missing("permission", name == ""); err != nil {
		return nil, err
	}
	known, holding := everything, holders
	if kind == "company" {
		known, holding = leading, holdersInTeam
	}
	if !slices.Contains(known, name) {
		return nil, invalid("Unknown permission '" + name + "'.")
	}
	return object{{"users", sel.rows(c, holding(c, name))}}, nil
}

// holders are the people whose role in the organization has the permission; whether the others,
// as Guests, are listed all the same is a switch.
func holders(c *call, permission string) []permitted {
	list := []permitted{}
	for _, m := range c.org.Members {
		u := c.w.index.users[m.UserID]
		if u != nil && (c.is("permission-guests", "yes") || c.w.index.role(m.Role.ID).may(permission)) {
			list = append(list, permitted{u, m})
		}
	}
	return list
}

func holdersInTeam(c *call, permission string) []permitted {
	list := []permitted{}
	id, _ := positive("teamId", c.query().Get("teamId")) // looked at before
	for _, m := range c.org.team(id).Members {
		if u := c.w.index.users[m.UserID]; u != nil && c.w.index.role(m.Role.ID).may(permission) {
			list = append(list, permitted{user: u})
		}
	}
	return list
}
