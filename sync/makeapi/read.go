package makeapi

import (
	"context"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// Organizations is the list of all organizations of the token's user, in all zones, every page
// (GET /organizations).
func (c *Client) Organizations(ctx context.Context) ([]*state.Organization, error) {
	return readOrganizations(ctx, c.caller)
}

// OrganizationNames is that list with id, name and zone only.
func (c *Client) OrganizationNames(ctx context.Context) ([]*state.Organization, error) {
	return readOrganizationNames(ctx, c.caller)
}

// Organization is the detail call (GET /organizations/{id}). With wait the zone answers only when a
// new organization has reached it from the central backend.
func (c *Client) Organization(ctx context.Context, id int64, wait bool) (*state.Organization, error) {
	return readOrganization(ctx, c.caller, id, wait)
}

// Read fills in the part of live that belongs to a kind; owner comes with the members, organization
// and tfa come with the list. A failure is returned and kept in live.Failed. What the
// organization's plan does not offer is an answer and goes to live.Lacks.
func (c *Client) Read(ctx context.Context, live *state.Organization, kind spec.Kind) error {
	var err error
	switch kind {
	case spec.KindVariable:
		err = readVariables(ctx, c.caller, live)
	case spec.KindFeatureControl:
		err = readControls(ctx, c.caller, live)
	case spec.KindMember, spec.KindOwner:
		kind = spec.KindMember
		err = readMembers(ctx, c.caller, live)
	case spec.KindSubscription:
		live.Account, err = readAccount(ctx, c.caller, live.ID)
	case spec.KindPaymentMethods:
		var methods []billing.PaymentMethod
		if methods, err = readPaymentMethods(ctx, c.caller, live.ID); err == nil {
			live.PaymentMethods = append([]billing.PaymentMethod{}, methods...)
		}
	}
	delete(live.Failed, kind)
	delete(live.Lacks, kind)
	if err == nil {
		if kind == spec.KindVariable && lacksVariables(live) {
			lack(live, kind, "the plan does not include custom variables")
		}
		return nil
	}
	call := state.AsCallError(err)
	if why := whyLacking(live, kind, call); why != "" && !kind.Bills() {
		lack(live, kind, why)
		if call.Class == exit.ClassFreePlan { // a plan that shuts tokens out has no Enterprise feature either
			lack(live, spec.KindTFA, why)
		}
		return nil
	}
	if live.Failed == nil {
		live.Failed = map[spec.Kind]error{}
	}
	live.Failed[kind] = err
	return err
}

// Names is one of the API's lists, asked for once per client. Teams and the roles of an
// organization need its id; for regions, countries and time zones it makes no difference.
func (c *Client) Names(ctx context.Context, list state.List, organization int64) ([]state.Name, error) {
	return cachedNames(ctx, c.caller, list, organization)
}

// Me is the token's user (GET /users/me), asked for once per client. TwoFactor is nil where the
// zone does not say.
func (c *Client) Me(ctx context.Context) (state.User, error) {
	return tokenUser(ctx, c.caller)
}

// RoleRow is the row of one person (GET /organizations/{id}/user-organization-roles/{userId}); nil
// when she is neither member nor invited.
func (c *Client) RoleRow(ctx context.Context, organization, user int64) (*state.RoleRow, error) {
	return readRoleRow(ctx, c.caller, organization, user)
}

// Scopes are what the token's authorization allows (GET /users/me/current-authorization), asked for
// once per client; none where the zone does not say.
func (c *Client) Scopes(ctx context.Context) ([]string, error) {
	scopes, err := tokenScopes(ctx, c.caller)
	return scopes, c.asCallError("read the token's scopes of", err)
}

// FindUser asks for one person by e-mail (GET /users?organizationId&email), member or invitee; 0
// when the zone knows none.
func (c *Client) FindUser(ctx context.Context, organization int64, email string) (int64, error) {
	return findUser(ctx, c.caller, organization, email)
}

// Memberships are the organizations of which the token's user is an accepted member (published: GET
// /users/{userId}/user-organization-roles).
func (c *Client) Memberships(ctx context.Context) ([]int64, error) {
	return readMemberships(ctx, c.caller)
}

// History is the history of one variable (GET …/variables/{name}/history). It says who changed a
// value since a plan was made.
func (c *Client) History(ctx context.Context, organization int64, name string) ([]Change, error) {
	return readHistory(ctx, c.caller, organization, name)
}

// Invitation reads an invitation by its hash (GET /organizations/invitation).
func (c *Client) Invitation(ctx context.Context, hash string) (Invitation, error) {
	return readInvitation(ctx, c.caller, hash)
}

// SecondFactors tells, by e-mail, who of an organization signs in with a second factor; nil where
// the zone does not say. It is one call (published: GET /users, column tfaStatus).
func (c *Client) SecondFactors(ctx context.Context, organization int64) (map[string]*bool, error) {
	live := &state.Organization{}
	live.ID = organization
	people, err := listPeople(ctx, c.caller, live)
	if err != nil {
		return nil, err
	}
	factors := map[string]*bool{}
	for i := range people.rows {
		factors[string(people.rows[i].Email)] = people.rows[i].facts().TwoFactor
	}
	return factors, nil
}
