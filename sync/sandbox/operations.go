package sandbox

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

// operations is the table of all operations of a zone. The package comment says
// how each behaves and how far its source is to be trusted.
func operations() []*operation {
	at := organizationOfPath
	return []*operation{
		{method: "GET", path: "/ping", flags: public, read: ping},
		{method: "GET", path: "/openapi.json", flags: public, read: serveContract},

		// Organizations.
		{method: "GET", path: "/organizations", scopes: readOrganizations, read: listOrganizations},
		{method: "POST", path: "/organizations", scopes: writeOrganizations, write: createOrganization},
		{method: "GET", path: "/organizations/{organizationId}", scopes: readOrganizations, permission: mayView, flags: onFree | early, organization: at, read: getOrganization},
		{method: "PATCH", path: "/organizations/{organizationId}", scopes: writeOrganizations, permission: mayEdit, organization: at, write: updateOrganization},
		{method: "DELETE", path: "/organizations/{organizationId}", scopes: writeOrganizations, organization: at, write: deleteOrganization},
		{method: "GET", path: "/organizations/{organizationId}/apps", scopes: readOrganizations, permission: mayView, organization: at, read: listApps},
		{method: "GET", path: "/organizations/{organizationId}/usage", scopes: readOrganizations, permission: mayView, organization: at, read: getUsage},
		{method: "GET", path: "/organizations/{organizationId}/check-team-permission", organization: at, read: checkTeamPermission},

		// Invitations.
		{method: "POST", path: "/organizations/{organizationId}/invite", scopes: writeOrganizations, permission: mayManageUsers, organization: at, write: invite},
		{method: "GET", path: "/organizations/invitation", scopes: readOrganizations, read: showInvitation},
		{method: "POST", path: "/organizations/accept-invitation", scopes: writeOrganizations, write: acceptInvitation},

		// Roles of users in organizations.
		{method: "GET", path: "/organizations/{organizationId}/user-organization-roles", scopes: readOrganizations, permission: mayView, organization: at, read: listMembers},
		{method: "GET", path: "/organizations/{organizationId}/user-organization-roles/{userId}", scopes: readOrganizations, permission: mayView, organization: at, read: getMember},
		{method: "POST", path: "/organizations/{organizationId}/user-organization-roles/transfer", organization: at, write: transferTo},
		{method: "GET", path: "/users/{userId}/user-organization-roles", scopes: readUser, read: listMemberships},
		{method: "GET", path: "/users/{userId}/user-organization-roles/{organizationId}", scopes: readUser, permission: mayView, flags: anyZone, organization: at, read: getMember},
		{method: "POST", path: "/users/{userId}/user-organization-roles/{organizationId}", scopes: writeUser, organization: at, write: changeMember},
		{method: "POST", path: "/users/{userId}/user-organization-roles/{organizationId}/transfer", scopes: writeUser, organization: at, write: transferToUser},

		// Variables.
		{method: "GET", path: "/organizations/{organizationId}/variables", scopes: readVariables, permission: mayViewVariables, organization: at, read: listVariables},
		{method: "POST", path: "/organizations/{organizationId}/variables", scopes: writeVariables, permission: mayEditVariables, organization: at, write: createVariable},
		{method: "PATCH", path: "/organizations/{organizationId}/variables/{variableName}", scopes: writeVariables, permission: mayEditVariables, organization: at, write: updateVariable},
		{method: "DELETE", path: "/organizations/{organizationId}/variables/{variableName}", scopes: writeVariables, permission: mayEditVariables, organization: at, write: deleteVariable},
		{method: "GET", path: "/organizations/{organizationId}/variables/{variableName}/history", scopes: readVariables, permission: mayViewVariables, organization: at, read: variableHistory},

		// Feature controls and two-factor authentication.
		{method: "GET", path: "/organizations/{organizationId}/feature-controls", permission: mayView, organization: at, read: listControls},
		{method: "PATCH", path: "/organizations/{organizationId}/feature-controls", permission: mayEdit, organization: at, write: updateControl},
		{method: "PATCH", path: "/organizations/{organizationId}/tfa-enforcement", scopes: writeOrganizations, permission: mayEdit, organization: at, write: enforceTFA},

		// Billing, which Free organizations need to leave Free.
		{method: "GET", path: "/organizations/{organizationId}/payments", scopes: readOrganizations, permission: mayViewPayments, flags: onFree, organization: at, read: listPayments},
		{method: "GET", path: "/organizations/{organizationId}/subscription", scopes: readOrganizations, permission: mayViewPayments, flags: onFree, organization: at, read: getSubscription},
		{method: "POST", path: "/organizations/{organizationId}/subscription", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: createSubscription},
		{method: "PATCH", path: "/organizations/{organizationId}/subscription", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: changeSubscription},
		{method: "DELETE", path: "/organizations/{organizationId}/subscription", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: cancelSubscription},
		{method: "POST", path: "/organizations/{organizationId}/subscription-free", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: freeSubscription},
		{method: "GET", path: "/organizations/{organizationId}/subscription/payment-method-types", scopes: readOrganizations, permission: mayViewPayments, flags: onFree, organization: at, read: listPaymentMethodTypes},
		{method: "GET", path: "/organizations/{organizationId}/subscription/payment-methods", scopes: readOrganizations, permission: mayViewPayments, flags: onFree, organization: at, read: listPaymentMethods},
		{method: "DELETE", path: "/organizations/{organizationId}/subscription/payment-methods/{paymentMethodId}", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: deletePaymentMethod},
		{method: "PATCH", path: "/organizations/{organizationId}/subscription/payment-methods/{paymentMethodId}/default", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: setDefaultPaymentMethod},
		{method: "POST", path: "/organizations/{organizationId}/universal-discount/claim-cancellation-offer", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: claimOffer},
		{method: "GET", path: "/organizations/{organizationId}/universal-discount", scopes: readOrganizations, permission: mayEditPayments, flags: onFree, organization: at, read: getDiscount},
		{method: "POST", path: "/organizations/{organizationId}/universal-discount/redeem", scopes: writeOrganizations, permission: mayEditPayments, flags: onFree, organization: at, write: redeemDiscount},
		{method: "GET", path: productsPath, read: listProducts},
		{method: "GET", path: "/cashier/prices/{priceId}", read: getPrice},

		// Users, roles and teams.
		{method: "GET", path: "/users/me", read: me},
		{method: "GET", path: "/users/me/current-authorization", read: currentAuthorization},
		{method: "GET", path: "/users/me/organization-invitations", scopes: readUser, read: ownInvitations},
		{method: "GET", path: "/users/me/api-tokens", scopes: readUser, read: apiTokens},
		{method: "GET", path: "/users", scopes: readUser, permission: mayView, flags: onFree, organization: organizationOfQuery, read: listUsers},
		{method: "GET", path: "/users/by-permission", scopes: readUser, permission: mayViewUsers, flags: onFree, organization: organizationOfPermission, read: listByPermission},
		{method: "GET", path: "/users/roles", scopes: readUser, read: listRoles},
		{method: "GET", path: "/users/roles/{roleId}", scopes: readUser, read: getRole},
		{method: "GET", path: "/users/roles/permissions", scopes: readUser, read: listPermissions},
		{method: "POST", path: "/users/custom-roles", scopes: writeUser, permission: mayEditRoles, organization: organizationOfBody, write: createCustomRole},
		{method: "PATCH", path: "/users/custom-roles/{roleId}", scopes: writeUser, permission: mayEditRoles, organization: organizationOfBody, write: updateCustomRole},
		{method: "DELETE", path: "/users/custom-roles/{roleId}", scopes: writeUser, permission: mayEditRoles, organization: organizationOfBody, write: deleteCustomRole},
		{method: "GET", path: "/users/{userId}/user-team-roles", scopes: readUser, read: listUserTeams},
		{method: "GET", path: "/teams", scopes: readTeams, permission: mayView, flags: onFree, organization: organizationOfQuery, read: listTeams},
		{method: "POST", path: "/teams", scopes: writeTeams, permission: mayManageTeams, flags: onFree, organization: organizationOfBody, write: createTeam},
		{method: "GET", path: "/teams/{teamId}", scopes: readTeams, permission: mayView, flags: onFree, organization: organizationOfTeam, read: getTeam},
		{method: "PATCH", path: "/teams/{teamId}", scopes: writeTeams, permission: mayManageTeams, flags: onFree, organization: organizationOfTeam, write: updateTeam},
		{method: "DELETE", path: "/teams/{teamId}", scopes: writeTeams, permission: mayManageTeams, flags: onFree, organization: organizationOfTeam, write: deleteTeam},
		{method: "GET", path: "/teams/{teamId}/user-team-roles", scopes: readTeams, permission: mayView, flags: onFree, organization: organizationOfTeam, read: listTeamMembers},

		// Lists of ids.
		{method: "GET", path: "/enums/imt-regions", read: enum("imtRegions", regions)},
		{method: "GET", path: "/enums/imt-zones", read: enum("imtZones", zoneEntries)},
		{method: "GET", path: "/enums/countries", read: countries},
		{method: "GET", path: "/enums/timezones", read: enum("timezones", func(c *call) []Timezone { return c.zone.enums().Timezones })},
		{method: "GET", path: "/enums/locales", read: enum("locales", func(*call) []Locale { return builtinEnums.Locales })},
		{method: "GET", path: "/enums/languages", read: enum("languages", func(*call) []Language { return builtinEnums.Languages })},
		{method: "GET", path: "/enums/variable-types", read: enum("variableTypes", variableTypeEntries)},
		{method: "GET", path: "/enums/organization-features", read: enum("organizationFeatures", names("customVariables", "customRoles", "customFunctions"))},
		{method: "GET", path: "/enums/user-features", read: enum("userFeatures", names("allow_apps"))},
		{method: "GET", path: "/enums/user-api-token-scopes", read: enum("userApiTokenScopes", names(allScopes...))},
	}
}

// ping: GET /ping needs no token; what it answers is not published.
func ping(*call) (any, error) { return object{{"ping", "pong"}}, nil }
