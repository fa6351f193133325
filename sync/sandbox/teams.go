package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

// teamColumns are the keys of a team in the order of recorded replies: nine after
// its creation, the four default ones everywhere else.
var teamColumns = table[home]{
	{"id", true, func(_ *call, h home) any { return h.team.ID }},
	{"name", true, func(_ *call, h home) any { return h.team.Name }},
	{"organizationId", true, func(_ *call, h home) any { return h.org.ID }},
	{"operationsLimit", false, func(*call, home) any { return nil }},
	{"transferLimit", false, func(*call, home) any { return nil }},
	{"consumedOperations", false, func(*call, home) any { return 0 }},
	{"consumedTransfer", false, func(*call, home) any { return "0" }},
	{"isPaused", false, func(*call, home) any { return false }},
	{"globalAgentsEnabled", true, func(*call, home) any { return false }},
}

// organizationOfTeam finds the organization of the team in the path; a team that
// does not exist is answered as somebody else's.
func organizationOfTeam(c *call) (int, error) {
	id, err := c.id("teamId")
	if err != nil {
		return 0, err
	}
	h := c.w.index.teams[id]
	if h.org == nil {
		return 0, answerForeign(c)
	}
	return h.org.ID, nil
}

func teamOfPath(c *call) home {
	id, _ := c.id("teamId")
	return c.w.index.teams[id]
}

// listTeams: GET /teams?organizationId=.
func listTeams(c *call) (any, error) {
	sel, err := teamColumns.pick(c)
	if err != nil {
		return nil, err
	}
	p, err := pageOf(c, maxLimit, "name", "id")
	if err != nil {
		return nil, err
	}
	byName := func(t *Team) string {
		if p.sortBy == "id" {
			return ""
		}
		return t.Name
	}
	rows := []object{}
	for _, t := range cut(p, ordered(c.org.Teams, byName, func(t *Team) int { return t.ID })) {
		rows = append(rows, sel.row(c, home{c.org, c.zone, t}))
	}
	return object{{"teams", rows}, {"pg", p.echo(len(c.org.Teams))}}, nil
}

// getTeam: GET /teams/{teamId}.
func getTeam(c *call) (any, error) {
	sel, err := teamColumns.pick(c)
	if err != nil {
		return nil, err
	}
	return object{{"team", sel.row(c, teamOfPath(c))}}, nil
}

// createTeam: POST /teams. The creator becomes its Team Admin. A recorded Free
// organization got a second team in spite of teams: 1 in its licence, so that
// the licence is enforced only by a switch.
func createTeam(c *call) (change, error) {
	var in struct {
		Name *string `json:"name"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := missing("name", in.Name == nil || *in.Name == ""); err != nil {
		return change{}, err
	}
	if limit := c.org.licenceNumber("teams", -1); c.is("team-limit", "enforce") && limit >= 0 &&
		len(c.org.Teams) >= limit {
		return change{}, &problem{status: http.StatusForbidden, code: "IM011", message: "Limit of teams reached"}
	}
	return change{"team/" + *in.Name, func() any {
		t := &Team{
			ID:      next(&c.w.state.Next.Team),
			Name:    *in.Name,
			Members: []TeamMember{{UserID: c.user.ID, Role: Ref{ID: teamAdminID}}},
		}
		c.org.Teams = append(c.org.Teams, t)
		h := home{c.org, c.zone, t}
		c.w.index.teams[t.ID] = h
		return object{{"userTeamRole", teamRoleRow(t, t.Members[0])}, {"team", teamColumns.row(c, h)}}
	}}, nil
}

// updateTeam: PATCH /teams/{teamId}.
func updateTeam(c *call) (change, error) {
	var in struct {
		Name *string `json:"name"`
	}
	if err := c.input(&in); err != nil {
		return change{}, err
	}
	if err := missing("name", in.Name != nil && *in.Name == ""); err != nil {
		return change{}, err
	}
	h := teamOfPath(c)
	return change{"team/" + h.team.Name, func() any {
		set(&h.team.Name, in.Name)
		return object{{"team", teamColumns.normal().row(c, h)}}
	}}, nil
}

// deleteTeam: DELETE /teams/{teamId} always asks to be confirmed (published), and keeps the last
// team (inferred). The organization's scenarios are those of its first team.
func deleteTeam(c *call) (change, error) {
	h := teamOfPath(c)
	if len(c.org.Teams) == 1 {
		return change{}, invalid("The last team of an organization cannot be deleted.")
	}
	if !c.flag("confirmed") {
		var hit []object
		if h.team == c.org.Teams[0] {
			hit = activeScenarios(c)
		}
		return change{}, unconfirmedDelete(c, "The team will be deleted with all it holds.", hit)
	}
	return change{"team/" + h.team.Name, func() any {
		c.org.Teams = slices.DeleteFunc(c.org.Teams, func(t *Team) bool { return t == h.team })
		delete(c.w.index.teams, h.team.ID)
		return object{{"team", h.team.ID}}
	}}, nil
}

// teamRoleRow is a row of user-team-roles as recorded; a Team Admin who made the
// team cannot be changed there.
func teamRoleRow(t *Team, m TeamMember) object {
	return object{{"usersRoleId", m.Role.ID}, {"userId", m.UserID}, {"teamId", t.ID},
		{"changeable", m.Role.ID != teamAdminID}, {"ssoPending", false}}
}

// listTeamMembers: GET /teams/{teamId}/user-team-roles.
func listTeamMembers(c *call) (any, error) {
	h, rows := teamOfPath(c), []object{}
	for _, m := range h.team.Members {
		rows = append(rows, teamRoleRow(h.team, m))
	}
	return object{{"userTeamRoles", rows}}, nil
}

// listUserTeams: GET /users/{userId}/user-team-roles, of teams in organizations of the caller.
func listUserTeams(c *call) (any, error) {
	id, err := c.id("userId")
	if err != nil {
		return nil, err
	}
	return object{{"userTeamRoles", teamRolesOf(c, id)}}, nil
}

func teamRolesOf(c *call, user int) []object {
	rows := []object{}
	for _, h := range c.w.index.memberships(c.user.ID) {
		for _, t := range h.org.Teams {
			for _, m := range t.Members {
				if m.UserID == user {
					rows = append(rows, teamRoleRow(t, m))
				}
			}
		}
	}
	return rows
}

// The organization of calls that name it in the query or in the body.

func organizationOfQuery(c *call) (int, error) {
	organization, team := c.query().Get("organizationId"), c.query().Get("teamId")
	if (organization == "") == (team == "") {
		return 0, invalid("Exactly one of the parameters 'organizationId' and 'teamId' is required.")
	}
	if organization != "" {
		return positive("organizationId", organization)
	}
	id, err := positive("teamId", team)
	if h := c.w.index.teams[id]; err == nil && h.org != nil {
		return h.org.ID, nil
	} else if err == nil {
		err = answerForeign(c)
	}
	return 0, err
}

func organizationOfBody(c *call) (int, error) {
	var in struct {
		OrganizationID *int `json:"organizationId"`
	}
	if err := c.input(&in); err != nil {
		return 0, err
	}
	if err := missing("organizationId", in.OrganizationID == nil); err != nil {
		return 0, err
	}
	return positive("organizationId", strconv.Itoa(*in.OrganizationID))
}

func organizationOfPath(c *call) (int, error) { return c.id("organizationId") }
