package makeapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"makesync/sync/plan"
)

// TestEveryVerbHasItsScope: the table says what the requests themselves say.
func TestEveryVerbHasItsScope(t *testing.T) {
	t.Parallel()
	for verb, prepare := range writes {
		request, err := prepare(sample(verb))
		if err != nil || request.scope == "" || verbScopes[verb] != request.scope {
			t.Errorf("%s: the request needs %q, the table says %q (%v)", verb, request.scope, verbScopes[verb], err)
		}
	}
}

func TestMissingScopes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		scopes string
		verbs  []plan.Verb
		want   string
	}{
		{"all there", "organizations:write user:write", []plan.Verb{plan.SetRole, plan.InviteMember}, ""},
		{"the other order of words", "write:organizations write:user", []plan.Verb{plan.SetRole, plan.InviteMember}, ""},
		{"reading is not writing", "organizations:read", []plan.Verb{plan.CreateOrganization}, "organizations:write"},
		{"each once, sorted", "teams:read", []plan.Verb{plan.SetRole, plan.DeleteVariable, plan.RemoveMember, plan.CreateVariable},
			"organization-variables:write user:write"},
		{"unknown scopes lack none", "", []plan.Verb{plan.SetRole}, ""},
		{"nothing to write", "teams:read", nil, ""},
	} {
		if got := strings.Join(MissingScopes(strings.Fields(test.scopes), test.verbs), " "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestScopesAreAskedForOnce: also where the zone does not tell them.
func TestScopesAreAskedForOnce(t *testing.T) {
	t.Parallel()
	for answer, want := range map[any]string{
		`{"authorization":{"authUsed":"token","scope":["user:read","teams:read"]}}`: "[user:read teams:read]",
		404: "[]",
	} {
		z := &zone{answers: map[string]any{"GET /users/me/current-authorization": answer}}
		c := client(t, z.ServeHTTP)
		for range 2 {
			if scopes, err := c.Scopes(t.Context()); err != nil || fmt.Sprint(scopes) != want {
				t.Errorf("%v: %v, %v", answer, scopes, err)
			}
		}
		if n := len(z.requests()); n != 1 {
			t.Errorf("%v: %d requests", answer, n)
		}
	}
}

// A token of all scopes tells them as one text that is longer than any name.
func TestScopesInOneText(t *testing.T) {
	t.Parallel()
	var scopes []string
	for i := range 100 {
		scopes = append(scopes, fmt.Sprintf("organizations-number-%d:write", i))
	}
	text, err := json.Marshal(strings.Join(scopes, " "))
	if err != nil {
		t.Fatal(err)
	}
	var read texts
	if err := read.UnmarshalJSON(text); err != nil || !slices.Equal(read, scopes) {
		t.Errorf("%d scopes are read, %v", len(read), err)
	}
}
