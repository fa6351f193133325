package sync

import "makesync/spec"

// User is the token's own user (documented: GET /users/me).
type User struct {
	ID    int64  `json:"id"`
	Email string `json:"email"`
	// TwoFactor is tfaEnabled; nil when the API did not say.
	TwoFactor *bool `json:"-"`
}

// Live is one organization as the API shows it. Organization holds the kinds that were
// read; what was not read is nil there.
type Live struct {
	spec.Organization
	// Host is the row's `zone` field: the full host of the zone it lives in; "" when absent.
	Host string
	// License is the raw licence; nil when the row carried none (then it
	// is in another zone, or unknown). Missing keys are missing, not false (recorded replies).
	License License
	Teams   []Name
	// Paused is isPaused; nil when the API did not say.
	Paused *bool
	// ActiveScenarios is known from the detail call only; nil otherwise.
	ActiveScenarios *int
	// OwnerID is the user id of the accepted Owner's role row; 0 when the rows were not read.
	OwnerID int64
	// AdminRoles are the ids of Owner and Admin here, where they are not the published ones.
	AdminRoles AdminRoles
	// Unreadable are role rows whose user could not be found by any means.
	Unreadable []RoleRow
	// Failed are the kinds that could not be read, each with why. FreePlan403 and the
	// variables' 404 without the licence are answers (see Lacks), not failures.
	Failed map[spec.Kind]error
	// Lacks are the kinds that the organization's plan does not offer (or whose
	// API it refuses), with the reason in words.
	Lacks map[spec.Kind]string
}

// License is the licence map of an organization, decoded where needed.
type License map[string]any

// Name is an entry of one of the API's lists: a role, region, country, time zone or team.
type Name struct {
	ID   int64
	Name string
	// Code is a time zone's or country's code, a role's identifier; Code2 a country's two-letter code.
	Code, Code2 string
}

// List is one of the API's lists of names.
type List string

// The lists (documented: /enums, /users/roles, /teams).
const (
	Roles     List = "roles" // of category organization
	Regions   List = "regions"
	Countries List = "countries"
	Timezones List = "timezones"
	Teams     List = "teams" // of one organization
)

// RoleRow is a row of user-organization-roles (published): no e-mail, no name.
type RoleRow struct {
	UserID     int64
	RoleID     int64
	Invitation string // "": accepted
}
