package makeapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"makesync/sync/exit"
	"makesync/sync/plan"
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

// verbScopes are the scopes of the writes.
var verbScopes = map[plan.Verb]string{
	plan.CreateOrganization: scopeOrganizationsWrite,
	plan.UpdateOrganization: scopeOrganizationsWrite,
	plan.DeleteOrganization: scopeOrganizationsWrite,
	plan.CreateVariable:     scopeVariablesWrite,
	plan.UpdateVariable:     scopeVariablesWrite,
	plan.DeleteVariable:     scopeVariablesWrite,
	plan.SetControl:         scopeOrganizationsWrite,
	plan.EnforceTFA:         scopeOrganizationsWrite,
	plan.InviteMember:       scopeOrganizationsWrite,
	plan.SetRole:            scopeUserWrite,
	plan.RemoveMember:       scopeUserWrite,
	plan.TransferOwner:      scopeOrganizationsWrite,
	plan.AcceptInvitation:   scopeOrganizationsWrite,
	plan.ChangeSubscription: scopeOrganizationsWrite,
	plan.BeginSubscription:  scopeOrganizationsWrite,
	plan.FreeSubscription:   scopeOrganizationsWrite,
	plan.CancelSubscription: scopeOrganizationsWrite,
	plan.PreferMethod:       scopeOrganizationsWrite,
	plan.RemoveMethod:       scopeOrganizationsWrite,
	plan.ClaimOffer:         scopeOrganizationsWrite,
}

// MissingScopes are the scopes, sorted, that writes of these verbs need and a token with these
// scopes does not have. It is good for a warning and no more: which scope a write needs is
// published, how a zone spells it is not certain. A token without known scopes lacks none.
func MissingScopes(scopes []string, verbs []plan.Verb) []string {
	var missing []string
	for _, verb := range verbs {
		if need := verbScopes[verb]; need != "" && len(scopes) > 0 && !hasScope(scopes, need) {
			missing = append(missing, need)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// hasScope tells whether a scope is among those of a token, in either order of its words:
// recordings have `user:read`, an example of the published contract has `read:user`.
func hasScope(scopes []string, scope string) bool {
	object, action, _ := strings.Cut(scope, ":")
	return slices.Contains(scopes, scope) || slices.Contains(scopes, action+":"+object)
}

// tokenScopes asks for the token's scopes (GET /users/me/current-authorization) once per client,
// The failure to learn them is remembered too.
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
		var one longText // of many scopes
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
