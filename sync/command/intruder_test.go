package command_test

import (
	"flag"
	"slices"

	"makesync/spec"
	"makesync/sync/sandbox"
)

// intruderStride thins out the calls at which another administrator comes in.
var intruderStride = flag.Int("intruder.stride", 7, "let another administrator come in at one of `N` calls")

// intrusion is what another administrator does to something that makesync is about to change.
type intrusion struct {
	name    string
	place   string // the fact that they change
	address spec.Address
	seen    string // the read that shows it: METHOD template
	do      func(*sandbox.State)
	listed  bool // the list of organizations shows it, too
}

const (
	listOrganizations = "GET /organizations"
	readOrganization  = "GET /organizations/{organizationId}"
	listVariables     = "GET /organizations/{organizationId}/variables"
	listRoles         = "GET /organizations/{organizationId}/user-organization-roles"
)

var intrusions = []intrusion{
	{"value changed", "11/variable/RETRIES", "acme/variable/RETRIES", listVariables, sets("RETRIES", `99`), false},
	{"value of another type", "11/variable/KIND", "acme/variable/KIND", listVariables, sets("KIND", `13`), false},
	{"needed after all", "11/variable/LEFTOVER", "acme/variable/LEFTOVER", listVariables, sets("LEFTOVER", `"needed"`), false},
	{"absent one changed", "11/variable/OLD_FLAG", "acme/variable/OLD_FLAG", listVariables, sets("OLD_FLAG", `false`), false},
	{"updated one deleted", "11/variable/FLAG", "acme/variable/FLAG", listVariables, unsets("FLAG"), false},
	{"deleted one deleted", "11/variable/LEFTOVER", "acme/variable/LEFTOVER", listVariables, unsets("LEFTOVER"), false},
	{"new one made", "11/variable/NEW_TEXT", "acme/variable/NEW_TEXT", listVariables, sets("NEW_TEXT", `"theirs"`), false},
	{"renamed", "11/name", "acme", readOrganization, on(11, func(o *sandbox.Organization, _ *sandbox.State) { o.Name = "Theirs" }), true},
	{"moved", "11/timezone", "acme", readOrganization, on(11, func(o *sandbox.Organization, _ *sandbox.State) { o.Timezone.ID = 164 }), true},
	{"reinvited one accepts", "11/member/role@acme.example", "acme/member/role@acme.example", listRoles, accepts("role@acme.example"), false},
	{"revoked one accepts", "11/member/typo@acme.example", "acme/member/typo@acme.example", listRoles, accepts("typo@acme.example"), false},
	{"other role", "11/member/bob@acme.example", "acme/member/bob@acme.example", listRoles, gives("bob@acme.example", 14), false},
	{"lowered one lowered", "11/member/dan@acme.example", "acme/member/dan@acme.example", listRoles, gives("dan@acme.example", 16), false},
	{"removed one promoted", "11/member/gone@acme.example", "acme/member/gone@acme.example", listRoles, gives("gone@acme.example", 12), false},
	{"purged one promoted", "11/member/left@acme.example", "acme/member/left@acme.example", listRoles, gives("left@acme.example", 12), false},
	{"removed one removed", "11/member/gone@acme.example", "acme/member/gone@acme.example", listRoles, removes("gone@acme.example"), false},
	{"promoted one removed", "11/member/bob@acme.example", "acme/member/bob@acme.example", listRoles, removes("bob@acme.example"), false},
	{"next owner lowered", "11/member/jane@acme.example", "acme/owner", listRoles, gives("jane@acme.example", 14), false},
	{"another owner", "11/member/dan@acme.example", "acme/owner", listRoles, func(s *sandbox.State) {
		gives("ops@acme.example", 12)(s)
		gives("dan@acme.example", 11)(s)
	}, false},
	{"deleted one joined", "13/member/new@acme.example", "trial", listRoles, on(13, func(o *sandbox.Organization, _ *sandbox.State) {
		o.Members = append(o.Members, &sandbox.Member{Email: "new@acme.example", Role: sandbox.Ref{ID: 13}})
	}), false},
	{"deleted one busier", "13/scenarios", "trial", readOrganization, on(13, func(o *sandbox.Organization, _ *sandbox.State) { o.ActiveScenarios = 9 }), false},
	{"gone", "11/name", "acme", listOrganizations, func(s *sandbox.State) {
		s.Zones[0].Organizations = slices.DeleteFunc(s.Zones[0].Organizations, func(o *sandbox.Organization) bool { return o.ID == 11 })
	}, false},
	{"new one founded", "30/name", "studio", listOrganizations, func(s *sandbox.State) {
		s.Zones[0].Organizations = append(s.Zones[0].Organizations, &sandbox.Organization{ID: 30, Name: "Acme Studio",
			Members: []*sandbox.Member{{UserID: 1, Role: sandbox.Ref{ID: 11}}}})
	}, false},
}

// on changes an organization, if it is still there.
func on(id int, change func(*sandbox.Organization, *sandbox.State)) func(*sandbox.State) {
	return func(s *sandbox.State) {
		if o := find(s, id, ""); o != nil {
			change(o, s)
		}
	}
}

func unsets(name string) func(*sandbox.State) {
	return on(11, func(o *sandbox.Organization, _ *sandbox.State) {
		o.Variables = slices.DeleteFunc(o.Variables, func(v sandbox.Variable) bool { return v.Name == name })
	})
}

func sets(name, value string) func(*sandbox.State) {
	return on(11, func(o *sandbox.Organization, s *sandbox.State) {
		unsets(name)(s)
		o.Variables = append(o.Variables, sandbox.Variable{Name: name, Value: rawJSON(value)})
	})
}

func onMember(email string, change func(*sandbox.Organization, *sandbox.Member)) func(*sandbox.State) {
	return on(11, func(o *sandbox.Organization, s *sandbox.State) {
		for _, m := range slices.Clone(o.Members) {
			if emailOf(s, m.UserID) == email {
				change(o, m)
			}
		}
	})
}

func accepts(email string) func(*sandbox.State) {
	return onMember(email, func(_ *sandbox.Organization, m *sandbox.Member) { m.Invitation = nil })
}

func gives(email string, role int) func(*sandbox.State) {
	return onMember(email, func(_ *sandbox.Organization, m *sandbox.Member) { m.Role.ID = role })
}

func removes(email string) func(*sandbox.State) {
	return onMember(email, func(o *sandbox.Organization, gone *sandbox.Member) {
		o.Members = slices.DeleteFunc(o.Members, func(m *sandbox.Member) bool { return m == gone })
	})
}
