package sandbox

// switches are all open questions, by what they are about.
var switches = []Switch{
	// Organizations and their plans.
	{"create-organization", []string{"allow", "forbid"}, "whether a token without admin:write creates organizations"},
	{
		"create-lag",
		[]string{"none", "calls", "wait"},
		"a new organization answers at once, after three calls, or only after GET with wait=true",
	},
	{"detail-cols", []string{"ignore", "apply"}, "cols[] on GET /organizations/{organizationId}"},
	{"unknown-cols", []string{"ignore", "refuse"}, "a column that does not exist in cols[]"},
	{
		"invited-in-list",
		[]string{"no", "yes"},
		"whether GET /organizations has organizations where the user is only invited",
	},
	{
		"foreign-organization",
		[]string{"403", "404"},
		"answer about an organization of which the user is no accepted member",
	},
	{
		"free-plan",
		[]string{"refuse", "reads", "allow"},
		"calls about a Free organization: only lists and details, all reads, all",
	},
	{
		"unconfirmed-delete",
		[]string{"406", "400", "403"},
		"answer to an unconfirmed DELETE of a team or of an organization with active scenarios: IM004, SC400, SC403",
	},
	{
		"delete-metadata",
		[]string{"scenarios", "none", "other"},
		"what a 406 of a DELETE names: the scenarios, nothing, or something in another form",
	},
	{"team-limit", []string{"ignore", "enforce"}, "whether the licence's number of teams is enforced"},
	{
		"usage-form",
		[]string{"numbers", "strings", "mixed"},
		"days of usage: numbers, decimal strings, or every other day with datatransfer in place of dataTransfer",
	},

	// Variables.
	{
		"variables-list",
		[]string{"array", "object"},
		"GET variables: a list; or no system variables, and one object in place of a list of one",
	},
	{
		"variables-404",
		[]string{"SC404", "IM027", "plain"},
		"body of the 404 where the licence has no custom variables: its code, or plain text",
	},
	{
		"number-value",
		[]string{"number", "stored", "string"},
		"value of a number variable in replies: always a JSON number, as it was sent, always a string",
	},
	{
		"value-check",
		[]string{"lenient", "strict"},
		"whether \"5\" passes for a number and \"true\" for a boolean when typeId and value are sent together",
	},
	{
		"history-diff",
		[]string{"old-new", "flat"},
		"an edited entry of a variable's history: values before and after, or the later ones only",
	},
	{"history-order", []string{"newest-first", "oldest-first"}, "order of a variable's history"},
	{"history-value", []string{"typed", "string"}, "values in a variable's history: as in the list, or as texts"},
	{
		"history-deletion",
		[]string{"none", "kept"},
		"history of a variable that is not there any more: 404, or kept, with an entry for its deletion",
	},

	// Members and invitations.
	{"users-limit", []string{"10", "10000"}, "rows of GET /users when no pg[limit] is sent"},
	{"email-filter", []string{"substring", "exact"}, "how GET /users compares the email filter"},
	{"pending-in-users", []string{"yes", "no"}, "whether people with an open invitation are in GET /users"},
	{"pending-role", []string{"refuse", "accept"}, "whether the role of an open invitation can be changed"},
	{"duplicate-invite", []string{"IM005", "SC400"}, "code of the 400 for inviting somebody who is there already"},
	{"invitation-zone", []string{"yes", "no"}, "whether the user's own invitations name the zone"},
	{
		"invitation-role",
		[]string{"usersRoleId", "userRoleId"},
		"key of the role in the user's own invitations: as in replies, or as in the published lists of columns",
	},
	{"expired-invitation", []string{"404", "400"}, "answer to accepting an invitation that has expired"},
	{
		"permission-guests",
		[]string{"no", "yes"},
		"whether GET /users/by-permission has people whose role lacks the permission",
	},
	{
		"removal-body",
		[]string{"any", "object", "none", "string"},
		"which body removes a member: no body, {} and \"\" alike, or just one of them",
	},
	{
		"removal-refusal",
		[]string{"400", "ignored"},
		"answer to a removal whose body is not empty in the form of removal-body: 400, or 200 with the role that stays",
	},
	{
		"removal-reply",
		[]string{"null", "role"},
		"usersRoleId in the reply to a removal: null, or the role that the member had",
	},
	{
		"removal-confirmed",
		[]string{"no", "yes"},
		"whether a removal asks for confirmed=true even where the connections stay",
	},
	{"former-owner", []string{"admin", "member", "removed"}, "role of the former Owner after a transfer"},

	// Feature controls and two-factor authentication.
	{"control-reply", []string{"featureControl", "featureControls"}, "key of the reply to PATCH feature-controls"},
	{"control-scope", []string{"organizations:write", "none"}, "scope that PATCH feature-controls asks for"},
	{"tfa-feature", []string{"on", "off"}, "off: TFA enforcement answers 400, the feature being off"},
	{"tfa-plan", []string{"SC402", "IM027"}, "code of the 402 where the plan has no TFA enforcement"},
	{
		"tfa-token",
		[]string{"keep", "revoke"},
		"whether enforcing TFA makes tokens of users without two-factor authentication invalid",
	},
	{
		"tfa-status",
		[]string{"shown", "null", "absent"},
		"column tfaStatus of users in an organization whose plan has no TFA enforcement",
	},
	{"tfa-filter", []string{"ignore", "refuse"}, "filter tfaStatus of GET /users on such a plan"},

	// Billing.
	{
		"free-subscription",
		[]string{"product", "empty", "null", "404"},
		"GET subscription on Free: a product FREE, {}, {\"product\":null}, 404",
	},
	{
		"plan-name",
		[]string{"catalogue", "capitals"},
		"the name of a paid plan in GET subscription: as in the catalogue, or in capitals, as FREE is published",
	},
	{
		"failed-charge",
		[]string{"402", "409", "400", "unchanged", "later"},
		"PATCH subscription whose charge fails: a refusal, 200 and nothing has changed, 200 and the change " +
			"with a grace of 7 days",
	},
	{"pending-cancel", []string{"unchanged", "null"}, "nextBill of a subscription that is cancelled and not over yet"},
	{
		"second-free",
		[]string{"refuse", "allow"},
		"one Free organization per Owner: refuse subscription-free and pause what ends, or no such limit",
	},
	{
		"cashier",
		[]string{"readable", "organization", "forbid"},
		"the catalogue for ordinary tokens: readable, only with organizationId, forbidden",
	},
	{
		"product-users",
		[]string{"absent", "licence"},
		"how many users a product offers: not told, as in the published example, or told as in licences",
	},
	{
		"amounts",
		[]string{"published", "number", "string"},
		"amounts of money: numbers in the catalogue's list and texts elsewhere, all numbers, all texts",
	},
	{
		"period-form",
		[]string{"published", "bare", "counted"},
		"periods: month in the catalogue and 1 month in a subscription, month in both, 1 month in both",
	},
	{"yearly-period", []string{"year", "annual"}, "the word for a year as period"},
	{
		"payment-form",
		[]string{"example", "schema"},
		"payments: texts and instants as in the example, or numbers and dates as in the schema",
	},

	// All calls.
	{
		"rate-limit",
		[]string{"organization", "both", "off"},
		"what is limited: calls about an organization, those and calls per user, or nothing",
	},
	{"rate-body", []string{"plain", "json"}, "body of a 429"},
	{
		"rate-headers",
		[]string{"x-ratelimit", "success", "retry-after", "none"},
		"headers of the rate limit: on all replies, on those without an error, Retry-After on refusals, none",
	},
	{"denied", []string{"detail", "message"}, "a 403: \"Access denied.\" as detail, or as the message alone"},
	{"bad-token", []string{"IM015", "IM001"}, "code of the 401"},
	{"scope-order", []string{"user:read", "read:user"}, "how the own scopes are written"},
	{
		"country-codes",
		[]string{"code1", "code", "none"},
		"three-letter codes of countries: as code1, as code, or left out",
	},
	{
		"contract",
		[]string{"served", "published"},
		"openapi.json: as this zone answers, or with the known mistakes of Make's",
	},
}
