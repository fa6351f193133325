package apply

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/zonetest"
)

// TestAListThatIsBehind: the zone does a write, loses the answer, and shows for some reads what was there before; it
// refuses the repetition, for the thing is made, or gone.
func TestAListThatIsBehind(t *testing.T) {
	t.Parallel()
	for verb, status := range map[plan.Verb]int{plan.CreateVariable: 400, plan.DeleteVariable: 404, plan.InviteMember: 400, plan.RemoveMember: 404} {
		z, r := world()
		p := plantest.Make(t, r)
		var open *plan.Write
		refusals, reads := 0, 0
		z.fault = func(_ int, w plan.Write) *lost {
			switch {
			case w.Verb == verb && open == nil:
				open = &w
				return &lost{err: serverError()}
			case open != nil && w.Verb == verb && w.Address == open.Address:
				refusals++
				return &lost{err: refused(status, "IM005")}
			}
			return nil
		}
		z.onRead = func(string) error {
			if refusals > 0 {
				reads++
			}
			if reads == 3 && refusals == 1 {
				refusals++
				if _, err := z.commit(*open); err != nil {
					t.Errorf("%s: %v", verb, err)
				}
			}
			return nil
		}
		report := Run(context.Background(), p, z.options())
		if refusals != 2 || report.Failed+report.Skipped+report.Unknown > 0 {
			t.Errorf("%s of %s:\n%s", verb, open.Address, outcomes(report))
		}
		wantConverged(t, z, r)
	}
}

// TestReadingBackFromAListThatIsBehind: what the zone has done, and shows a moment later, has not failed.
func TestReadingBackFromAListThatIsBehind(t *testing.T) {
	t.Parallel()
	z := newWrittenZone(zonetest.Organization(11, "Acme"))
	r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("NEW", "new"), spec.Variable{Name: "NEWER", Type: spec.TypeNumber, Value: spec.Plain("7")})))
	p := plantest.Make(t, r)
	var done []plan.Write
	z.fault = func(_ int, w plan.Write) *lost { done = append(done, w); return &lost{} }
	reads := 0
	z.onRead = func(string) error {
		if reads++; reads == 2 {
			for _, w := range done {
				if _, err := z.commit(w); err != nil {
					t.Error(err)
				}
			}
		}
		return nil
	}
	if report := Run(context.Background(), p, z.options()); report.Succeeded != 2 || report.Exit != exit.OK || reads != 2 {
		t.Errorf("exit %v after %d reads\n%s", report.Exit, reads, outcomes(report))
	}
}

// A list may go on showing an invitation that is revoked, while the next one is under way.
func TestAListThatStillShowsWhatIsRevoked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		commit  bool
		shows   int    // readings of the list that are behind
		outcome string // "": it succeeds, as all others do
	}{
		"sent, and shown later": {true, 4, ""},
		"not sent":              {false, 4, ""},
		"sent, and never shown": {true, 1000, "reinvite acme/member/late@x.example: unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			z, r := world()
			p := plantest.Make(t, r)
			acme := z.Orgs[0]
			var old, now []spec.Member
			behind, attempts := 0, 0
			z.fault = func(_ int, w plan.Write) *lost {
				if w.Address.Name() != "late@x.example" || w.Verb == plan.RemoveMember {
					return nil
				}
				if attempts++; attempts > 1 {
					return nil
				}
				if test.commit {
					if _, err := z.commit(w); err != nil {
						t.Error(err)
					}
				}
				now, behind = acme.Members, test.shows
				old = append(zonetest.Without(now, func(m spec.Member) bool { return m.Email == "late@x.example" }),
					spec.Member{Email: "late@x.example", UserID: 6, Role: "13", Invitation: "expired"})
				acme.Members = old
				return &lost{false, serverError()}
			}
			z.onRead = func(call string) error {
				if behind > 0 && strings.HasPrefix(call, "member") {
					if behind--; behind == 0 {
						acme.Members = now
					}
				}
				return nil
			}
			report := Run(context.Background(), p, z.options())
			got, invited := outcomes(report), z.invited["11 late@x.example"]
			if !strings.Contains(got, test.outcome) || test.outcome == "" && got != "" || invited != 1 {
				t.Errorf("%d invitations\n%s", invited, got)
			}
		})
	}
}

// TestReadingBackBesideOthers: in one slot, an organization is read back before the next is written, and what is
// behind yields the slot to it.
func TestReadingBackBesideOthers(t *testing.T) {
	t.Parallel()
	for name, behind := range map[string]bool{"at once": false, "a list that is behind": true} {
		synctest.Test(t, func(t *testing.T) {
			z := newWrittenZone(zonetest.Organization(11, "Acme"), zonetest.Organization(12, "Beta"))
			one := zonetest.Variables(zonetest.TextVariable("NEW", "new"))
			p := plantest.Make(t, plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", one), zonetest.Desired("beta", "Beta", one)))
			clear(z.Calls)
			var late plan.Write
			z.fault = func(_ int, w plan.Write) *lost {
				switch {
				case w.Organization == 11 && behind:
					late = w
					return &lost{}
				case w.Organization == 12 && z.Calls["variable 11"] == 0:
					t.Errorf("%s: beta is written before acme is read back", name)
				case w.Organization == 12 && behind:
					if _, err := z.commit(late); err != nil { // only now: acme is waiting
						t.Error(err)
					}
				}
				return nil
			}
			o := z.options()
			o.Clock, o.Fetched, o.Concurrency = wallClock{}, time.Now(), 1
			if rs := Run(context.Background(), p, o); rs.Succeeded != 2 || rs.Exit != exit.OK {
				t.Errorf("%s: exit %v\n%s", name, rs.Exit, outcomes(rs))
			}
		})
	}
}

// TestARefusedRepetitionThatCannotBeLookedInto: nobody knows then what the first attempt has done.
func TestARefusedRepetitionThatCannotBeLookedInto(t *testing.T) {
	t.Parallel()
	z := newWrittenZone(zonetest.Organization(11, "Acme"))
	p := plantest.Make(t, plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Variables(zonetest.TextVariable("NEW", "new")))))
	z.fault = func(n int, _ plan.Write) *lost {
		if n == 1 {
			return &lost{err: serverError()}
		}
		z.onRead = func(string) error { return serverError() }
		return &lost{err: refused(400, "IM005")}
	}
	report := Run(context.Background(), p, z.options())
	if report.Unknown != 1 || report.Steps[0].Error.Status != 400 || report.Exit != exit.Partial {
		t.Errorf("exit %v\n%s", report.Exit, outcomes(report))
	}
}
