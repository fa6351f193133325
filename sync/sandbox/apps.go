package sandbox

import "slices"

// listApps: GET /organizations/{organizationId}/apps, without pages. The names of
// private apps end in a random text (published).
func listApps(c *call) (any, error) {
	rows := []object{}
	for _, a := range c.org.Apps {
		at := a.Installed
		if at.IsZero() {
			at = c.org.Created
		}
		rows = append(rows, object{{"appName", a.Name}, {"appVersion", a.Version}, {"organizationId", c.org.ID},
			{"installedAt", at}, {"installedBy", max(a.UserID, 1)}})
	}
	return object{{"installedApps", rows}}, nil
}

// checkTeamPermission: GET /organizations/{organizationId}/check-team-permission says
// whether the user holds a team permission in at least one team; Owner and Admin
// hold all of them. An unknown name is a 400 (published).
func checkTeamPermission(c *call) (any, error) {
	name := c.query().Get("teamPermission")
	if err := missing("teamPermission", name == ""); err != nil {
		return nil, err
	}
	if !slices.Contains(leading, name) {
		return nil, invalid("Unknown team permission '" + name + "'.")
	}
	return object{{"hasPermission", c.role.may(mayManageTeams) || holdsInTeam(c, name)}}, nil
}

func holdsInTeam(c *call, permission string) bool {
	for _, t := range c.org.Teams {
		for _, m := range t.Members {
			if m.UserID == c.user.ID && c.w.index.role(m.Role.ID).may(permission) {
				return true
			}
		}
	}
	return false
}
