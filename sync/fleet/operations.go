package fleet

// Operation is a call of the API as this build makes it.
type Operation struct {
	Method, Path string
	// Sends are the keys of the body with their types, separated by spaces: name:string. A key that
	// takes one of a few words has those that are sent behind it: target:string=extras|both.
	Sends string
	// Reads are keys of the reply without which the call is of no use, dotted, lists left out:
	// organizations.id. A | separates the keys of which one suffices.
	Reads string
}

// operations are all calls that makesync makes, but for /ping and openapi.json. Keys that it can do
// without are not listed: a zone may leave them out.
var operations = []Operation{
	{"GET", "/organizations", "", "organizations.id organizations.name organizations.zone"},
	{"POST", "/organizations", "name:string regionId:integer timezoneId:integer countryId:integer", "organization.id"},
	{"GET", "/organizations/{}", "", "organization.id organization.name"},
	{"PATCH", "/organizations/{}", "name:string countryId:integer timezoneId:integer", ""},
	{"DELETE", "/organizations/{}", "", ""},
	{"GET", "/organizations/{}/apps", "", "installedApps"},
	{"GET", "/organizations/{}/check-team-permission", "", "hasPermission"},
	{"GET", "/organizations/{}/usage", "", "data.date data.operations|data.centicredits"},
	{"GET", "/organizations/{}/subscription", "", "product.name"},
	{"GET", "/organizations/{}/subscription/payment-methods", "", "paymentMethods.valid"},
	{"GET", "/organizations/{}/subscription/payment-method-types", "", ""},
	{"GET", "/organizations/{}/payments", "", "payments.created payments.status_name"},
	{"PATCH", "/organizations/{}/subscription", "priceId:integer customer:object", ""},
	{"POST", "/organizations/{}/subscription", "priceId:integer couponCode:string customer:object", "url"},
	{"DELETE", "/organizations/{}/subscription", "", ""},
	{"POST", "/organizations/{}/subscription-free", "", ""},
	{"PATCH", "/organizations/{}/subscription/payment-methods/{}/default",
		"target:string=extras|both|subscription", ""},
	{"DELETE", "/organizations/{}/subscription/payment-methods/{}", "", ""},
	{"GET", "/organizations/{}/universal-discount", "", ""},
	{"POST", "/organizations/{}/universal-discount/claim-cancellation-offer", "", ""},
	{"GET", "/cashier/products", "", ""},
	{"GET", "/cashier/prices/{}", "", ""},
	{"POST", "/organizations/{}/invite", "email:string name:string usersRoleId:integer note:string teamsId:array", ""},
	{"GET", "/organizations/invitation", "", "organization.id"},
	{"POST", "/organizations/accept-invitation", "hash:string", ""},
	{"GET", "/organizations/{}/user-organization-roles", "",
		"userOrganizationRoles.userId userOrganizationRoles.usersRoleId userOrganizationRoles.invitation"},
	{"POST", "/organizations/{}/user-organization-roles/transfer", "userId:integer", ""},
	{"GET", "/organizations/{}/variables", "",
		"organizationVariables.name organizationVariables.typeId organizationVariables.value"},
	{"POST", "/organizations/{}/variables", "name:string typeId:integer value:any", ""},
	{"PATCH", "/organizations/{}/variables/{}", "typeId:integer value:any", ""},
	{"DELETE", "/organizations/{}/variables/{}", "", ""},
	{"GET", "/organizations/{}/variables/{}/history", "",
		"organizationVariableHistory.changed organizationVariableHistory.diffObject"},
	{"GET", "/organizations/{}/feature-controls", "",
		"featureControls.id featureControls.name featureControls.enabled"},
	{"PATCH", "/organizations/{}/feature-controls", "id:integer enabled:boolean", ""},
	{"PATCH", "/organizations/{}/tfa-enforcement", "enable:boolean", ""},
	{"GET", "/users", "", "users.id users.email"},
	{"GET", "/users/by-permission", "", "users.id users.email"},
	{"GET", "/users/me", "", "authUser.id authUser.email"},
	{"GET", "/users/me/current-authorization", "", "authorization.scope"},
	{"GET", "/users/me/organization-invitations", "",
		"userOrganizationInvitations.hash userOrganizationInvitations.organizationId"},
	{"GET", "/users/roles", "", "usersRoles.id usersRoles.name"},
	{"GET", "/users/{}/user-organization-roles", "",
		"userOrganizationRoles.organizationId userOrganizationRoles.usersRoleId"},
	{"POST", "/users/{}/user-organization-roles/{}", "usersRoleId:integer", ""},
	{"GET", "/teams", "", "teams.id teams.name"},
	{"GET", "/enums/imt-regions", "", "imtRegions.id imtRegions.name"},
	{"GET", "/enums/countries", "", "countries.id countries.name"},
	{"GET", "/enums/timezones", "", "timezones.id timezones.name"},
}

// queries are the parameters that calls send in their queries, by operation, separated by spaces;
// of one that takes one of a few words those that are sent: pg[sortDir]=desc. cols[] is cols.
var queries = map[string]string{
	"GET /organizations":                          "cols pg[limit] pg[offset]",
	"GET /organizations/{}":                       "wait",
	"DELETE /organizations/{}":                    "confirmed",
	"GET /organizations/{}/check-team-permission": "teamPermission",
	"GET /organizations/{}/payments":              "pg[sortBy] pg[sortDir]=desc pg[limit]",
	"GET /organizations/invitation":               "hash",
	"DELETE /organizations/{}/variables/{}":       "confirmed",
	"POST /organizations/{}/subscription-free":    "confirmed",
	"GET /users":               "organizationId email cols=id|name|email|tfaStatus|userTeamIds pg[limit]",
	"GET /users/by-permission": "type=organization permission organizationId cols",
	"GET /users/me":            "cols",
	"GET /users/roles":         "category=organization organizationId cols",
	"POST /users/{}/user-organization-roles/{}": "confirmed deleteConnections",
	"GET /teams":            "organizationId pg[limit] pg[offset]",
	"GET /cashier/products": "type=PLAN organizationId",
}

// Operations are all calls that this build makes.
func Operations() []Operation { return operations }

// knownMistakes are what Make's own document is known to say wrongly, so that it is no news.
var knownMistakes = map[string]string{
	"POST /organizations/{}/invite": "userRoleId", // required, and no key of the body: usersRoleId is
}
