package sync

import (
	"context"
	"strings"
	"testing"
	"time"

	"makesync/spec"
)

// An organization of the same name in another zone is not the one that was made.
func TestALostCreateBesideANamesake(t *testing.T) {
	t.Parallel()
	for _, commit := range []bool{false, true} {
		z, r := world()
		other := liveOrganization(900, "Nova")
		other.Host, other.License = "us1.make.com", nil
		z.orgs = append(z.orgs, other)
		first := true
		z.fault = func(_ int, w Write) *lost {
			if w.Verb == CreateOrganization && first {
				first = false
				return &lost{commit, serverError()}
			}
			return nil
		}
		report := Apply(context.Background(), makePlan(t, r), z.options())
		if report.Succeeded != stepsOfWorld {
			t.Errorf("commit %v:\n%s", commit, outcomes(report))
		}
		made := 0
		for _, o := range z.orgs {
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
	p := makePlan(t, r)
	for i := range p.Organizations {
		for j := range p.Organizations[i].Steps {
			p.Organizations[i].Steps[j].After = nil
		}
	}
	z.fault = func(_ int, w Write) *lost {
		if w.Verb == CreateOrganization {
			return &lost{false, refused(403, "SC403")}
		}
		return nil
	}
	report := Apply(context.Background(), p, z.options())
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
	plan, _ := DecodePlan(data, spec.Value{})
	plan.Hydrate(evaluate)
	o := z.options()
	o.Saved, o.AllowPartial = true, true
	z.fault = func(n int, _ Write) *lost {
		if n == 1 {
			_ = o.Clock.Sleep(context.Background(), 2*time.Minute)
			setVariable(z.find(11), "COUNT", "6")
		}
		return nil
	}
	o.Concurrency = 1
	report := Apply(context.Background(), plan, o)
	if got := outcomes(report); report.Skipped != 1 || !strings.Contains(got, "acme/variable/COUNT: skipped (stale:") {
		t.Error(got)
	}
}

// The first attempt arrives after all, when the second is on its way and is refused for that.
func TestALateFirstAttempt(t *testing.T) {
	t.Parallel()
	z, r := world()
	n := 0
	z.fault = func(_ int, w Write) *lost {
		if w.Verb != CreateVariable || w.Address.Key() != "acme" {
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
	report := Apply(context.Background(), makePlan(t, r), z.options())
	if report.Succeeded != stepsOfWorld || n != 2 {
		t.Errorf("%d attempts\n%s", n, outcomes(report))
	}
}

// Who is promoted and then becomes Owner in one run has another role than the promotion gave.
func TestPromotionAndTransferOfOnePerson(t *testing.T) {
	t.Parallel()
	acme := liveOrganization(11, "Acme")
	person(acme, 2, "jane@x.example", 13, "")
	z := newWrittenZone(acme)
	r := request(z.fakeZone, desired("acme", "Acme", members(spec.Member{Email: "jane@x.example", Role: "Admin"}),
		func(o *spec.Organization) { o.Owner = "jane@x.example" }))
	report := Apply(context.Background(), makePlan(t, r), z.options())
	if report.Succeeded != 2 || report.Planned != 2 {
		t.Errorf("%d planned\n%s", report.Planned, outcomes(report))
	}
}
