package makeapi

import (
	"net/url"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/state"
)

func yes() *bool { b := true; return &b }

func value(t spec.VariableType, text string) *state.Scalar {
	s := state.OfType(t, spec.Plain(text))
	return &s
}

// sample is a write of each verb that can be sent.
func sample(verb plan.Verb) plan.Write {
	return plan.Write{Verb: verb, Organization: 11, Address: "acme/variable/A", Arguments: plan.Arguments{
		Name: "N", RegionID: 1, TimezoneID: 2, CountryID: 3, ControlID: 4, Enable: yes(), Type: spec.TypeNumber,
		Value: value(spec.TypeNumber, "5"), Email: "a@b.c", UserID: 7, RoleID: 12,
		PriceID: 41, PaymentMethod: "pm_1", Target: billing.ForBoth,
	}}
}

func TestWritesOnTheWire(t *testing.T) {
	t.Parallel()
	type args = plan.Arguments
	off := false
	for _, test := range []struct {
		name string
		w    plan.Write
		want seen
	}{
		{"change subscription", plan.Write{Verb: plan.ChangeSubscription, Organization: 1, Arguments: args{PriceID: 41, Coupon: "X"}},
			seen{"PATCH", "/organizations/1/subscription", "", `{"priceId":41}`}},
		{"begin subscription", plan.Write{Verb: plan.BeginSubscription, Organization: 1, Arguments: args{PriceID: 41, Coupon: "X",
			Customer: &spec.Customer{Email: "a@b.example", Name: "A", IsBusiness: true, CountryID: 203}}},
			seen{"POST", "/organizations/1/subscription", "", `{"priceId":41,"couponCode":"X","customer":{"email":"a@b.example","name":"A","isBusiness":true,"countryId":203}}`}},
		{"to Free", plan.Write{Verb: plan.FreeSubscription, Organization: 1}, seen{"POST", "/organizations/1/subscription-free", "", ""}},
		{"to Free, confirmed", plan.Write{Verb: plan.FreeSubscription, Organization: 1, Arguments: args{Confirmed: true}},
			seen{"POST", "/organizations/1/subscription-free", "confirmed=true", ""}},
		{"cancel", plan.Write{Verb: plan.CancelSubscription, Organization: 1}, seen{"DELETE", "/organizations/1/subscription", "", ""}},
		{"default payment method", plan.Write{Verb: plan.PreferMethod, Organization: 1, Arguments: args{PaymentMethod: "pm$1", Target: billing.ForExtras}},
			seen{"PATCH", "/organizations/1/subscription/payment-methods/pm%241/default", "", `{"target":"extras"}`}},
		{"remove payment method", plan.Write{Verb: plan.RemoveMethod, Organization: 1, Arguments: args{PaymentMethod: "pm_2"}},
			seen{"DELETE", "/organizations/1/subscription/payment-methods/pm_2", "", ""}},
		{"claim offer", plan.Write{Verb: plan.ClaimOffer, Organization: 1},
			seen{"POST", "/organizations/1/universal-discount/claim-cancellation-offer", "", ""}},
		{"create organization", create, seen{"POST", "/organizations", "", `{"name":"New","regionId":1,"timezoneId":2,"countryId":3}`}},
		{"rename", rename, seen{"PATCH", "/organizations/1", "", `{"name":"New"}`}},
		{"move country", plan.Write{Verb: plan.UpdateOrganization, Organization: 1, Arguments: args{CountryID: 5, TimezoneID: 6}},
			seen{"PATCH", "/organizations/1", "", `{"timezoneId":6,"countryId":5}`}},
		{"delete", plan.Write{Verb: plan.DeleteOrganization, Organization: 1}, seen{"DELETE", "/organizations/1", "", ""}},
		{"delete confirmed", plan.Write{Verb: plan.DeleteOrganization, Organization: 1, Arguments: args{Confirmed: true}},
			seen{"DELETE", "/organizations/1", "confirmed=true", ""}},
		{"string", plan.Write{Verb: plan.CreateVariable, Organization: 1, Arguments: args{Name: "A", Type: spec.TypeString, Value: value(spec.TypeString, "5<\"ž")}},
			seen{"POST", "/organizations/1/variables", "", `{"name":"A","typeId":2,"value":"5<\"ž"}`}},
		{"number", plan.Write{Verb: plan.UpdateVariable, Organization: 1, Arguments: args{Name: "$A", Type: spec.TypeNumber, Value: value(spec.TypeNumber, "12345678901234567890.5")}},
			seen{"PATCH", "/organizations/1/variables/%24A", "", `{"typeId":1,"value":12345678901234567890.5}`}},
		{"boolean by address", plan.Write{Verb: plan.UpdateVariable, Organization: 1, Address: "acme/variable/a%25b", Arguments: args{Type: spec.TypeBoolean, Value: value(spec.TypeBoolean, "false")}},
			seen{"PATCH", "/organizations/1/variables/a%25b", "", `{"typeId":3,"value":false}`}},
		{"date", plan.Write{Verb: plan.UpdateVariable, Organization: 1, Arguments: args{Name: "...", Type: spec.TypeDate, Value: value(spec.TypeDate, "2026-11-20T00:00:00.000Z")}},
			seen{"PATCH", "/organizations/1/variables/%2E%2E%2E", "", `{"typeId":4,"value":"2026-11-20T00:00:00.000Z"}`}},
		{"delete variable", plan.Write{Verb: plan.DeleteVariable, Organization: 1, Arguments: args{Name: "a b"}},
			seen{"DELETE", "/organizations/1/variables/a%20b", "confirmed=true", ""}},
		{"control off", plan.Write{Verb: plan.SetControl, Organization: 1, Arguments: args{ControlID: 9, Enable: &off}},
			seen{"PATCH", "/organizations/1/feature-controls", "", `{"id":9,"enabled":false}`}},
		{"tfa", plan.Write{Verb: plan.EnforceTFA, Organization: 1, Arguments: args{Enable: &off}},
			seen{"PATCH", "/organizations/1/tfa-enforcement", "", `{"enable":false}`}},
		{"invite", plan.Write{Verb: plan.InviteMember, Organization: 1, Arguments: args{Email: "a@b.c", Name: "Jane", RoleID: 13, Note: "Hi", TeamIDs: []int64{1, 2}}},
			seen{"POST", "/organizations/1/invite", "", `{"email":"a@b.c","name":"Jane","usersRoleId":13,"note":"Hi","teamsId":[1,2]}`}},
		{"role", plan.Write{Verb: plan.SetRole, Organization: 1, Arguments: args{UserID: 7, RoleID: 12}},
			seen{"POST", "/users/7/user-organization-roles/1", "", `{"usersRoleId":12}`}},
		{"remove", plan.Write{Verb: plan.RemoveMember, Organization: 1, Arguments: args{UserID: 7, RoleID: 12}},
			seen{"POST", "/users/7/user-organization-roles/1", "confirmed=true", `{}`}},
		{"remove without a body", plan.Write{Verb: plan.RemoveMember, Organization: 1, Empty: plan.NoBody, Arguments: args{UserID: 7}},
			seen{"POST", "/users/7/user-organization-roles/1", "confirmed=true", ``}},
		{"remove with a text", plan.Write{Verb: plan.RemoveMember, Organization: 1, Empty: plan.EmptyString, Arguments: args{UserID: 7}},
			seen{"POST", "/users/7/user-organization-roles/1", "confirmed=true", `""`}},
		{"remove with connections", plan.Write{Verb: plan.RemoveMember, Organization: 1, Arguments: args{UserID: 7, DeleteConnections: true}},
			seen{"POST", "/users/7/user-organization-roles/1", "confirmed=true&deleteConnections=true", `{}`}},
		{"transfer", plan.Write{Verb: plan.TransferOwner, Organization: 1, Arguments: args{UserID: 7}},
			seen{"POST", "/organizations/1/user-organization-roles/transfer", "", `{"userId":7}`}},
		{"accept", plan.Write{Verb: plan.AcceptInvitation, Arguments: args{Name: "h"}},
			seen{"POST", "/organizations/accept-invitation", "", `{"hash":"h"}`}},
	} {
		key := test.want.method + " " + test.want.path
		z := &zone{answers: map[string]any{key: `{"organization":{"id":"77","license":{"apiLimit":30}},"user":{"id":8},"userOrganizationRole":{},"url":"https://checkout.example/x"}`}}
		answer, err := client(t, z.ServeHTTP).Write(t.Context(), test.w)
		test.want.path = apiRoot + test.want.path
		if got := z.requests(); err != nil || len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: %v\n got %+v\nwant %+v", test.name, err, got, test.want)
		}
		if test.name == "begin subscription" && (answer.Checkout.Reveal() != "https://checkout.example/x" || !answer.Checkout.IsSensitive()) {
			t.Errorf("the checkout page is %#v", answer.Checkout)
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
	change := func(verb plan.Verb, f func(*plan.Write)) plan.Write {
		w := sample(verb)
		f(&w)
		return w
	}
	for name, w := range map[string]plan.Write{
		"role 0":               change(plan.SetRole, func(w *plan.Write) { w.Arguments.RoleID = 0 }),
		"role -1":              change(plan.SetRole, func(w *plan.Write) { w.Arguments.RoleID = -1 }),
		"role of nobody":       change(plan.SetRole, func(w *plan.Write) { w.Arguments.UserID = 0 }),
		"remove nobody":        change(plan.RemoveMember, func(w *plan.Write) { w.Arguments.UserID = 0 }),
		"transfer to nobody":   change(plan.TransferOwner, func(w *plan.Write) { w.Arguments.UserID = 0 }),
		"invite without role":  change(plan.InviteMember, func(w *plan.Write) { w.Arguments.RoleID = 0 }),
		"invite nobody":        {Verb: plan.InviteMember, Organization: 1, Arguments: plan.Arguments{RoleID: 1}},
		"no value":             change(plan.CreateVariable, func(w *plan.Write) { w.Arguments.Value = nil }),
		"no type":              change(plan.UpdateVariable, func(w *plan.Write) { w.Arguments.Type = 0 }),
		"number that is none":  change(plan.UpdateVariable, func(w *plan.Write) { w.Arguments.Value = value(spec.TypeString, `1,"x":2`) }),
		"boolean that is none": change(plan.UpdateVariable, func(w *plan.Write) { w.Arguments.Type = spec.TypeBoolean }),
		"no organization":      change(plan.DeleteOrganization, func(w *plan.Write) { w.Organization = 0 }),
		"nothing to change":    {Verb: plan.UpdateOrganization, Organization: 1},
		"no region":            change(plan.CreateOrganization, func(w *plan.Write) { w.Arguments.RegionID = 0 }),
		"no name":              change(plan.CreateOrganization, func(w *plan.Write) { w.Arguments.Name = "" }),
		"on or off":            change(plan.SetControl, func(w *plan.Write) { w.Arguments.Enable = nil }),
		"tfa on or off":        change(plan.EnforceTFA, func(w *plan.Write) { w.Arguments.Enable = nil }),
		"no hash":              change(plan.AcceptInvitation, func(w *plan.Write) { w.Arguments.Name = "" }),
		"no price":             change(plan.ChangeSubscription, func(w *plan.Write) { w.Arguments.PriceID = 0 }),
		"no price to begin":    change(plan.BeginSubscription, func(w *plan.Write) { w.Arguments.PriceID = -1 }),
		"customer of nowhere":  change(plan.BeginSubscription, func(w *plan.Write) { w.Arguments.Customer = &spec.Customer{} }),
		"no method":            change(plan.RemoveMethod, func(w *plan.Write) { w.Arguments.PaymentMethod = "" }),
		"no target":            change(plan.PreferMethod, func(w *plan.Write) { w.Arguments.Target = "" }),
		"cancel nothing":       change(plan.CancelSubscription, func(w *plan.Write) { w.Organization = 0 }),
		"no verb":              {Verb: "destroy", Organization: 1},
		"this folder":          change(plan.DeleteVariable, func(w *plan.Write) { w.Arguments.Name = "." }),
		"the folder above":     change(plan.DeleteVariable, func(w *plan.Write) { w.Arguments.Name = ".." }),
		"a path":               change(plan.DeleteVariable, func(w *plan.Write) { w.Arguments.Name = "../../12" }),
		"a slash":              change(plan.UpdateVariable, func(w *plan.Write) { w.Arguments.Name = "a/b" }),
		"a backslash":          change(plan.UpdateVariable, func(w *plan.Write) { w.Arguments.Name = `a\b` }),
		"a method's path":      {Verb: plan.PreferMethod, Organization: 1, Arguments: plan.Arguments{PaymentMethod: "pm/1", Target: billing.ForExtras}},
		"a method above":       {Verb: plan.RemoveMethod, Organization: 1, Arguments: plan.Arguments{PaymentMethod: ".."}},
		"a line":               change(plan.DeleteVariable, func(w *plan.Write) { w.Arguments.Name = "a\nb" }),
	} {
		z := &zone{}
		_, err := client(t, z.ServeHTTP).Write(t.Context(), w)
		if e := callError(t, err); e.Certainty != state.NotHappened || len(z.requests()) != 0 {
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
		for w, want := range map[*plan.Write]bool{&rename: test.update, &create: test.created, {Verb: plan.InviteMember, Organization: 1,
			Arguments: plan.Arguments{Email: "a@b.c", Name: "A", RoleID: 1}}: test.invited} {
			_, err := client(t, answers(200, test.body)).Write(t.Context(), *w)
			if (err == nil) != want {
				t.Errorf("%s answered by %q: %v", w.Verb, test.body, err)
			}
			if err != nil && callError(t, err).Certainty != state.Unknown {
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

// TestOnlyANullRoleProvesARemoval: the published reply to a removal is a row without a role; one with a role, no row,
// and no reply at all are good answers that prove nothing. What is no answer is none here either.
func TestOnlyANullRoleProvesARemoval(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"userOrganizationRole":{"userId":7,"organizationId":1,"usersRoleId":null,"invitation":null}}`: true,
		`{"userOrganizationRole":{"userId":7,"organizationId":1,"usersRoleId":12,"invitation":null}}`:   false,
		`{"userOrganizationRole":{"userId":7,"organizationId":1}}`:                                      false,
		`{"userOrganizationRole":"gone"}`:                                                               false,
		`{"userOrganizationRole":null}`:                                                                 false,
		`{"user":{"id":7}}`:                                                                             false,
		``:                                                                                              false,
	} {
		z := &zone{answers: map[string]any{"POST /users/7/user-organization-roles/1": body}}
		w := plan.Write{Verb: plan.RemoveMember, Organization: 1, Arguments: plan.Arguments{UserID: 7}}
		if answer, err := client(t, z.ServeHTTP).Write(t.Context(), w); err != nil || answer.Removed != want {
			t.Errorf("%s: removed %v, %v", body, answer.Removed, err)
		}
	}
	for _, body := range []string{`{}`, `{"code":"SC500","message":"boom"}`, `<html>`} {
		z := &zone{answers: map[string]any{"POST /users/7/user-organization-roles/1": body}}
		w := plan.Write{Verb: plan.RemoveMember, Organization: 1, Arguments: plan.Arguments{UserID: 7}}
		if _, err := client(t, z.ServeHTTP).Write(t.Context(), w); err == nil || callError(t, err).Certainty != state.Unknown {
			t.Errorf("%s: %v", body, err)
		}
	}
}
