package sandbox

import (
	"slices"
	"strconv"
)

// Ids of roles that rules of the API name (published).
const (
	ownerID      = 11
	adminID      = 12
	memberID     = 13
	teamAdminID  = 1
	teamMemberID = 3
)

// Permissions that the operations ask for. "organization users view", "payments get", "payment
// edit" and "organization custom roles edit" are published, the other words are this zone's own;
// what each role may do follows the published description of the roles.
const (
	mayView          = "organization view"
	mayEdit          = "organization edit"
	mayManageUsers   = "organization users manage"
	mayViewVariables = "organization variable view"
	mayEditVariables = "organization variable edit"
	mayViewUsers     = "organization users view"
	mayViewPayments  = "payments get"
	mayEditPayments  = "payment edit"
	mayManageTeams   = "team manage"
	mayInstallApps   = "app install"
	mayEditRoles     = "organization custom roles edit"
)

var (
	everything = []string{
		mayView,
		mayEdit,
		mayManageUsers,
		mayViewVariables,
		mayEditVariables,
		mayViewPayments,
		mayEditPayments,
		mayManageTeams,
		mayInstallApps,
		mayViewUsers,
		mayEditRoles,
	}
	watching = []string{"scenario view", "team view", "connection view", "execution view"}
	working  = append(
		[]string{"scenario add", "scenario edit", "scenario run", "connection add", "connection edit"},
		watching...)
	leading = append([]string{"team edit", "team user add and edit", "team variable edit"}, working...)
)

// builtinRoles are the roles of every zone. The ids 1, 3, 4, 6 and 11 to 14 are
// published; those of Team Restricted Member, App Developer and Guest are guesses.
var builtinRoles = []*Role{
	{ID: 1, Name: "Team Admin", Category: "team", identifier: "team_admin", Permissions: leading},
	{ID: 3, Name: "Team Member", Category: "team", identifier: "team_member", Permissions: working},
	{ID: 4, Name: "Team Monitoring", Category: "team", identifier: "team_monitoring", Permissions: watching},
	{
		ID:          6,
		Name:        "Team Operator",
		Category:    "team",
		identifier:  "team_operator",
		Permissions: append([]string{"scenario run"}, watching...),
	},
	{
		ID:          7,
		Name:        "Team Restricted Member",
		Category:    "team",
		identifier:  "team_restricted_member",
		Permissions: working[1:],
	},
	{ID: 11, Name: "Owner", Category: "organization", identifier: "organization_owner", Permissions: everything},
	{ID: 12, Name: "Admin", Category: "organization", identifier: "organization_admin", Permissions: everything},
	{
		ID:          13,
		Name:        "Member",
		Category:    "organization",
		identifier:  "organization_member",
		Permissions: []string{mayView, mayViewUsers, mayViewVariables},
	},
	{
		ID:          14,
		Name:        "Accountant",
		Category:    "organization",
		identifier:  "organization_accountant",
		Permissions: []string{mayView, mayViewUsers, mayViewPayments},
	},
	{
		ID:          15,
		Name:        "App Developer",
		Category:    "organization",
		identifier:  "organization_app_developer",
		Permissions: []string{mayView, mayViewUsers, mayViewVariables, mayInstallApps},
	},
	{ID: 16, Name: "Guest", Category: "organization", identifier: "organization_guest"},
}

func init() {
	for _, r := range builtinRoles {
		r.builtin = true
	}
}

func (r *Role) may(permission string) bool { return slices.Contains(r.Permissions, permission) }

// management tells who can change a role: nobody, or whoever made it.
func (r *Role) management() string {
	if r.builtin {
		return "system_locked"
	}
	return "custom_managed"
}

var roleColumns = table[*Role]{
	{"id", true, func(_ *call, r *Role) any { return r.ID }},
	{"name", true, func(_ *call, r *Role) any { return r.Name }},
	{"identifier", false, func(_ *call, r *Role) any { return orNull(r.identifier) }},
	{"category", false, func(_ *call, r *Role) any { return r.Category }},
	{"subsidiary", false, func(_ *call, r *Role) any { return r.builtin && r.Category == "team" }},
	{"managementType", false, func(_ *call, r *Role) any { return r.management() }},
	{"description", false, func(_ *call, r *Role) any { return orNull(r.Description) }},
	{"organizationId", false, func(_ *call, r *Role) any { return orNull(r.OrganizationID) }},
	{"permissions", false, func(_ *call, r *Role) any { return orEmpty(r.Permissions) }},
}

// orNull is null in place of the zero value.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// orEmpty is [] in place of a missing list, which would be null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// listRoles: GET /users/roles. Custom roles come only with organizationId or
// teamId, and only where the licence has them.
func listRoles(c *call) (any, error) {
	sel, err := roleColumns.pick(c)
	if err != nil {
		return nil, err
	}
	org, err := roleOrganization(c)
	if err != nil {
		return nil, err
	}
	category, only, without := c.query().Get("category"), c.query().Get("roleId"), requestedList(c, "excludeRole")
	rows := []object{}
	for _, r := range c.w.index.roles {
		id := strconv.Itoa(r.ID)
		if category != "" && r.Category != category || only != "" && only != id || slices.Contains(without, id) {
			continue
		}
		if r.builtin || org != 0 && r.OrganizationID == org {
			rows = append(rows, sel.row(c, r))
		}
	}
	return object{{"usersRoles", rows}}, nil
}

// roleOrganization is the organization whose custom roles are meant, 0 for none.
func roleOrganization(c *call) (int, error) {
	id := 0
	for _, name := range []string{"organizationId", "teamId"} {
		text := c.query().Get(name)
		if text == "" {
			continue
		}
		n, err := positive(name, text)
		if err != nil {
			return 0, err
		}
		id = n
		if name == "teamId" {
			if id = 0; c.w.index.teams[n].org != nil {
				id = c.w.index.teams[n].org.ID
			}
		}
	}
	if !c.w.index.belongs(c.user.ID, id) || !c.w.index.organization(id).org.has("customRoles") {
		return 0, nil
	}
	return id, nil
}

// getRole: GET /users/roles/{roleId}, with every column.
func getRole(c *call) (any, error) {
	id, err := c.id("roleId")
	if err != nil {
		return nil, err
	}
	for _, r := range c.w.index.roles {
		if r.ID == id && (r.builtin || c.w.index.belongs(c.user.ID, r.OrganizationID)) {
			return object{{"usersRole", roleColumns.row(c, r)}}, nil
		}
	}
	return nil, notFound("Role")
}
