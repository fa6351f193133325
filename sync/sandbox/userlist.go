package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// listUsers: GET /users for one organization or one team. The default limit, how
// the e-mail filter compares and whether open invitations are listed are
// switches. Rows without a user are not listed. The text says by id, the example shows by name,
// descending both.
func listUsers(c *call) (any, error) {
	sel, err := listColumns.pick(c)
	if err != nil {
		return nil, err
	}
	limit, err := strconv.Atoi(c.w.switchValue("users-limit"))
	if err != nil {
		return nil, err
	}
	p, err := pageOf(c, limit, "name", "id", "email")
	if err != nil {
		return nil, err
	}
	if !c.query().Has("pg[sortDir]") {
		p.sortDir = "desc"
	}
	listed, err := filteredUsers(c)
	if err != nil {
		return nil, err
	}
	users := ordered(listed, sortText(p.sortBy), func(u *User) int { return u.ID })
	return object{{"users", sel.rows(c, cut(p, users))}, {"pg", p.echo(len(users))}}, nil
}

func sortText(by string) func(*User) string {
	switch by {
	case "id":
		return func(*User) string { return "" }
	case "email":
		return func(u *User) string { return u.Email }
	}
	return func(u *User) string { return u.Name }
}

func filteredUsers(c *call) ([]*User, error) {
	filter, err := userFilter(c)
	if err != nil {
		return nil, err
	}
	var users []*User
	for _, m := range c.org.Members {
		u := c.w.index.users[m.UserID]
		if u == nil || m.Invitation != nil && c.is("pending-in-users", "no") {
			continue
		}
		if filter(m, u) {
			users = append(users, u)
		}
	}
	return users, nil
}

// userFilter is what the query asks for, with the filter tfaStatus only where the plan has TFA
// enforcement (published); elsewhere it is ignored or refused, by a switch.
func userFilter(c *call) (func(*Member, *User) bool, error) {
	q := c.query()
	name, role, factor := strings.ToLower(q.Get("name")), q.Get("organizationRoleId"), q.Get("tfaStatus")
	if factor != "" && !c.org.enforcesTFA() {
		if c.is("tfa-filter", "refuse") {
			return nil, invalid("Filter 'tfaStatus' is not available on this plan.")
		}
		factor = ""
	}
	if factor != "" && !slices.Contains([]string{"0", "1", "2"}, factor) {
		return nil, invalid("Parameter 'tfaStatus' must be 0, 1 or 2.")
	}
	return func(m *Member, u *User) bool {
		return emailMatches(c, u.Email) && strings.Contains(strings.ToLower(u.Name), name) &&
			(role == "" || role == strconv.Itoa(m.Role.ID)) &&
			(factor == "" || factor == fmt.Sprint(tfaStatus(c, u))) &&
			inTeam(c, m.UserID, q.Get("teamId"), q.Get("teamRoleId")) && passesTeamFilter(c, m.UserID)
	}, nil
}

// passesTeamFilter is the filter filterByTeamId, where 0 means people who are in no team.
func passesTeamFilter(c *call, user int) bool {
	switch team := c.query().Get("filterByTeamId"); team {
	case "":
		return true
	case "0":
		return len(c.org.teamsOf(user)) == 0
	default:
		return inTeam(c, user, team, "")
	}
}

func emailMatches(c *call, email string) bool {
	want, email := strings.ToLower(c.query().Get("email")), strings.ToLower(email)
	if want == "" || c.is("email-filter", "substring") {
		return strings.Contains(email, want)
	}
	return email == want
}

// inTeam says whether the user is in the team, with the role; either may be open.
func inTeam(c *call, user int, team, role string) bool {
	if team == "" && role == "" {
		return true
	}
	for _, t := range c.org.Teams {
		for _, m := range t.Members {
			here := team == "" || team == strconv.Itoa(t.ID)
			if m.UserID == user && here && (role == "" || role == strconv.Itoa(m.Role.ID)) {
				return true
			}
		}
	}
	return false
}
