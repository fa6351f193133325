package sandbox

import (
	"encoding/json"
	"time"
)

// stateVersion is the only version of the state file that this package reads and writes.
const stateVersion = 1

// State is one world of zones: everything a [World] remembers, in the shape of
// its state file. A seed is a state file too; the package comment shows one
// that was written by hand. Ids that are zero are assigned when the state is
// loaded, in the order of the file, so that the same seed always gives the same ids.
type State struct {
	Version int    `json:"version"`
	Comment string `json:"comment,omitempty"` // for people; kept, never read
	// Clock is how far the world's clock stands from the real one.
	Clock Duration `json:"clock,omitzero"`
	// Users of all zones. The first one is the user of the default token.
	Users []*User `json:"users"`
	// Roles beside the built-in ones (see builtinRoles), as a custom role of an organization.
	Roles    []*Role           `json:"roles,omitempty"`
	Zones    []*Zone           `json:"zones"`
	Switches map[string]string `json:"switches,omitempty"` // see SwitchTable
	Faults   []string          `json:"faults,omitempty"`   // see ParseFault
	Next     NextIDs           `json:"next,omitzero"`
}

// NextIDs are the ids that the next new objects get. They are kept so that the
// id of a deleted object is never given out again.
type NextIDs struct {
	User         int `json:"user,omitempty"`
	Organization int `json:"organization,omitempty"`
	Team         int `json:"team,omitempty"`
	Role         int `json:"role,omitempty"`
	Edit         int `json:"edit,omitempty"`
}

// User is a person. Users are shared by all zones of a world, as Make's are.
type User struct {
	ID    int    `json:"id,omitempty"`
	Name  string `json:"name,omitempty"` // default: the e-mail's local part
	Email string `json:"email"`
	// Token is the API token, a UUID. Only the first user has one by default.
	Token string `json:"token,omitempty"`
	// Scopes of the token; empty means every scope (see allScopes).
	Scopes []string `json:"scopes,omitempty"`
	// TwoFactor says that the user has set up two-factor authentication.
	TwoFactor bool `json:"twoFactor,omitempty"`
	// SSO says that the user signs in through another service, which has no two-factor
	// authentication of Make's.
	SSO bool `json:"sso,omitempty"`
	// Invited marks somebody who is known from invitations only, with the name that the inviter
	// typed.
	Invited   bool      `json:"invited,omitempty"`
	Language  string    `json:"language,omitempty"` // default en
	Timezone  Ref       `json:"timezone,omitzero"`  // default Europe/Prague
	Country   Ref       `json:"country,omitzero"`   // default CZ
	Locale    int       `json:"localeId,omitempty"` // default 1
	LastLogin time.Time `json:"lastLogin,omitzero"` // zero: never
}

// Zone is one Make instance of the world with the organizations that live there.
type Zone struct {
	Name   string  `json:"name"`             // eu1
	Host   string  `json:"host,omitempty"`   // default NAME.make.com, celonis-NAME: NAME.make.celonis.com
	Region *Region `json:"region,omitempty"` // default by the first letters of the name
	// Controls is the zone's catalogue of feature controls; their ids differ from
	// zone to zone, as they do from instance to instance of Make.
	Controls []*FeatureControl `json:"controls,omitempty"`
	Enums    *Enums            `json:"enums,omitempty"` // lists that replace the built-in ones
	// Prices replace the built-in ones of the catalogue.
	Prices []*Price `json:"prices,omitempty"`
	// Contract is a JSON merge patch (RFC 7386) on the answer of GET /openapi.json: a contract that
	// has moved.
	Contract      json.RawMessage `json:"contract,omitempty"`
	Organizations []*Organization `json:"organizations"`
}

// Region is where zones stand; an organization is created in a region.
type Region struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// FeatureControl is a feature control that a zone offers.
type FeatureControl struct {
	ID      int      `json:"id"`
	Name    string   `json:"name"`
	Tags    []string `json:"tags,omitempty"`
	Enabled bool     `json:"enabled,omitempty"` // in a new organization
}

// Organization is one organization with all that hangs on it.
type Organization struct {
	ID   int    `json:"id,omitempty"`
	Name string `json:"name"`
	// Plan is Free, Core, Pro (the default), Teams or Enterprise; it decides the licence.
	Plan string `json:"plan,omitempty"`
	// PlanName is what the zone calls the plan, where that is another name.
	PlanName string `json:"planName,omitempty"`
	// License overrides keys of the plan's licence; null takes a key away.
	License         map[string]json.RawMessage `json:"license,omitempty"`
	Country         Ref                        `json:"country,omitzero"`  // default CZ
	Timezone        Ref                        `json:"timezone,omitzero"` // default Europe/Prague
	Created         time.Time                  `json:"created,omitzero"`
	Paused          bool                       `json:"paused,omitempty"`
	AutoPurchase    bool                       `json:"autoPurchase,omitempty"` // credits are bought when they run out
	ExternalID      string                     `json:"externalId,omitempty"`
	TFAEnforced     bool                       `json:"tfaEnforced,omitempty"`
	ActiveScenarios int                        `json:"activeScenarios,omitempty"`
	// HourlyMost bounds what the scenarios use in an hour, in credits; left out, it follows the
	// licence. With it, the organization can run out of credits.
	HourlyMost int        `json:"hourlyMost,omitempty"`
	Teams      []*Team    `json:"teams,omitempty"`   // default: one, My Team
	Members    []*Member  `json:"members,omitempty"` // default: the first user as Owner
	Variables  []Variable `json:"variables,omitempty"`
	// History holds the edits of variables by name, oldest first.
	History map[string][]Edit `json:"history,omitempty"`
	// FeatureControls that the organization has, and whether they are on. Left
	// out, it has none on Free and the whole catalogue of its zone otherwise.
	FeatureControls map[string]bool `json:"featureControls,omitempty"`
	Apps            []App           `json:"apps,omitempty"`
	// KeptConnections counts the connections that removed members left behind.
	KeptConnections int      `json:"keptConnections,omitempty"`
	Billing         *Billing `json:"billing,omitempty"`
}

// Team is a team of an organization. In a seed its name alone, as a string, will do.
type Team struct {
	ID      int          `json:"id,omitempty"`
	Name    string       `json:"name"`
	Members []TeamMember `json:"members,omitempty"`
}

// TeamMember is a user's role in a team.
type TeamMember struct {
	Email  string `json:"email,omitempty"` // in a seed, instead of userId
	UserID int    `json:"userId,omitempty"`
	Role   Ref    `json:"role,omitzero"` // default Team Member
}

// Member is a user's role in an organization, or an invitation to one. In a
// seed the person is named by e-mail; a userId that no user has makes a role
// row without a user.
type Member struct {
	Email       string      `json:"email,omitempty"`
	Name        string      `json:"name,omitempty"` // of a person who is not listed in users
	UserID      int         `json:"userId,omitempty"`
	Role        Ref         `json:"role,omitzero"` // default Member
	Invitation  *Invitation `json:"invitation,omitempty"`
	Connections int         `json:"connections,omitempty"` // connections that the member owns
}

// Invitation is an invitation that has not been accepted. In a seed the words
// "pending" and "expired" stand for one sent at, or eight days before, the time
// of loading, and "declined" for one in that state.
type Invitation struct {
	Sent time.Time `json:"sent"`
	Hash string    `json:"hash,omitempty"` // what travels in the mail; a UUID
	Note string    `json:"note,omitempty"`
	// State is shown instead of what follows from the time, as "declined"; in a seed that word
	// alone will do.
	State string `json:"state,omitempty"`
	word  string // "pending" or "expired" until it is resolved
}

// Variable is a custom variable; the value is kept as it was sent. Left out, the
// type follows from the value.
type Variable struct {
	Name  string          `json:"name"`
	Type  VariableType    `json:"type,omitempty"`
	Value json.RawMessage `json:"value"`
}

// Edit is one entry of a variable's history.
type Edit struct {
	ID     int             `json:"id"`
	Action string          `json:"action"` // organization_variable_created, …_edited, …_deleted
	At     time.Time       `json:"at"`
	Author string          `json:"author"`
	TypeID VariableType    `json:"type"` // after it
	Value  json.RawMessage `json:"value"`
	// OldTypeID and OldValue are what an edit replaced; a creation has none.
	OldTypeID VariableType    `json:"oldType,omitempty"`
	OldValue  json.RawMessage `json:"oldValue,omitempty"`
}

// App is a custom app that is installed in an organization.
type App struct {
	Name      string    `json:"name"`
	Version   int       `json:"version"`
	Installed time.Time `json:"installed,omitzero"`
	UserID    int       `json:"userId,omitempty"`
}

// Role is a role in organizations or in teams.
type Role struct {
	ID             int      `json:"id,omitempty"`
	Name           string   `json:"name"`
	Category       string   `json:"category"` // organization or team
	OrganizationID int      `json:"organizationId,omitempty"`
	Description    string   `json:"description,omitempty"`
	Permissions    []string `json:"permissions,omitempty"`
	identifier     string
	builtin        bool
}
