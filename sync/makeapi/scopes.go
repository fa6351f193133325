package makeapi

import (
	"context"
	"net/http"
	"strings"

	"makesync/sync/exit"
)

// The scopes that the published pages name per endpoint. Some of them spell `organization:read`;
// the token list knows only the plural, so lackingScope never speaks of those.
const (
	scopeOrganizationsRead  = "organizations:read"
	scopeOrganizationsWrite = "organizations:write"
	scopeVariablesRead      = "organization-variables:read"
	scopeVariablesWrite     = "organization-variables:write"
	scopeUserRead           = "user:read"
	scopeUserWrite          = "user:write"
	scopeTeamsRead          = "teams:read"
)

// tokenScopes asks for the token's scopes (GET /users/me/current-authorization) once per client,
// and only to explain a 403: the failure to learn them is remembered too.
func tokenScopes(ctx context.Context, c caller) ([]string, error) {
	return c.scopeCache.do(ctx, struct{}{}, func(ctx context.Context) ([]string, error) {
		var reply struct {
			Authorization struct {
				Scope texts `json:"scope"`
			} `json:"authorization"`
		}
		// The call has no scope of its own, so that a 403 to it is not explained by itself.
		err := c.repeat(ctx, &call{
			method: http.MethodGet, path: "/users/me/current-authorization",
			doing: "read the token's scopes", decode: decodeJSON(&reply),
		})
		if err != nil && err.Class != exit.ClassCancelled {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return reply.Authorization.Scope, nil
	})
}

// texts is an array of texts, or one text with spaces between them.
type texts []string

// UnmarshalJSON takes both forms; anything else says nothing.
func (t *texts) UnmarshalJSON(data []byte) error {
	var each []looseText
	if unmarshal(data, &each) != nil {
		var one looseText
		if unmarshal(data, &one) == nil {
			*t = strings.Fields(string(one))
		}
		return nil
	}
	for _, one := range each {
		*t = append(*t, string(one))
	}
	return nil
}
