package makeapi

import (
	"net/url"
	"strings"
	"testing"

	"makesync/spec"
	reconcile "makesync/sync"
)

func yes() *bool { b := true; return &b }

func value(t spec.VariableType, text string) *reconcile.Scalar {
	s := reconcile.OfType(t, spec.Plain(text))
	return &s
}

// sample is a write of each verb that can be sent.
func sample(verb reconcile.Verb) reconcile.Write {
	return reconcile.Write{Verb: verb, Organization: 11, Address: "acme/variable/A", Arguments: reconcile.Arguments{
		Name: "N", RegionID: 1, TimezoneID: 2, CountryID: 3, ControlID: 4, Enable: yes(), Type: spec.TypeNumber,
		Value: value(spec.TypeNumber, "5"), Email: "a@b.c", UserID: 7, RoleID: 12,
	}}
}

func TestWritesOnTheWire(t *testing.T) {
	t.Parallel()
	type args = reconcile.Arguments
	off := false
	for _, test := range []struct {
		name string
		w    reconcile.Write
		want seen
	}{
		{"create organization", create, seen{"POST", "/organizations", "", `{"name":"New","regionId":1,"timezoneId":2,"countryId":3}`}},
		{"rename", rename, seen{"PATCH", "/organizations/1", "", `{"name":"New"}`}},
		{"move country", reconcile.Write{Verb: reconcile.UpdateOrganization, Organization: 1, Arguments: args{CountryID: 5, TimezoneID: 6}},
			seen{"PATCH", "/organizations/1", "", `{"timezoneId":6,"countryId":5}`}},
		{"delete", reconcile.Write{Verb: reconcile.DeleteOrganization, Organization: 1}, seen{"DELETE", "/organizations/1", "", ""}},
		{"delete confirmed", reconcile.Write{Verb: reconcile.DeleteOrganization, Organization: 1, Arguments: args{Confirmed: true}},
			seen{"DELETE", "/organizations/1", "confirmed=true", ""}},
		{"string", reconcile.Write{Verb: reconcile.CreateVariable, Organization: 1, Arguments: args{Name: "A", Type: spec.TypeString, Value: value(spec.TypeString, "5<\"ž")}},
			seen{"POST", "/organizations/1/variables", "", `{"name":"A","typeId":2,"value":"5<\"ž"}`}},
		{"number", reconcile.Write{Verb: reconcile.UpdateVariable, Organization: 1, Arguments: args{Name: "$A", Type: spec.TypeNumber, Value: value(spec.TypeNumber, "12345678901234567890.5")}},
			seen{"PATCH", "/organizations/1/variables/%24A", "", `{"typeId":1,"value":12345678901234567890.5}`}},
		{"boolean by address", reconcile.Write{Verb: reconcile.UpdateVariable, Organization: 1, Address: "acme/variable/a%2Fb", Arguments: args{Type: spec.TypeBoolean, Value: value(spec.TypeBoolean, "false")}},
			seen{"PATCH", "/organizations/1/variables/a%2Fb", "", `{"typeId":3,"value":false}`}},
		{"date", reconcile.Write{Verb: reconcile.UpdateVariable, Organization: 1, Arguments: args{Name: "..", Type: spec.TypeDate, Value: value(spec.TypeDate, "2026-11-20T00:00:00.000Z")}},
			seen{"PATCH", "/organizations/1/variables/%2E%2E", "", `{"typeId":4,"value":"2026-11-20T00:00:00.000Z"}`}},
		{"delete variable", reconcile.Write{Verb: reconcile.DeleteVariable, Organization: 1, Arguments: args{Name: "a b"}},
			seen{"DELETE", "/organizations/1/variables/a%20b", "confirmed=true", ""}},
		{"control off", reconcile.Write{Verb: reconcile.SetControl, Organization: 1, Arguments: args{ControlID: 9, Enable: &off}},
			seen{"PATCH", "/organizations/1/feature-controls", "", `{"id":9,"enabled":false}`}},
		{"tfa", reconcile.Write{Verb: reconcile.EnforceTFA, Organization: 1, Arguments: args{Enable: &off}},
			seen{"PATCH", "/organizations/1/tfa-enforcement", "", `{"enable":false}`}},
		{"invite", reconcile.Write{Verb: reconcile.InviteMember, Organization: 1, Arguments: args{Email: "a@b.c", Name: "Jane", RoleID: 13, Note: "Hi", TeamIDs: []int64{1, 2}}},
			seen{"POST", "/organizations/1/invite", "", `{"email":"a@b.c","name":"Jane","usersRoleId":13,"note":"Hi","teamsId":[1,2]}`}},
		{"role", reconcile.Write{Verb: reconcile.SetRole, Organization: 1, Arguments: args{UserID: 7, RoleID: 12}},
			seen{"POST", "/users/7/user-organization-roles/1", "", `{"usersRoleId":12}`}},
		{"remove", reconcile.Write{Verb: reconcile.RemoveMember, Organization: 1, Arguments: args{UserID: 7, RoleID: 12}},
			seen{"POST", "/users/7/user-organization-roles/1", "", `{}`}},
		{"remove without a body", reconcile.Write{Verb: reconcile.RemoveMember, Organization: 1, NoBody: true, Arguments: args{UserID: 7}},
			seen{"POST", "/users/7/user-organization-roles/1", "", ``}},
		{"remove with connections", reconcile.Write{Verb: reconcile.RemoveMember, Organization: 1, Arguments: args{UserID: 7, DeleteConnections: true}},
			seen{"POST", "/users/7/user-organization-roles/1", "confirmed=true&deleteConnections=true", `{}`}},
		{"transfer", reconcile.Write{Verb: reconcile.TransferOwner, Organization: 1, Arguments: args{UserID: 7}},
			seen{"POST", "/organizations/1/user-organization-roles/transfer", "", `{"userId":7}`}},
		{"accept", reconcile.Write{Verb: reconcile.AcceptInvitation, Arguments: args{Name: "h"}},
			seen{"POST", "/organizations/accept-invitation", "", `{"hash":"h"}`}},
	} {
		key := test.want.method + " " + test.want.path
		z := &zone{answers: map[string]any{key: `{"organization":{"id":"77","license":{"apiLimit":30}},"user":{"id":8}}`}}
		answer, err := client(t, z.ServeHTTP).Write(t.Context(), test.w)
		test.want.path = apiRoot + test.want.path
		if got := z.requests(); err != nil || len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: %v\n got %+v\nwant %+v", test.name, err, got, test.want)
		}
		if test.name == "invite" && answer.UserID != 8 || test.name == "create organization" && (answer.OrganizationID != 77 || answer.License == nil) {
			t.Errorf("%s: answer %+v", test.name, answer)
		}
	}
}

// TestSenselessWritesAreNotSent: above all a role change must never become the empty body of a
// removal.
func TestSenselessWritesAreNotSent(t *testing.T) {
	t.Parallel()
	change := func(verb reconcile.Verb, f func(*reconcile.Write)) reconcile.Write {
		w := sample(verb)
		f(&w)
		return w
	}
	for name, w := range map[string]reconcile.Write{
		"role 0":               change(reconcile.SetRole, func(w *reconcile.Write) { w.Arguments.RoleID = 0 }),
		"role -1":              change(reconcile.SetRole, func(w *reconcile.Write) { w.Arguments.RoleID = -1 }),
		"role of nobody":       change(reconcile.SetRole, func(w *reconcile.Write) { w.Arguments.UserID = 0 }),
		"remove nobody":        change(reconcile.RemoveMember, func(w *reconcile.Write) { w.Arguments.UserID = 0 }),
		"transfer to nobody":   change(reconcile.TransferOwner, func(w *reconcile.Write) { w.Arguments.UserID = 0 }),
		"invite without role":  change(reconcile.InviteMember, func(w *reconcile.Write) { w.Arguments.RoleID = 0 }),
		"invite nobody":        {Verb: reconcile.InviteMember, Organization: 1, Arguments: reconcile.Arguments{RoleID: 1}},
		"no value":             change(reconcile.CreateVariable, func(w *reconcile.Write) { w.Arguments.Value = nil }),
		"no type":              change(reconcile.UpdateVariable, func(w *reconcile.Write) { w.Arguments.Type = 0 }),
		"number that is none":  change(reconcile.UpdateVariable, func(w *reconcile.Write) { w.Arguments.Value = value(spec.TypeString, `1,"x":2`) }),
		"boolean that is none": change(reconcile.UpdateVariable, func(w *reconcile.Write) { w.Arguments.Type = spec.TypeBoolean }),
		"no organization":      change(reconcile.DeleteOrganization, func(w *reconcile.Write) { w.Organization = 0 }),
		"nothing to change":    {Verb: reconcile.UpdateOrganization, Organization: 1},
		"no region":            change(reconcile.CreateOrganization, func(w *reconcile.Write) { w.Arguments.RegionID = 0 }),
		"no name":              change(reconcile.CreateOrganization, func(w *reconcile.Write) { w.Arguments.Name = "" }),
		"on or off":            change(reconcile.SetControl, func(w *reconcile.Write) { w.Arguments.Enable = nil }),
		"tfa on or off":        change(reconcile.EnforceTFA, func(w *reconcile.Write) { w.Arguments.Enable = nil }),
		"no hash":              change(reconcile.AcceptInvitation, func(w *reconcile.Write) { w.Arguments.Name = "" }),
		"no verb":              {Verb: "destroy", Organization: 1},
	} {
		z := &zone{}
		_, err := client(t, z.ServeHTTP).Write(t.Context(), w)
		if e := callError(t, err); e.Certainty != reconcile.NotHappened || len(z.requests()) != 0 {
			t.Errorf("%s: %v after %+v", name, e, z.requests())
		}
	}
}

// TestAnswersOfWrites: a 2xx counts as done with no body or any object that says something, but for
// a create, which must say what it made. What says nothing, or is an error with a good status,
// leaves it to reading.
func TestAnswersOfWrites(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body                     string
		update, created, invited bool
	}{
		{``, true, false, false},
		{`{}`, false, false, false},
		{`[]`, false, false, false},
		{`"ok"`, false, false, false},
		{`{"message":"Permission denied"}`, false, false, false},
		{`{"code":"SC500","message":"boom","at":"2026-11-22T00:00:00Z"}`, false, false, false},
		{`{"message":"done","organization":{"id":3}}`, true, true, true},
		{`{"ok":1}`, true, false, true},
		{`{"organization":12}`, true, false, true},
		{`null`, false, false, false},
		{`{"organization":{"id":3}}`, true, true, true},
		{`{"organization":{"id":"3"},"user":"?"}`, true, true, true},
		{`{"userOrganizationRole":{"organizationId":3,"userId":4}}`, true, true, true},
		{`{"organization":{"id":3}`, false, false, false},
		{`<html>`, false, false, false},
	} {
		for w, want := range map[*reconcile.Write]bool{&rename: test.update, &create: test.created, {Verb: reconcile.InviteMember, Organization: 1,
			Arguments: reconcile.Arguments{Email: "a@b.c", Name: "A", RoleID: 1}}: test.invited} {
			_, err := client(t, answers(200, test.body)).Write(t.Context(), *w)
			if (err == nil) != want {
				t.Errorf("%s answered by %q: %v", w.Verb, test.body, err)
			}
			if err != nil && callError(t, err).Certainty != reconcile.Unknown {
				t.Errorf("%s answered by %q: %v counts as not happened", w.Verb, test.body, err)
			}
		}
	}
}

func FuzzEscapedSegment(f *testing.F) {
	f.Add("a/b")
	f.Add("..")
	f.Add("$ä%2F")
	f.Fuzz(func(t *testing.T, name string) {
		back, err := url.PathUnescape(escape(name))
		if err != nil || back != name || strings.ContainsAny(escape(name), "/?#.;") {
			t.Errorf("%q becomes %q", name, escape(name))
		}
	})
}
