package sandbox

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// allScopes are the scopes that tokens of this zone can have. Three operations
// are documented with organization:read, in the singular; they take the plural too.
var allScopes = []string{"admin:write", "organization-variables:read", "organization-variables:write",
	"organizations:read", "organizations:write", "teams:read", "teams:write", "user:read", "user:write"}

// scopes of the user's token; an empty list stands for all.
func (u *User) scopes() []string {
	if len(u.Scopes) == 0 {
		return allScopes
	}
	return u.Scopes
}

func (u *User) allows(anyOf []string) bool {
	return len(anyOf) == 0 || slices.ContainsFunc(anyOf, func(s string) bool { return slices.Contains(u.scopes(), s) })
}

// user finds a user; an id without one gives a user who has nothing but the id.
func (x *index) user(id int) *User {
	if u := x.users[id]; u != nil {
		return u
	}
	return &User{ID: id}
}

// userColumns have the published default columns first, then those that cols[]
// can ask for on users/me and on the list.
var userColumns = table[*User]{
	{"id", true, func(_ *call, u *User) any { return u.ID }},
	{"name", true, func(_ *call, u *User) any { return u.Name }},
	{"email", true, func(_ *call, u *User) any { return u.Email }},
	{"language", true, func(_ *call, u *User) any { return u.Language }},
	{"timezoneId", true, func(_ *call, u *User) any { return u.Timezone.ID }},
	{"localeId", true, func(_ *call, u *User) any { return u.Locale }},
	{"countryId", true, func(_ *call, u *User) any { return u.Country.ID }},
	{"features", true, func(*call, *User) any { return object{{"allow_apps", false}} }},
	{"avatar", true, func(_ *call, u *User) any { return avatar(u.Email) }},
	{"lastLogin", true, func(_ *call, u *User) any { return u.LastLogin }},
	{"supportEligible", false, func(*call, *User) any { return true }},
}

var (
	// invitedColumns are the user in replies about invitations; userTeamIds comes
	// only when it is asked for, which no such call can.
	invitedColumns = userColumns
	ownColumns     = append(slices.Clip(userColumns), table[*User]{
		{"timezone", false, func(c *call, u *User) any { return c.zone.enums().timezoneCode(u.Timezone.ID) }},
		{"locale", false, func(_ *call, u *User) any { return builtinEnums.localeCode(u.Locale) }},
		{"usersAdminsRoleId", false, func(*call, *User) any { return nil }},
		{"userOrganizationRoles", false, func(c *call, u *User) any { return c.rolesOf(u) }},
		{"userTeamRoles", false, func(c *call, u *User) any { return c.teamRolesOf(u.ID) }},
		{"tfaEnabled", false, func(_ *call, u *User) any { return u.TwoFactor }},
		{"hasPassword", false, func(*call, *User) any { return true }},
	}...)
	listColumns = append(slices.Clip(userColumns), column[*User]{"userTeamIds", false, func(c *call, u *User) any { return c.org.teamsOf(u.ID) }})
	// meColumns are what users/me answers by default: with the time zone and locale as codes.
	meColumns = append(slices.Clip(userColumns.normal()), ownColumns.named("timezone", "locale")...)
)

func avatar(email string) string {
	sum := md5.Sum([]byte(strings.ToLower(email)))
	return "https://www.gravatar.com/avatar/" + hex.EncodeToString(sum[:])
}

func (e *Enums) timezoneCode(id int) any {
	if t := e.timezone(id); t != nil {
		return t.Code
	}
	return nil
}

func (e *Enums) localeCode(id int) any {
	for _, l := range e.Locales {
		if l.ID == id {
			return l.Code
		}
	}
	return nil
}

// rolesOf are the user's role rows; open invitations only with includeInvitedOrg.
func (c *call) rolesOf(u *User) []object {
	rows := []object{}
	for _, h := range c.w.index.memberships(u.ID) {
		if m := h.org.member(u.ID); m.Invitation == nil || c.flag("includeInvitedOrg") {
			rows = append(rows, memberColumns.normal().row(c, membership{h.org, m}))
		}
	}
	return rows
}

// me: GET /users/me.
func me(c *call) (any, error) {
	sel := meColumns
	if len(c.cols()) > 0 {
		var err error
		if sel, err = ownColumns.pick(c); err != nil {
			return nil, err
		}
	}
	return object{{"authUser", sel.row(c, c.user)}}, nil
}

// currentAuthorization: GET /users/me/current-authorization tells the scopes.
func currentAuthorization(c *call) (any, error) {
	return object{{"authorization", object{{"authUsed", "token"}, {"scope", c.user.scopes()}}}}, nil
}

// apiTokens: GET /users/me/api-tokens. The token is masked but for its first block.
func apiTokens(c *call) (any, error) {
	first, _, _ := strings.Cut(c.user.Token, "-")
	row := object{{"token", first + "-****-****-****-************"}, {"label", "makesync"}, {"scope", c.user.scopes()}, {"created", founded}}
	return object{{"apiTokens", []object{row}}}, nil
}

// listUsers: GET /users for one organization or one team. The default limit, how
// the e-mail filter compares and whether open invitations are listed are
// switches. Rows without a user are not listed.
func listUsers(c *call) (any, error) {
	sel, err := listColumns.pick(c)
	if err != nil {
		return nil, err
	}
	limit, err := strconv.Atoi(c.w.switchValue("users-limit"))
	if err != nil {
		return nil, err
	}
	p, err := c.page(limit, "name", "id", "email")
	if err != nil {
		return nil, err
	}
	users := ordered(c.filteredUsers(), sortText(p.sortBy), func(u *User) int { return u.ID })
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

func (c *call) filteredUsers() []*User {
	q := c.query()
	var users []*User
	for _, m := range c.org.Members {
		u := c.w.index.users[m.UserID]
		if u == nil || m.Invitation != nil && c.is("pending-in-users", "no") || !c.emailMatches(u.Email) {
			continue
		}
		if n := strings.ToLower(q.Get("name")); !strings.Contains(strings.ToLower(u.Name), n) {
			continue
		}
		if r := q.Get("organizationRoleId"); r != "" && r != strconv.Itoa(m.Role.ID) {
			continue
		}
		if c.inTeam(m.UserID, q.Get("teamId"), q.Get("teamRoleId")) {
			users = append(users, u)
		}
	}
	return users
}

func (c *call) emailMatches(email string) bool {
	want, email := strings.ToLower(c.query().Get("email")), strings.ToLower(email)
	if want == "" || c.is("email-filter", "substring") {
		return strings.Contains(email, want)
	}
	return email == want
}

// inTeam says whether the user is in the team, with the role; either may be open.
func (c *call) inTeam(user int, team, role string) bool {
	if team == "" && role == "" {
		return true
	}
	for _, t := range c.org.Teams {
		for _, m := range t.Members {
			if m.UserID == user && (team == "" || team == strconv.Itoa(t.ID)) && (role == "" || role == strconv.Itoa(m.Role.ID)) {
				return true
			}
		}
	}
	return false
}
