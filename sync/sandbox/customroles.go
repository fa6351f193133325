package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// permission is one that roles can grant. The ids and words are made up.
type permission struct {
	id       int
	name     string
	category string // of the role
}

var permissions = func() []permission {
	var list []permission
	for i, name := range everything {
		list = append(list, permission{101 + i, name, "organization"})
	}
	for i, name := range leading {
		list = append(list, permission{201 + i, name, "team"})
	}
	return list
}()

// listPermissions: GET /users/roles/permissions.
func listPermissions(c *call) (any, error) {
	category, rows := c.query().Get("roleCategory"), []object{}
	for _, p := range permissions {
		if category == "" || category == p.category {
			group, _, _ := strings.Cut(p.name, " ")
			rows = append(
				rows,
				object{{"id", p.id}, {"name", p.name}, {"note", "Allows " + p.name}, {"category", group},
					{
						"roleCategory",
						p.category,
					}, {"label", p.name}, {"customRolesHidden", false}, {"requires", []string{}}},
			)
		}
	}
	return object{{"usersRolesPermissions", rows}}, nil
}

type roleInput struct {
	Name        *string `json:"name"`
	Category    *string `json:"category"`
	Description *string `json:"description"`
	Permissions []int   `json:"permissions"`
}

// decodeRole reads the body; custom roles need a licence that has them.
func decodeRole(c *call) (in roleInput, granted []string, err error) {
	if !c.org.has("customRoles") {
		return in, nil, &problem{status: http.StatusForbidden, code: "IM027", message: "Feature is not enabled"}
	}
	if err := c.input(&in); err != nil {
		return in, nil, err
	}
	for _, id := range in.Permissions {
		i := slices.IndexFunc(permissions, func(p permission) bool { return p.id == id })
		if i < 0 {
			return in, nil, invalid("Permission does not exist.")
		}
		granted = append(granted, permissions[i].name)
	}
	return in, granted, nil
}

// createCustomRole: POST /users/custom-roles. Nothing says that names are unique.
func createCustomRole(c *call) (change, error) {
	in, granted, err := decodeRole(c)
	if err != nil {
		return change{}, err
	}
	if err := missing("name", in.Name == nil || *in.Name == "", "category", in.Category == nil); err != nil {
		return change{}, err
	}
	if *in.Category != "organization" && *in.Category != "team" {
		return change{}, invalid("Invalid value of parameter 'category'.")
	}
	return change{"role/" + *in.Name, func() any {
		r := &Role{
			ID:             next(&c.w.state.Next.Role),
			Name:           *in.Name,
			Category:       *in.Category,
			OrganizationID: c.org.ID,
			Permissions:    granted,
		}
		set(&r.Description, in.Description)
		c.w.state.Roles = append(c.w.state.Roles, r)
		c.w.index.roles = append(c.w.index.roles, r)
		return object{{"role", customRoleRow(r)}}
	}}, nil
}

func customRoleRow(r *Role) object {
	granted := []object{}
	for _, p := range permissions {
		if r.may(p.name) && p.category == r.Category {
			granted = append(granted, object{{"id", p.id}, {"name", p.name}})
		}
	}
	return object{{"id", r.ID}, {"name", r.Name}, {"category", r.Category}, {"managementType", r.management()},
		{"description", orNull(r.Description)}, {"permissions", granted}}
}

// customRoleOfPath finds the role of the path among those of the organization in the body.
func customRoleOfPath(c *call) (*Role, error) {
	id, err := c.id("roleId")
	if err != nil {
		return nil, err
	}
	if r := c.w.index.role(id); r.OrganizationID == c.org.ID {
		return r, nil
	}
	return nil, notFound("Role")
}

// updateCustomRole: PATCH /users/custom-roles/{roleId} changes what is sent.
func updateCustomRole(c *call) (change, error) {
	in, granted, err := decodeRole(c)
	if err != nil {
		return change{}, err
	}
	r, err := customRoleOfPath(c)
	if err != nil {
		return change{}, err
	}
	return change{"role/" + r.Name, func() any {
		set(&r.Name, in.Name)
		set(&r.Description, in.Description)
		if in.Permissions != nil {
			r.Permissions = granted
		}
		return object{{"role", customRoleRow(r)}}
	}}, nil
}

// deleteCustomRole: DELETE /users/custom-roles/{roleId}, unless somebody has the role.
func deleteCustomRole(c *call) (change, error) {
	r, err := customRoleOfPath(c)
	if err != nil {
		return change{}, err
	}
	if slices.ContainsFunc(c.org.Members, func(m *Member) bool { return m.Role.ID == r.ID }) {
		return change{}, &problem{
			status:  http.StatusBadRequest,
			code:    "IM016",
			message: "The role is assigned to users",
		}
	}
	return change{"role/" + r.Name, func() any {
		gone := func(x *Role) bool { return x == r }
		c.w.state.Roles = slices.DeleteFunc(c.w.state.Roles, gone)
		c.w.index.roles = slices.DeleteFunc(c.w.index.roles, gone)
		return object{{"roleId", r.ID}}
	}}, nil
}
