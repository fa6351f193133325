package planner_test

import (
	"slices"
	"strings"
	"testing"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/planner"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	const jane = "jane@acme.example"
	invite := &spec.Invite{Name: "Jane"}
	for _, c := range []struct {
		name       string
		role       int64 // 0: not there
		invitation string
		want       spec.Member
		line       string
	}{
		{"same", 13, "", spec.Member{Role: "member"}, ""},
		{"role by id", 13, "", spec.Member{Role: "13"}, ""},
		{"role not managed", 13, "", spec.Member{}, ""},
		{"promotion", 13, "", spec.Member{Role: "Admin"}, "1 update A caution role:Member→Admin"},
		{"demotion", 12, "", spec.Member{Role: "Member"}, "1 update A caution role:Admin→Member"},
		{"removal", 13, "", spec.Member{State: spec.Absent}, "1 delete A destructive role:Member→"},
		{"gone already", 0, "", spec.Member{State: spec.Absent}, ""},
		{"invite", 0, "", spec.Member{Role: "Admin", Invite: invite}, "1 invite A caution name:→Jane role:→Admin"},
		{"missing without invite", 0, "", spec.Member{Role: "Admin"},
			"waiting A: E is not a member, and the documents do not invite: write `E: {role: Admin, invite: {name: …}}`"},
		{"pending", 13, "pending", spec.Member{Role: "Member", Invite: invite}, "waiting A: E has been invited and has not accepted yet"},
		{"pending in words nobody knows", 13, "sso", spec.Member{Role: "Member", Invite: invite}, "waiting A: the zone calls the invitation of E \"sso\"; to invite again, apply once with `E: {state: absent}`, and then this again"},
		{"pending, another role", 13, "pending", spec.Member{Role: "Admin", Invite: invite},
			"1 reinvite A caution invitation:pending→pending name:→Jane role:Member→Admin"},
		{"pending, another role, no invite", 13, "pending", spec.Member{Role: "Admin"},
			"waiting A: E is invited as Member, and another role takes another invitation: write `E: {role: Admin, invite: {name: …}}`"},
		{"expired", 13, "expired", spec.Member{Role: "Member", Invite: invite}, "1 reinvite A caution invitation:expired→pending name:→Jane role:Member→Member"},
		{"expired, no invite", 13, "expired", spec.Member{Role: "Member"},
			"waiting A: the invitation of E has expired; to send another, write `E: {role: Member, invite: {name: …}}`"},
		{"revoke", 13, "pending", spec.Member{State: spec.Absent}, "1 revoke A destructive invitation:pending→ role:Member→"},
		{"unknown role", 13, "", spec.Member{Role: "Boss"}, `error unknown-name: there is no role "Boss"`},
		{"Owner by id", 13, "", spec.Member{Role: "11"}, "error unknown-name: the role of E is Owner"},
	} {
		live := zonetest.Acme()
		if c.role != 0 {
			zonetest.Person(live, 2, jane, c.role, c.invitation)
		}
		c.want.Email = jane
		p := plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Members(c.want))))
		want := strings.ReplaceAll(strings.ReplaceAll(c.line, "A:", "acme/member/E:"), " A ", " acme/member/E ")
		if got := strings.ReplaceAll(strings.Join(plantest.Lines(p), "\n"), jane, "E"); got != want {
			t.Errorf("%s: %s\nwant %s", c.name, got, want)
		}
	}
}

func TestUntouchablePeople(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	live.OwnerID = 2
	live.Members[0].Role = "12"
	zonetest.Person(live, 2, "boss@acme.example", 11, "")
	zonetest.Person(live, 3, "jane@acme.example", 13, "pending")
	p := plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme",
		zonetest.Members(spec.Member{Email: "boss@acme.example", State: spec.Absent}, spec.Member{Email: "ops@acme.example", Role: "Member"}),
		func(o *spec.Organization) { o.Owner = "jane@acme.example" })))
	plantest.WantLines(t, p,
		"waiting acme/member/boss@acme.example: boss@acme.example is the Owner, who can go only after a transfer",
		"waiting acme/member/ops@acme.example: the token is ops@acme.example's own, and a run does not change its own rights: run with the token of another Admin or Owner",
		"waiting acme/owner: jane@acme.example has not accepted yet")
	if p.Exit != exit.OK || p.Summary.Waiting != 3 {
		t.Errorf("exit %v, %+v", p.Exit, p.Summary)
	}
}

// The role of the live Owner is no drift, but what the documents want of a person cannot be passed over in silence.
func TestRoleOfTheOwner(t *testing.T) {
	t.Parallel()
	const waits = "waiting acme/member/boss@acme.example: boss@acme.example is the Owner, whose role can change only after a transfer"
	for _, c := range []struct{ role, owner, line string }{
		{"", "", ""}, {"Admin", "", ""}, {"Member", "", waits}, {"Member", "boss@acme.example", ""}, {"Admin", "ops@acme.example", ""}, {"Member", "ops@acme.example", waits},
	} {
		live := zonetest.Acme()
		live.OwnerID, live.Members[0].Role = 2, "12"
		zonetest.Person(live, 2, "boss@acme.example", 11, "")
		p := plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Members(spec.Member{Email: "boss@acme.example", Role: c.role}),
			func(o *spec.Organization) { o.Owner = c.owner })))
		got := strings.Join(slices.DeleteFunc(plantest.Lines(p), func(l string) bool { return strings.Contains(l, "acme/owner") }), "\n")
		if got != c.line {
			t.Errorf("role %q, owner %q: %s", c.role, c.owner, got)
		}
	}
}

// A zone may number its roles otherwise: what is known of Owners and Admins goes by the names of the roles.
func TestOtherRoleNumbers(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	live.OwnerID, live.AdminRoles = 2, state.AdminRoles{Owner: 1, Admin: 2}
	live.Members[0].Role = "2"
	zonetest.Person(live, 2, "boss@acme.example", 1, "")
	zonetest.Person(live, 3, "jane@acme.example", 3, "")
	zonetest.Person(live, 4, "adam@acme.example", 2, "")
	zone := zonetest.New(live)
	zone.Lists[state.Roles] = []state.Name{{ID: 1, Name: "Owner"}, {ID: 2, Name: "ADMIN"}, {ID: 3, Name: "Member"}, {ID: 12, Name: "Guest"}}
	r := plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Members(
		spec.Member{Email: "adam@acme.example", Role: "Guest"}, spec.Member{Email: "boss@acme.example", Role: "Admin"}, spec.Member{Email: "jane@acme.example", Role: "admin"})))
	plantest.WantLines(t, plantest.Make(t, r),
		"1 update acme/member/jane@acme.example caution role:Member→ADMIN",
		"2 update acme/member/adam@acme.example caution role:ADMIN→Guest after [1]")
	r.Desired.Guards.MinAdmins = 4
	plantest.WantLines(t, plantest.Make(t, r),
		"1 update acme/member/jane@acme.example caution role:Member→ADMIN",
		"2 update acme/member/adam@acme.example caution role:ADMIN→Guest after [1]",
		"warning min-admins: acme: has 3 accepted Owners and Admins, and guards.minAdmins is 4")
	r = plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Members(spec.Member{Email: "jane@acme.example", Role: "1"})))
	plantest.WantLines(t, plantest.Make(t, r), "error unknown-name: the role of jane@acme.example is Owner")
}

func TestOwner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		owner      int64
		line       string
	}{
		{"reached", "ops@acme.example", 1, ""},
		{"transfer", "jane@acme.example", 1, "1 transfer acme/owner irreversible owner:ops@acme.example→jane@acme.example"},
		{"not the Owner's token", "ops@acme.example", 2, "waiting acme/owner: only jane@acme.example can transfer; the token is ops@acme.example's"},
		{"not there", "new@acme.example", 1, "waiting acme/owner: new@acme.example is not a member yet"},
	} {
		live := zonetest.Acme()
		live.OwnerID = c.owner
		if c.owner != 1 {
			live.Members[0].Role = "12"
		}
		zonetest.Person(live, 2, "jane@acme.example", 13, "")
		p := plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", func(o *spec.Organization) { o.Owner = c.want })))
		if got := strings.Join(plantest.Lines(p), "\n"); got != c.line {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.line)
		}
	}
}

// Older replies list some invitees without a role row: no user id, no role.
func TestInviteeWithoutARow(t *testing.T) {
	t.Parallel()
	const noID = "the zone shows the invitation without a user id, so it cannot be taken back; " +
		"it ends by itself after seven days"
	live := zonetest.Acme()
	live.Members = append(live.Members, spec.Member{Email: "a@x.example", Invitation: "pending"}, spec.Member{Email: "b@x.example", Invitation: "pending"},
		spec.Member{Email: "c@x.example", Invitation: "expired"})
	p := plantest.Make(t, plantest.Request(zonetest.New(live), zonetest.Desired("acme", "Acme", zonetest.Members(
		spec.Member{Email: "a@x.example", Role: "Admin", Invite: &spec.Invite{Name: "A"}}, spec.Member{Email: "b@x.example", State: spec.Absent},
		spec.Member{Email: "c@x.example", Role: "Admin", Invite: &spec.Invite{Name: "C"}}))))
	plantest.WantLines(t, p, "waiting acme/member/a@x.example: a@x.example has been invited and has not accepted yet",
		"waiting acme/member/b@x.example: "+noID, "waiting acme/member/c@x.example: "+noID)
}

type memory map[int64]string

func (m memory) EmailOf(_ string, _, user int64) string { return m[user] }

func TestUnreadableRows(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	live.Unreadable = []state.RoleRow{{UserID: 5, RoleID: 13, Invitation: "pending"}, {UserID: 6, RoleID: 13, Invitation: "pending"}}
	who := func(email string) spec.Member {
		return spec.Member{Email: email, Role: "Member", Invite: &spec.Invite{Name: "X"}}
	}
	zone := zonetest.New(live)
	docs := func() spec.Organization {
		return zonetest.Desired("acme", "Acme", zonetest.Members(who("a@x.example"), who("b@x.example"), spec.Member{Email: "c@x.example", State: spec.Absent}), zonetest.Purge(spec.KindMember))
	}
	const hidden = " may be hers, since the zone shows no e-mail; nobody is invited twice"
	p := plantest.Make(t, plantest.Request(zone, docs()))
	plantest.WantLines(t, p,
		"waiting acme/member/a@x.example: one of 2 pending invitations"+hidden,
		"waiting acme/member/b@x.example: one of 2 pending invitations"+hidden,
		"waiting acme/member/c@x.example: one of 2 pending invitations may be hers, since the zone shows no e-mail; whether she is gone cannot be told",
		"warning not-purged: acme: user 5 (Member, invitation pending): no e-mail could be found, not purged",
		"warning not-purged: acme: user 6 (Member, invitation pending): no e-mail could be found, not purged")
	if p.Organizations[0].Unmanaged[spec.KindMember] != 3 { // two rows and the token's user
		t.Errorf("unmanaged %v", p.Organizations[0].Unmanaged)
	}
	zone.Users = map[string]int64{"a@x.example": 5}
	r := plantest.Request(zone, docs())
	r.Memory = memory{6: "b@x.example"}
	plantest.WantLines(t, plantest.Make(t, r),
		"waiting acme/member/a@x.example: a@x.example has been invited and has not accepted yet",
		"waiting acme/member/b@x.example: b@x.example has been invited and has not accepted yet")
	zone.Fail = func(call string) error {
		if call == "user 11" {
			return &state.CallError{Doing: "find a person of acme", Class: exit.ClassServer, Message: "broken"}
		}
		return nil
	}
	if got := strings.Join(plantest.Lines(plantest.Make(t, plantest.Request(zone, docs()))), "\n"); strings.Contains(got, "invite acme") || !strings.Contains(got, "not read acme/member") {
		t.Errorf("a failed search: %s", got)
	}
}

func TestPurgeSpares(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Variable(live, "KEEP", spec.TypeString, "k")
	zonetest.Variable(live, "GO", spec.TypeString, "g")
	zonetest.Person(live, 2, "required@acme.example", 12, "")
	zonetest.Person(live, 3, "next@acme.example", 12, "")
	zonetest.Person(live, 4, "protected@acme.example", 13, "")
	zonetest.Person(live, 5, "gone@acme.example", 13, "")
	zonetest.Person(live, 6, "invited@acme.example", 13, "pending")
	live.Unreadable = []state.RoleRow{{UserID: 9, RoleID: 13}}
	zone := zonetest.New(live)
	r := plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Variables(), zonetest.Members(), zonetest.Purge(spec.KindVariable, spec.KindMember), func(o *spec.Organization) { o.Owner = "next@acme.example" }))
	zone.User.ID = 99 // somebody who is no member of it
	r.Desired.Guards.RequiredAdmins = []string{"required@acme.example"}
	r.Desired.Guards.Protect = []spec.Glob{plantest.Glob(t, "acme/member/protected@*"), plantest.Glob(t, "*/variable/KEEP")}
	p := plantest.Make(t, r)
	plantest.WantLines(t, p,
		"1 delete acme/variable/GO destructive type:string→ value:g→",
		"2 delete acme/member/gone@acme.example destructive role:Member→",
		"3 revoke acme/member/invited@acme.example destructive invitation:pending→ role:Member→",
		"waiting acme/owner: only ops@acme.example can transfer; the token is ops@acme.example's",
		"warning not-purged: acme: user 9 (Member): no e-mail could be found, not purged")
	u := p.Organizations[0].Unmanaged
	if u[spec.KindVariable] != 1 || u[spec.KindMember] != 5 {
		t.Errorf("unmanaged %v", u)
	}
}

// Somebody of whom the zone shows no e-mail may be anybody: a member whose account was suspended is
// neither purged nor invited once more, and every run says so.
func TestMemberWithoutEmail(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	live.Unreadable = []state.RoleRow{{UserID: 7, RoleID: 12}}
	zone := zonetest.New(live)
	docs := func(change ...func(*spec.Organization)) planner.Request {
		return plantest.Request(zone, zonetest.Desired("acme", "Acme", change...))
	}
	plantest.WantLines(t, plantest.Make(t, docs(zonetest.Members(spec.Member{Email: "ops@acme.example"}), zonetest.Purge(spec.KindMember))),
		"warning not-purged: acme: user 7 (Admin): no e-mail could be found, not purged")
	const may = ": she may be somebody of whom the zone shows no e-mail (user 7); "
	plantest.WantLines(t, plantest.Make(t, docs(zonetest.Members(
		spec.Member{Email: "ann@acme.example", Role: "Admin", Invite: &spec.Invite{Name: "Ann"}},
		spec.Member{Email: "gone@acme.example", State: spec.Absent}))),
		"waiting acme/member/ann@acme.example"+may+"nobody is invited twice",
		"waiting acme/member/gone@acme.example"+may+"whether she is gone cannot be told")
	live.Unreadable = []state.RoleRow{{UserID: 7, RoleID: 12}, {UserID: 8, RoleID: 13, Invitation: "declined"}}
	p := plantest.Make(t, docs(zonetest.Members(spec.Member{Email: "ann@acme.example", Role: "Admin", Invite: &spec.Invite{Name: "Ann"}}),
		zonetest.Purge(spec.KindMember)))
	plantest.WantLines(t, p,
		"waiting acme/member/ann@acme.example: she may be one of 2 people of whom the zone shows no e-mail (users 7, 8); nobody is invited twice",
		"warning not-purged: acme: user 7 (Admin): no e-mail could be found, not purged",
		"warning not-purged: acme: user 8 (Member, invitation declined): no e-mail could be found, not purged")
	// The token's own user needs no e-mail in the list: the zone says who that is.
	live.Unreadable, live.Members = []state.RoleRow{{UserID: 1, RoleID: 11}}, []spec.Member{}
	plantest.WantLines(t, plantest.Make(t, docs(zonetest.Members(spec.Member{Email: "ops@acme.example", Role: "Admin"}), zonetest.Purge(spec.KindMember))))
}

func TestInvitationInAnotherState(t *testing.T) {
	t.Parallel()
	live := zonetest.Acme()
	zonetest.Person(live, 2, "ann@acme.example", 12, "declined")
	zone := zonetest.New(live)
	for _, want := range []spec.Member{{Email: "ann@acme.example"}, {Email: "ann@acme.example", Role: "Admin"},
		{Email: "ann@acme.example", Role: "Admin", Invite: &spec.Invite{Name: "Ann"}}} {
		plantest.WantLines(t, plantest.Make(t, plantest.Request(zone, zonetest.Desired("acme", "Acme", zonetest.Members(want)))),
			`waiting acme/member/ann@acme.example: the zone calls the invitation of ann@acme.example "declined"; `+
				"to invite again, apply once with `ann@acme.example: {state: absent}`, and then this again")
	}
	plantest.WantLines(t, plantest.Make(t, plantest.Request(zone, zonetest.Desired("acme", "Acme",
		zonetest.Members(spec.Member{Email: "ann@acme.example", State: spec.Absent})))),
		"1 revoke acme/member/ann@acme.example destructive invitation:declined→ role:Admin→")
}
