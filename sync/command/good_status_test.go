package command_test

import (
	"testing"
	"testing/synctest"
)

// TestAGoodStatusIsNoProof: an error with the status 200 is not taken for something done, also where nothing can be
// read back afterwards.
func TestAGoodStatusIsNoProof(t *testing.T) {
	t.Parallel()
	for write, read := range map[string]string{
		"PATCH /organizations/{organizationId}/feature-controls":                "GET /organizations/{organizationId}/feature-controls",
		"PATCH /organizations/{organizationId}/variables/{variableName}":        "GET /organizations/{organizationId}/variables",
		"DELETE /organizations/{organizationId}/variables/{variableName}":       "GET /organizations/{organizationId}/variables",
		"POST /organizations/{organizationId}/invite":                           "GET /organizations/{organizationId}/user-organization-roles",
		"POST /users/{userId}/user-organization-roles/{organizationId}":         "GET /organizations/{organizationId}/user-organization-roles",
		"PATCH /organizations/{organizationId}":                                 "GET /organizations/{organizationId}",
		"POST /organizations/{organizationId}/user-organization-roles/transfer": "GET /organizations/{organizationId}/user-organization-roles",
	} {
		t.Run(write, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEverything(t, false, nil)
				e.fault("op=" + write + ",organization=11,nth=1,kind=status,status=200")
				for _, nth := range []string{"2", "3", "4"} {
					e.fault("op=" + read + ",organization=11,nth=" + nth + ",kind=redirect")
				}
				report, wrong := e.applyTruly()
				for _, words := range wrong {
					t.Errorf("%s: %s", words, stepsOf(report))
				}
			})
		})
	}
}
