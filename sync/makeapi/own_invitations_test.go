package makeapi

import "testing"

// TestOwnInvitationRole: lists of columns call the role userRoleId, replies usersRoleId.
func TestOwnInvitationRole(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"usersRoleId", "userRoleId"} {
		z := &zone{answers: map[string]any{
			"GET /users/me/organization-invitations": `{"userOrganizationInvitations":[{"hash":"h","invitation":"pending",
				"` + key + `":12,"organizationId":11,"organizationName":"Acme"}]}`,
			"GET /organizations/invitation": `{"organization":{"id":11},"user":{"id":3},"userOrganizationRole":{"userId":3,
				"` + key + `":12}}`,
		}}
		c := client(t, z.ServeHTTP)
		list, err := OwnInvitations(t.Context(), c)
		if err != nil || len(list) != 1 || list[0].RoleID != 12 {
			t.Errorf("%s: %+v, %v", key, list, err)
		}
		if invitation, err := c.Invitation(t.Context(), "h"); err != nil || invitation.RoleID != 12 {
			t.Errorf("%s: %+v, %v", key, invitation, err)
		}
	}
}
