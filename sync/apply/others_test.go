package apply

import (
	"context"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/savedplan"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// An organization of the same name in another zone is not the one that was made.
func TestALostCreateBesideANamesake(t *testing.T) {
	t.Parallel()
	for _, commit := range []bool{false, true} {
		z, r := world()
		other := zonetest.Organization(900, "Nova")
		other.Host, other.License = "us1.make.com", nil
		z.Orgs = append(z.Orgs, other)
		first := true
		z.fault = func(_ int, w plan.Write) *lost {
			if w.Verb == plan.CreateOrganization && first {
				first = false
				return &lost{commit, serverError()}
			}
			return nil
		}
		report := Run(context.Background(), plantest.Make(t, r), z.options())
		if report.Succeeded != stepsOfWorld {
			t.Errorf("commit %v:\n%s", commit, outcomes(report))
		}
		made := 0
		for _, o := range z.Orgs {
			if o.Name == "Nova" && o.ID != 900 {
				made++
			}
		}
		if made != 1 || len(other.Variables) != 1 {
			t.Errorf("commit %v: %d made; the namesake has %v", commit, made, other.Variables)
		}
	}
}

// Nothing is done to an organization that could not be created, also where a plan names no dependency.
func TestNothingIsDoneToWhatWasNotCreated(t *testing.T) {
	t.Parallel()
	z, r := world()
	p := plantest.Make(t, r)
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			p.Organizations[i].Steps[j].After = nil
		}
	}
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb == plan.CreateOrganization {
			return &lost{false, refused(403, "SC403")}
		}
		return nil
	}
	report := Run(context.Background(), p, z.options())
	if report.Failed != 1 || report.Skipped != 3 || strings.Count(outcomes(report), "depends: step") != 3 {
		t.Error(outcomes(report))
	}
	for _, w := range z.writes {
		if w.Address.Key() == "nova" {
			t.Errorf("%s %s", w.Verb, w.Address)
		}
	}
}

// A long run reads again what it read more than a minute ago, before it relies on it.
func TestSomebodyElseDuringALongRun(t *testing.T) {
	t.Parallel()
	z, _, data := saved(t, spec.Value{})
	p, _ := savedplan.Decode(data, spec.Value{})
	savedplan.Hydrate(p, evaluate)
	o := z.options()
	o.Saved, o.AllowPartial = true, true
	z.fault = func(n int, _ plan.Write) *lost {
		if n == 1 {
			_ = o.Clock.Sleep(context.Background(), 2*time.Minute)
			setVariable(z.Find(11), "COUNT", "6")
		}
		return nil
	}
	o.Concurrency = 1
	report := Run(context.Background(), p, o)
	if got := outcomes(report); report.Skipped != 1 || !strings.Contains(got, "acme/variable/COUNT: skipped (stale:") {
		t.Error(got)
	}
}

// The first attempt arrives after all, when the second is on its way and is refused for that.
func TestALateFirstAttempt(t *testing.T) {
	t.Parallel()
	z, r := world()
	n := 0
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb != plan.CreateVariable || w.Address.Key() != "acme" {
			return nil
		}
		if n++; n == 1 {
			return &lost{false, serverError()}
		}
		if _, err := z.commit(w); err != nil {
			t.Error(err)
		}
		return nil
	}
	report := Run(context.Background(), plantest.Make(t, r), z.options())
	if report.Succeeded != stepsOfWorld || n != 2 {
		t.Errorf("%d attempts\n%s", n, outcomes(report))
	}
}

// journalHook is a journal that lets something happen while a line is written.
type journalHook struct {
	memoryJournal
	before func(report.Intent)
}

func (j *journalHook) Intent(i report.Intent) error {
	j.before(i)
	return j.memoryJournal.Intent(i)
}

// The answer to a revocation is lost, she is still invited, and accepts before it is sent again: by then it would
// remove a member.
func TestAcceptedBeforeARepetition(t *testing.T) {
	t.Parallel()
	z, r := world()
	const invitee, user = "acme/member/unwanted@x.example", 7
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Address == invitee {
			return &lost{false, serverError()}
		}
		return nil
	}
	o, repeated := z.options(), false
	o.Journal = &journalHook{before: func(i report.Intent) {
		if i.Address == invitee && i.Attempt == 2 {
			z.mu.Lock()
			defer z.mu.Unlock()
			state.FindUser(z.Find(11).Members, user).Invitation = ""
			z.fault, repeated = nil, true
		}
	}}
	result := Run(context.Background(), plantest.Make(t, r), o)
	if m := state.FindUser(z.Find(11).Members, user); m == nil || !repeated {
		t.Errorf("she is there: %v; it came to a repetition: %v\n%s", m != nil, repeated, outcomes(result))
	}
}

// The second half of inviting somebody again has to wait, and somebody else lets her in: she is not invited beside that.
func TestLetInBetweenTheHalvesOfAReinvitation(t *testing.T) {
	t.Parallel()
	z, r := world()
	tries := 0
	z.fault = func(_ int, w plan.Write) *lost {
		if w.Verb != plan.InviteMember || w.Address != "acme/member/late@x.example" {
			return nil
		}
		if tries++; tries == 1 {
			zonetest.Person(z.Find(11), 6, "late@x.example", 13, "")
			return &lost{false, plan.ErrWaited}
		}
		return nil
	}
	report := Run(context.Background(), plantest.Make(t, r), z.options())
	if got := outcomes(report); tries != 1 || !strings.Contains(got, "somebody else has let her in meanwhile") {
		t.Errorf("sent %d times\n%s", tries, got)
	}
}

// Who is promoted and then becomes Owner in one run has another role than the promotion gave.
func TestPromotionAndTransferOfOnePerson(t *testing.T) {
	t.Parallel()
	acme := zonetest.Organization(11, "Acme")
	zonetest.Person(acme, 2, "jane@x.example", 13, "")
	z := newWrittenZone(acme)
	r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Members(spec.Member{Email: "jane@x.example", Role: "Admin"}),
		func(o *spec.Organization) { o.Owner = "jane@x.example" }))
	report := Run(context.Background(), plantest.Make(t, r), z.options())
	if report.Succeeded != 2 || report.Planned != 2 {
		t.Errorf("%d planned\n%s", report.Planned, outcomes(report))
	}
}

// TestAnotherAdminLeavesBesideARun: who is taken out leaves as many Admins as the plan says, also of a plan that was
// made a moment ago: while somebody reads the question, another client may take out one, too.
func TestAnotherAdminLeavesBesideARun(t *testing.T) {
	t.Parallel()
	for _, absent := range []bool{false, true} {
		for _, meanwhile := range []bool{false, true} {
			acme := zonetest.Organization(11, "Acme")
			zonetest.Person(acme, 2, "carl@x.example", 12, "")
			zonetest.Person(acme, 3, "jane@x.example", 12, "")
			z := newWrittenZone(acme)
			member := spec.Member{Email: "jane@x.example", Role: "Member"}
			if absent {
				member = spec.Member{Email: "jane@x.example", State: spec.Absent}
			}
			r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Members(member)))
			p := plantest.Make(t, r)
			if meanwhile {
				state.FindUser(z.Find(11).Members, 2).Role = "13"
			}
			report := Run(context.Background(), p, z.options())
			if stale := report.Skipped == 1 && len(z.writes) == 0; stale != meanwhile || report.Planned != 1 {
				t.Errorf("absent %v, meanwhile %v: %d writes\n%s", absent, meanwhile, len(z.writes), outcomes(report))
			}
		}
	}
}
