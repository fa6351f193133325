package makeapi

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// TestLongTexts: what is longer than any name that Make takes makes a list one that is not used, whatever
// is listed; a value may be as long as ever.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	read := func(kind spec.Kind) func(t *testing.T, c *Client) error {
		return func(t *testing.T, c *Client) error {
			live := &state.Organization{Organization: spec.Organization{ID: 1}}
			return c.Read(t.Context(), live, kind)
		}
	}
	for _, test := range []struct {
		name, path, body string
		ask              func(t *testing.T, c *Client) error
	}{
		{"organizations", "/organizations", `{"organizations":[{"id":1,"name":"%"}]}`,
			func(t *testing.T, c *Client) error { _, err := c.Organizations(t.Context()); return err }},
		{"one organization", "/organizations", `{"organizations":{"id":1,"name":"%"}}`,
			func(t *testing.T, c *Client) error { _, err := c.Organizations(t.Context()); return err }},
		{"its teams", "/organizations", `{"organizations":[{"id":1,"name":"n","teams":[{"id":1,"name":"%"}]}]}`,
			func(t *testing.T, c *Client) error { _, err := c.Organizations(t.Context()); return err }},
		{"variables", "/organizations/1/variables",
			`{"organizationVariables":[{"name":"%","typeId":2,"value":"v"}]}`, read(spec.KindVariable)},
		{"variables with spaces", "/organizations/1/variables",
			`{"organizationVariables": [{"name": "%", "typeId": 2, "value": "v"}]}`, read(spec.KindVariable)},
		{"variables by name", "/organizations/1/variables",
			`{"organizationVariables":{"%":{"typeId":2,"value":"v"}}}`, read(spec.KindVariable)},
		{"variables by name in rows", "/organizations/1/variables",
			`{"organizationVariables":{"v":{"name":"%","typeId":2,"value":"v"}}}`, read(spec.KindVariable)},
		{"controls", "/organizations/1/feature-controls",
			`{"featureControls":[{"id":1,"name":"%","enabled":true}]}`, read(spec.KindFeatureControl)},
		{"people", "/users", `{"users":[{"id":7,"email":"%@acme.example"}]}`, read(spec.KindMember)},
		{"promises", "/users", `{"users":[],"membershipPromises":[{"legacyEmail":"%@acme.example"}]}`, read(spec.KindMember)},
		{"names", "/enums/countries", `{"countries":[{"id":1,"name":"%"}]}`,
			func(t *testing.T, c *Client) error { _, err := c.Names(t.Context(), state.Countries, 0); return err }},
		{"invitations", "/users/me/organization-invitations",
			`{"userOrganizationInvitations":[{"hash":"h","organizationId":1,"organizationName":"%"}]}`,
			func(t *testing.T, c *Client) error { _, err := OwnInvitations(t.Context(), c); return err }},
	} {
		for _, size := range []int{longestText - 20, longestText + 1, 60_000} {
			body := strings.ReplaceAll(test.body, "%", strings.Repeat("n", size))
			err := test.ask(t, client(t, func(w http.ResponseWriter, r *http.Request) {
				switch path := strings.TrimPrefix(r.URL.Path, "/api/v2"); path {
				case test.path:
					io.WriteString(w, body)
				case "/organizations/1/user-organization-roles":
					io.WriteString(w, `{"userOrganizationRoles":[{"userId":7,"organizationId":1,"usersRoleId":11}]}`)
				default:
					w.WriteHeader(http.StatusNotFound)
				}
			}, fewRetries))
			if size <= longestText {
				if err != nil {
					t.Errorf("%s of %d bytes: %v", test.name, size, err)
				}
				continue
			}
			if e := callError(t, err); e.Class != exit.ClassBroken || !strings.Contains(e.Message, "longer than 512 bytes") {
				t.Errorf("%s of %d bytes: %v", test.name, size, err)
			}
		}
	}
	value := strings.Repeat("v", 60_000)
	live := &state.Organization{Organization: spec.Organization{ID: 1}}
	c := client(t, answers(200, `{"organizationVariables":[{"name":"V","typeId":2,"value":"`+value+`"}]}`))
	if err := c.Read(t.Context(), live, spec.KindVariable); err != nil || live.Variables[0].Value.Reveal() != value {
		t.Errorf("a long value: %v", err)
	}
	c = client(t, answers(400, `{"message":"`+value+` is taken"}`), fewRetries)
	if _, err := c.Me(t.Context()); !strings.Contains(callError(t, err).Message, "vvv") {
		t.Errorf("a long message: %v", err)
	}
}
