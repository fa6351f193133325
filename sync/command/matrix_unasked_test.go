package command_test

import "net/http"

// unaskedRows are answers to questions that no run of testdata/everything comes to: what they are about is not
// asked for, and a client that asks all the same makes a call that nobody counts on.
var unaskedRows = []matrixRow{
	{name: "usage-form", value: "numbers", wrong: asksFor("/organizations/11/usage")},
	{name: "usage-form", value: "strings", wrong: asksFor("/organizations/11/usage")},
	{name: "usage-form", value: "mixed", wrong: asksFor("/organizations/11/usage")},

	{name: "history-deletion", value: "none", wrong: asksFor("/organizations/11/variables/RETRIES/history")},
	{name: "history-deletion", value: "kept", wrong: asksFor("/organizations/11/variables/RETRIES/history")},
	{name: "history-diff", value: "old-new", wrong: asksFor("/organizations/11/variables/RETRIES/history")},
	{name: "history-diff", value: "flat", wrong: asksFor("/organizations/11/variables/RETRIES/history")},
	{name: "history-order", value: "newest-first", wrong: asksFor("/organizations/11/variables/RETRIES/history")},
	{name: "history-order", value: "oldest-first", wrong: asksFor("/organizations/11/variables/RETRIES/history")},
	{name: "history-value", value: "typed", wrong: asksFor("/organizations/11/variables/RETRIES/history")},
	{name: "history-value", value: "string", wrong: asksFor("/organizations/11/variables/RETRIES/history")},

	{name: "invitation-zone", value: "yes", wrong: asksFor("/users/me/organization-invitations")},
	{name: "invitation-zone", value: "no", wrong: asksFor("/users/me/organization-invitations")},
	{name: "invitation-role", value: "usersRoleId", wrong: asksFor("/users/me/organization-invitations")},
	{name: "invitation-role", value: "userRoleId", wrong: asksFor("/users/me/organization-invitations")},
	{name: "expired-invitation", value: "404", wrong: asksFor("/users/me/organization-invitations")},
	{name: "expired-invitation", value: "400", wrong: asksFor("/users/me/organization-invitations")},
	{name: "tfa-status", value: "shown", wrong: asksFor("/users/me/api-tokens")},
	{name: "tfa-status", value: "null", wrong: asksFor("/users/me/api-tokens")},
	{name: "tfa-status", value: "absent", wrong: asksFor("/users/me/api-tokens")},
	{name: "tfa-filter", value: "ignore", wrong: asksFor("/users/me/api-tokens")},
	{name: "tfa-filter", value: "refuse", wrong: asksFor("/users/me/api-tokens")},

	{name: "free-subscription", value: "product", wrong: asksFor("/organizations/14/subscription")},
	{name: "free-subscription", value: "empty", wrong: asksFor("/organizations/14/subscription")},
	{name: "free-subscription", value: "null", wrong: asksFor("/organizations/14/subscription")},
	{name: "free-subscription", value: "404", wrong: asksFor("/organizations/14/subscription")},
	{name: "plan-name", value: "catalogue", wrong: asksFor("/organizations/14/subscription")},
	{name: "plan-name", value: "capitals", wrong: asksFor("/organizations/14/subscription")},
	{name: "failed-charge", value: "402", wrong: asksFor("/organizations/11/subscription")},
	{name: "failed-charge", value: "409", wrong: asksFor("/organizations/11/subscription")},
	{name: "failed-charge", value: "400", wrong: asksFor("/organizations/11/subscription")},
	{name: "failed-charge", value: "unchanged", wrong: asksFor("/organizations/11/subscription")},
	{name: "failed-charge", value: "later", wrong: asksFor("/organizations/11/subscription")},
	{name: "pending-cancel", value: "unchanged", wrong: asksFor("/organizations/11/subscription")},
	{name: "pending-cancel", value: "null", wrong: asksFor("/organizations/11/subscription")},
	{name: "second-free", value: "refuse", wrong: asksFor("/organizations/11/subscription")},
	{name: "second-free", value: "allow", wrong: asksFor("/organizations/11/subscription")},
	{name: "cashier", value: "readable", wrong: asksFor("/cashier/products")},
	{name: "cashier", value: "organization", wrong: asksFor("/cashier/products")},
	{name: "cashier", value: "forbid", wrong: asksFor("/cashier/products")},
	{name: "product-users", value: "absent", wrong: asksFor("/cashier/products")},
	{name: "product-users", value: "licence", wrong: asksFor("/cashier/products")},
	{name: "amounts", value: "published", wrong: asksFor("/cashier/products")},
	{name: "amounts", value: "number", wrong: asksFor("/cashier/products")},
	{name: "amounts", value: "string", wrong: asksFor("/cashier/products")},
	{name: "period-form", value: "published", wrong: asksFor("/cashier/products")},
	{name: "period-form", value: "bare", wrong: asksFor("/cashier/products")},
	{name: "period-form", value: "counted", wrong: asksFor("/cashier/products")},
	{name: "yearly-period", value: "year", wrong: asksFor("/cashier/products")},
	{name: "yearly-period", value: "annual", wrong: asksFor("/cashier/products")},
	{name: "payment-form", value: "example", wrong: asksFor("/organizations/11/payments")},
	{name: "payment-form", value: "schema", wrong: asksFor("/organizations/11/payments")},

	{name: "bad-token", value: "IM015", wrong: asksFor("/users/me/api-tokens")},
	{name: "bad-token", value: "IM001", wrong: asksFor("/users/me/api-tokens")},
	{name: "scope-order", value: "user:read", wrong: asksFor("/users/me/api-tokens")},
	{name: "scope-order", value: "read:user", wrong: asksFor("/users/me/api-tokens")},
	{name: "contract", value: "served", wrong: asksFor("/openapi.json")},
	{name: "contract", value: "published", wrong: asksFor("/openapi.json")},
}

// asksFor makes one call too many.
func asksFor(path string) wrongClient { return before("GET /organizations", http.MethodGet, path, "") }
