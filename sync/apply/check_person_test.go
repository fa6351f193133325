package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// TestChangedMeanwhile: between the plan and the write of a direct apply somebody else changes what the meaning of a
// write depends on. It is not sent, and told.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	person := func(id int64, change func(*spec.Member)) func(*writtenZone) {
		return func(z *writtenZone) { change(state.FindUser(z.Find(11).Members, id)) }
	}
	role := func(id string) func(*spec.Member) { return func(m *spec.Member) { m.Role = id } }
	accepts := func(m *spec.Member) { m.Invitation = "" }
	gone := func(id int64) func(*writtenZone) {
		return func(z *writtenZone) {
			z.Find(11).Members = zonetest.Without(z.Find(11).Members, func(m spec.Member) bool { return m.UserID == id })
		}
	}
	cases := map[string]struct {
		change func(z *writtenZone)
		want   string // address and reason
		exit   exit.Code
	}{
		"the revoked one accepts":        {person(7, accepts), "acme/member/unwanted@x.example: skipped (changed-meanwhile: the invitation has been accepted", exit.Partial},
		"the reinvited one accepts":      {person(6, accepts), "acme/member/late@x.example: skipped (changed-meanwhile: the invitation has been accepted", exit.Partial},
		"the removed one is promoted":    {person(5, role("12")), "acme/member/gone@x.example: skipped (changed-meanwhile:", exit.Partial},
		"the promoted one is demoted":    {person(4, role("16")), "acme/member/rising@x.example: skipped (changed-meanwhile:", exit.Partial},
		"the promoted one leaves":        {gone(4), "acme/member/rising@x.example: skipped (changed-meanwhile: the person is not there", exit.Partial},
		"the invitee joins with a role":  {func(z *writtenZone) { zonetest.Person(z.Find(11), 90, "new@x.example", 16, "") }, "acme/member/new@x.example: skipped (changed-meanwhile:", exit.Partial},
		"the invitee joins":              {func(z *writtenZone) { zonetest.Person(z.Find(11), 90, "new@x.example", 13, "") }, "acme/member/new@x.example: skipped (already-done:", exit.OK},
		"the next owner is lowered":      {person(2, role("16")), "acme/owner: skipped (stale:", exit.Partial},
		"somebody joins what is deleted": {func(z *writtenZone) { zonetest.Person(z.Find(12), 91, "x@x.example", 13, "") }, "doomed: skipped (stale:", exit.Partial},
		"the name is taken":              {func(z *writtenZone) { z.Orgs = append(z.Orgs, zonetest.Organization(50, "Nova")) }, "nova: skipped (stale:", exit.Partial},
		"the revoked one is revoked":     {gone(7), "acme/member/unwanted@x.example: skipped (already-done:", exit.OK},
		"the removed one leaves":         {gone(5), "acme/member/gone@x.example: skipped (already-done:", exit.OK},
		"the promoted one is promoted":   {person(4, role("12")), "acme/member/rising@x.example: skipped (already-done:", exit.OK},
		"the invitee is invited":         {func(z *writtenZone) { zonetest.Person(z.Find(11), 90, "new@x.example", 13, "pending") }, "acme/member/new@x.example: skipped (already-done:", exit.OK},
		"what is deleted is deleted": {func(z *writtenZone) {
			z.Orgs = slices.DeleteFunc(z.Orgs, func(o *state.Organization) bool { return o.ID == 12 })
		}, "doomed: skipped (already-done:", exit.OK},
		"the revoked invitation expires": {person(7, func(m *spec.Member) { m.Invitation = "expired" }), "", exit.OK},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, r := world()
			p := plantest.Make(t, r)
			c.change(z)
			rs := Run(context.Background(), p, z.options())
			wantSum(t, p, rs)
			if !strings.Contains(outcomes(rs), c.want) || rs.Exit != c.exit {
				t.Errorf("exit %v, want %v and %s\n%s", rs.Exit, c.exit, c.want, outcomes(rs))
			}
			address, _, _ := strings.Cut(c.want, ":")
			for _, w := range z.writes {
				if string(w.Address) == address {
					t.Errorf("%s %s was sent", w.Verb, w.Address)
				}
			}
		})
	}
}

// TestAcceptedDuringTheRun: she accepts while the step before hers is written, in a direct apply and in a saved one.
func TestAcceptedDuringTheRun(t *testing.T) {
	t.Parallel()
	for _, saved := range []bool{false, true} {
		z, r := world()
		p := plantest.Make(t, r)
		z.fault = func(_ int, w plan.Write) *lost {
			if w.Organization == 11 && w.Verb == plan.CreateVariable {
				state.FindUser(z.Find(11).Members, 7).Invitation = ""
			}
			return nil
		}
		o := z.options()
		o.Saved = saved
		want := exit.Partial
		if saved {
			want = exit.Stale
		}
		rs := Run(context.Background(), p, o)
		if got := outcomes(rs); rs.Exit != want || rs.Skipped != 1 || !strings.Contains(got, "unwanted@x.example: skipped (changed-meanwhile:") {
			t.Errorf("saved %v: exit %v\n%s", saved, rs.Exit, got)
		}
		if state.FindUser(z.Find(11).Members, 7) == nil {
			t.Error("a member is removed")
		}
	}
}

// TestReadsBeforeWrites counts them: each write whose meaning depends on the state of its object is preceded by one
// read of it, and no other write by any; each kind that was written is read back once.
func TestReadsBeforeWrites(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	clear(z.Calls)
	if rs := Run(context.Background(), p, z.options()); rs.Succeeded != stepsOfWorld {
		t.Fatal(outcomes(rs))
	}
	want := map[string]int{
		"role 11":   5,                 // two role changes, a removal, a revocation, a re-invitation
		"member 11": 2 + 1,             // one for all invitations, the last before the transfer, and read back
		"detail 12": 1, "member 12": 1, // what the deletion takes along
		"names":         1 + 1,                                       // before the creation, and for a twin after it
		"organizations": 1,                                           // whether it is deleted
		"detail 11":     1, "variable 11": 1, "featureControl 11": 1, // read back
	}
	fresh := fmt.Sprint(z.Orgs[len(z.Orgs)-1].ID)
	for call, n := range z.Calls {
		if !strings.HasSuffix(call, " "+fresh) && n != want[call] {
			t.Errorf("%s: %d calls, want %d", call, n, want[call])
		}
	}
	for _, call := range slices.Sorted(maps.Keys(want)) {
		if z.Calls[call] != want[call] {
			t.Errorf("%s: %d calls, want %d", call, z.Calls[call], want[call])
		}
	}
}

// TestOneListForManyInvitations: it serves those of half a minute.
func TestOneListForManyInvitations(t *testing.T) {
	t.Parallel()
	var people []spec.Member
	for i := range 5 {
		people = append(people, spec.Member{Email: fmt.Sprintf("p%02d@x.example", i), Role: "Member", Invite: &spec.Invite{Name: "P"}})
	}
	z := newWrittenZone(zonetest.Organization(11, "Acme"))
	p := plantest.Make(t, plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Members(people...))))
	clear(z.Calls)
	o := z.options()
	z.fault = func(int, plan.Write) *lost { _ = o.Clock.Sleep(context.Background(), 11*time.Second); return nil }
	if rs := Run(context.Background(), p, o); rs.Succeeded != len(people) {
		t.Fatal(outcomes(rs))
	}
	if got := z.Calls["member 11"]; got != 2+1 { // at 0 and 33 seconds, and to read back
		t.Errorf("%d lists", got)
	}
}
