package sandbox

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
)

// allScopes are the scopes that tokens of this zone can have.
var allScopes = []string{"admin:write", "analytics:read", "organization-variables:read", "organization-variables:write",
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
	{"tfaStatus", true, func(c *call, u *User) any { return tfaStatus(c, u) }},
	{"supportEligible", false, func(*call, *User) any { return true }},
}

var (
	// invitedColumns are the user in replies about invitations; userTeamIds comes
	// only when it is asked for, which no such call can.
	invitedColumns = userColumns
	ownColumns     = append(slices.Clip(userColumns.without("lastLogin", "tfaStatus", "supportEligible")), table[*User]{
		{"timezone", false, func(c *call, u *User) any { return c.zone.enums().timezoneCode(u.Timezone.ID) }},
		{"locale", false, func(_ *call, u *User) any { return builtinEnums().localeCode(u.Locale) }},
		{"emailNotifications", false, func(*call, *User) any { return nil }},
		{"usersAdminsRoleId", false, func(*call, *User) any { return nil }},
		{"hasPassword", false, func(_ *call, u *User) any { return !u.SSO }},
		{"tfaEnabled", false, func(_ *call, u *User) any { return u.TwoFactor }},
		{"tfaStatus", false, func(c *call, u *User) any { return tfaStatus(c, u) }},
		{"forceSetPassword", false, func(*call, *User) any { return false }},
		{"userOrganizationRoles", false, func(c *call, u *User) any { return rolesOf(c, u) }},
		{"userTeamRoles", false, func(c *call, u *User) any { return teamRolesOf(c, u.ID) }},
		{"isAffiliatePartner", false, func(*call, *User) any { return false }},
		{"hasAddedApp", false, func(*call, *User) any { return false }},
		{"lastLogin", false, func(_ *call, u *User) any { return u.LastLogin }},
		{"supportEligible", false, func(*call, *User) any { return true }},
	}...)
	listColumns = append(
		slices.Clip(userColumns),
		column[*User]{"userTeamIds", false, func(c *call, u *User) any { return c.org.teamsOf(u.ID) }},
	)
	// meColumns are what users/me answers by default: with the time zone and locale as codes, and
	// without lastLogin (published in an example).
	meColumns = ownColumns.named("id", "name", "email", "language", "timezoneId", "localeId", "countryId", "features",
		"avatar", "timezone", "locale", "emailNotifications", "hasAddedApp", "tfaStatus")
)

// tfaStatus is 0 for no second factor, 1 for an authenticator app, 2 for an external sign-in, and
// null while the person has never signed in (the last one derived). What plans without TFA
// enforcement show is a switch.
func tfaStatus(c *call, u *User) any {
	if c.org != nil && !c.org.enforcesTFA() {
		switch c.w.switchValue("tfa-status") {
		case "null":
			return nil
		case "absent":
			return absent
		}
	}
	switch {
	case u.SSO:
		return 2
	case u.Invited:
		return nil
	case u.TwoFactor:
		return 1
	}
	return 0
}

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
func rolesOf(c *call, u *User) []object {
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
	if len(requestedColumns(c)) > 0 {
		var err error
		if sel, err = ownColumns.pick(c); err != nil {
			return nil, err
		}
	}
	return object{{"authUser", sel.row(c, c.user)}}, nil
}

// currentAuthorization: GET /users/me/current-authorization tells the scopes; an example writes
// them the other way round.
func currentAuthorization(c *call) (any, error) {
	scopes := slices.Clone(c.user.scopes())
	if c.is("scope-order", "read:user") {
		for i, s := range scopes {
			of, what, _ := strings.Cut(s, ":")
			scopes[i] = what + ":" + of
		}
	}
	return object{{"authorization", object{{"authUsed", "token"}, {"scope", scopes}}}}, nil
}

// apiTokens: GET /users/me/api-tokens. The token is masked but for its first block.
func apiTokens(c *call) (any, error) {
	first, _, _ := strings.Cut(c.user.Token, "-")
	row := object{
		{"token", first + "-****-****-****-************"},
		{"label", "makesync"},
		{"scope", c.user.scopes()},
		{"created", founded},
	}
	return object{{"apiTokens", []object{row}}}, nil
}
