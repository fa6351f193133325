package sandbox

import "strings"

// Scopes that operations ask for; one of those in a list is enough.
var (
	readOrganizations  = []string{"organizations:read"}
	writeOrganizations = []string{"organizations:write"}
	readVariables      = []string{"organization-variables:read"}
	writeVariables     = []string{"organization-variables:write"}
	readUser           = []string{"user:read"}
	writeUser          = []string{"user:write"}
	readTeams          = []string{"teams:read"}
	writeTeams         = []string{"teams:write"}
)

// access is what an operation asks of the caller.
type access struct {
	scopes []string // the token needs one of them; none: any valid token will do
	// permission that the user's role in the organization must hold; "" for any accepted member.
	permission string
}

// The pairs of scopes and permission that operations ask for.
var (
	anyToken          = access{nil, ""}
	readAccess        = access{readOrganizations, ""}
	writeAccess       = access{writeOrganizations, ""}
	viewing           = access{readOrganizations, mayView}
	editing           = access{writeOrganizations, mayEdit}
	managingUsers     = access{writeOrganizations, mayManageUsers}
	readingUsers      = access{readUser, ""}
	viewingUsers      = access{readUser, mayView}
	writingUsers      = access{writeUser, ""}
	viewingVariables  = access{readVariables, mayViewVariables}
	editingVariables  = access{writeVariables, mayEditVariables}
	anyScopeView      = access{nil, mayView}
	anyScopeEdit      = access{nil, mayEdit}
	viewingPayments   = access{readOrganizations, mayViewPayments}
	editingPayments   = access{writeOrganizations, mayEditPayments}
	preparingPayments = access{readOrganizations, mayEditPayments}
	viewingHolders    = access{readUser, mayViewUsers}
	editingRoles      = access{writeUser, mayEditRoles}
	viewingTeams      = access{readTeams, mayView}
	managingTeams     = access{writeTeams, mayManageTeams}
)

// Paths below which there are several operations.
const (
	variablesPath    = "/organizations/{organizationId}/variables"
	subscriptionPath = "/organizations/{organizationId}/subscription"
	paymentsPath     = subscriptionPath + "/payment-methods"
	discountsPath    = "/organizations/{organizationId}/universal-discount"
	userRolePath     = "/users/{userId}/user-organization-roles/{organizationId}"
)

// An endpoint is one row of the table. Exactly one of read and write is set.
type endpoint struct {
	method string
	path   string // template below /api/v2, as /organizations/{organizationId}
	access
	flags flag
	// organization finds the one that the call is about; nil for the organizationId of the path,
	// and for calls about none.
	organization func(*call) (int, error)
	read         func(*call) (any, error)
	write        func(*call) (change, error)
}

// endpoints is the table of all operations of a zone. The package comment says how each behaves and
// how far its source is to be trusted.
func endpoints() []endpoint {
	return []endpoint{
		// method, path, access, flags, organization, read, write
		{"GET", "/ping", anyToken, public, nil, ping, nil},
		{"GET", "/openapi.json", anyToken, public, nil, serveContract, nil},

		// Organizations.
		{"GET", "/organizations", readAccess, 0, nil, listOrganizations, nil},
		{"POST", "/organizations", writeAccess, 0, nil, nil, createOrganization},
		{"GET", "/organizations/{organizationId}", viewing, onFree | early, nil, getOrganization, nil},
		{"PATCH", "/organizations/{organizationId}", editing, 0, nil, nil, updateOrganization},
		{"DELETE", "/organizations/{organizationId}", writeAccess, 0, nil, nil, deleteOrganization},
		{"GET", "/organizations/{organizationId}/apps", viewing, 0, nil, listApps, nil},
		{"GET", "/organizations/{organizationId}/usage", viewing, 0, nil, getUsage, nil},
		{"GET", "/organizations/{organizationId}/check-team-permission", anyToken, 0, nil, checkTeamPermission, nil},

		// Invitations.
		{"POST", "/organizations/{organizationId}/invite", managingUsers, 0, nil, nil, invite},
		{"GET", "/organizations/invitation", readAccess, 0, nil, showInvitation, nil},
		{"POST", "/organizations/accept-invitation", writeAccess, 0, nil, nil, acceptInvitation},

		// Roles of users in organizations.
		{"GET", "/organizations/{organizationId}/user-organization-roles", viewing, 0, nil, listMembers, nil},
		{"GET", "/organizations/{organizationId}/user-organization-roles/{userId}", viewing, 0, nil, getMember, nil},
		{"POST", "/organizations/{organizationId}/user-organization-roles/transfer", anyToken, 0, nil, nil, transferTo},
		{"GET", "/users/{userId}/user-organization-roles", readingUsers, 0, nil, listMemberships, nil},
		{"GET", userRolePath, viewingUsers, anyZone, nil, getMember, nil},
		{"POST", userRolePath, writingUsers, 0, nil, nil, changeMember},
		{"POST", userRolePath + "/transfer", writingUsers, 0, nil, nil, transferToUser},

		// Variables.
		{"GET", variablesPath, viewingVariables, 0, nil, listVariables, nil},
		{"POST", variablesPath, editingVariables, 0, nil, nil, createVariable},
		{"PATCH", variablesPath + "/{variableName}", editingVariables, 0, nil, nil, updateVariable},
		{"DELETE", variablesPath + "/{variableName}", editingVariables, 0, nil, nil, deleteVariable},
		{"GET", variablesPath + "/{variableName}/history", viewingVariables, 0, nil, variableHistory, nil},

		// Feature controls and two-factor authentication.
		{"GET", "/organizations/{organizationId}/feature-controls", anyScopeView, 0, nil, listControls, nil},
		{"PATCH", "/organizations/{organizationId}/feature-controls", anyScopeEdit, 0, nil, nil, updateControl},
		{"PATCH", "/organizations/{organizationId}/tfa-enforcement", editing, 0, nil, nil, enforceTFA},

		// Billing, which Free organizations need to leave Free.
		{"GET", "/organizations/{organizationId}/payments", viewingPayments, onFree, nil, listPayments, nil},
		{"GET", subscriptionPath, viewingPayments, onFree, nil, getSubscription, nil},
		{"POST", subscriptionPath, editingPayments, onFree, nil, nil, createSubscription},
		{"PATCH", subscriptionPath, editingPayments, onFree, nil, nil, changeSubscription},
		{"DELETE", subscriptionPath, editingPayments, onFree, nil, nil, cancelSubscription},
		{"POST", subscriptionPath + "-free", editingPayments, onFree, nil, nil, freeSubscription},
		{"GET", subscriptionPath + "/payment-method-types", viewingPayments, onFree, nil, listPaymentMethodTypes, nil},
		{"GET", paymentsPath, viewingPayments, onFree, nil, listPaymentMethods, nil},
		{"DELETE", paymentsPath + "/{paymentMethodId}", editingPayments, onFree, nil, nil, deletePaymentMethod},
		{"PATCH", paymentsPath + "/{paymentMethodId}/default", editingPayments, onFree, nil, nil, preferPaymentMethod},
		{"POST", discountsPath + "/claim-cancellation-offer", editingPayments, onFree, nil, nil, claimOffer},
		{"GET", discountsPath, preparingPayments, onFree, nil, getDiscount, nil},
		{"POST", discountsPath + "/redeem", editingPayments, onFree, nil, nil, redeemDiscount},
		{"GET", productsPath, anyToken, 0, nil, listProducts, nil},
		{"GET", "/cashier/prices/{priceId}", anyToken, 0, nil, getPrice, nil},

		// Users, roles and teams.
		{"GET", "/users/me", anyToken, 0, nil, me, nil},
		{"GET", "/users/me/current-authorization", anyToken, 0, nil, currentAuthorization, nil},
		{"GET", "/users/me/organization-invitations", readingUsers, 0, nil, ownInvitations, nil},
		{"GET", "/users/me/api-tokens", readingUsers, 0, nil, apiTokens, nil},
		{"GET", "/users", viewingUsers, onFree, organizationOfQuery, listUsers, nil},
		{"GET", "/users/by-permission", viewingHolders, onFree, organizationOfPermission, listByPermission, nil},
		{"GET", "/users/roles", readingUsers, 0, nil, listRoles, nil},
		{"GET", "/users/roles/{roleId}", readingUsers, 0, nil, getRole, nil},
		{"GET", "/users/roles/permissions", readingUsers, 0, nil, listPermissions, nil},
		{"POST", "/users/custom-roles", editingRoles, 0, organizationOfBody, nil, createCustomRole},
		{"PATCH", "/users/custom-roles/{roleId}", editingRoles, 0, organizationOfBody, nil, updateCustomRole},
		{"DELETE", "/users/custom-roles/{roleId}", editingRoles, 0, organizationOfBody, nil, deleteCustomRole},
		{"GET", "/users/{userId}/user-team-roles", readingUsers, 0, nil, listUserTeams, nil},
		{"GET", "/teams", viewingTeams, onFree, organizationOfQuery, listTeams, nil},
		{"POST", "/teams", managingTeams, onFree, organizationOfBody, nil, createTeam},
		{"GET", "/teams/{teamId}", viewingTeams, onFree, organizationOfTeam, getTeam, nil},
		{"PATCH", "/teams/{teamId}", managingTeams, onFree, organizationOfTeam, nil, updateTeam},
		{"DELETE", "/teams/{teamId}", managingTeams, onFree, organizationOfTeam, nil, deleteTeam},
		{"GET", "/teams/{teamId}/user-team-roles", viewingTeams, onFree, organizationOfTeam, listTeamMembers, nil},

		// Lists of ids.
		{"GET", "/enums/imt-regions", anyToken, 0, nil, enum("imtRegions", regions), nil},
		{"GET", "/enums/imt-zones", anyToken, 0, nil, enum("imtZones", zoneEntries), nil},
		{"GET", "/enums/countries", anyToken, 0, nil, countries, nil},
		{"GET", "/enums/timezones", anyToken, 0, nil, enum("timezones", timezoneEntries), nil},
		{"GET", "/enums/locales", anyToken, 0, nil, enum("locales", localeEntries), nil},
		{"GET", "/enums/languages", anyToken, 0, nil, enum("languages", languageEntries), nil},
		{"GET", "/enums/variable-types", anyToken, 0, nil, enum("variableTypes", variableTypeEntries), nil},
		{"GET", "/enums/organization-features", anyToken, 0, nil, enum("organizationFeatures", featureNames), nil},
		{"GET", "/enums/user-features", anyToken, 0, nil, enum("userFeatures", names("allow_apps")), nil},
		{"GET", "/enums/user-api-token-scopes", anyToken, 0, nil, enum("userApiTokenScopes", names(allScopes...)), nil},
	}
}

func operations() []*operation {
	table := endpoints()
	list := make([]*operation, len(table))
	for i, row := range table {
		if row.organization == nil && strings.Contains(row.path, "{organizationId}") {
			row.organization = organizationOfPath
		}
		list[i] = &operation{endpoint: row}
	}
	return list
}

// ping: GET /ping needs no token; what it answers is not published.
func ping(*call) (any, error) { return object{{"ping", "pong"}}, nil }

func timezoneEntries(c *call) []Timezone { return c.zone.enums().Timezones }

func localeEntries(*call) []Locale { return builtinEnums().Locales }

func languageEntries(*call) []Language { return builtinEnums().Languages }

var featureNames = names("customVariables", "customRoles", "customFunctions")
