package apply

import (
	"context"
	"slices"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/plantest"
	"makesync/sync/report"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

// behindBy is a reader whose organizations and members show what was made only from a moment on.
type behindBy struct {
	*writtenZone
	clock *jumpClock
	shows time.Time
	until []*state.Organization // what is shown before
}

func (b *behindBy) at() *writtenZone {
	if b.clock.Now().Before(b.shows) {
		return newWrittenZone(b.until...)
	}
	return b.writtenZone
}

func (b *behindBy) Organizations(ctx context.Context) ([]*state.Organization, error) {
	return b.at().Organizations(ctx)
}

func (b *behindBy) OrganizationNames(ctx context.Context) ([]*state.Organization, error) {
	return b.at().OrganizationNames(ctx)
}

func (b *behindBy) Read(ctx context.Context, live *state.Organization, kind spec.Kind) error {
	return b.at().Read(ctx, live, kind)
}

// TestTheNextRunAwaitsWhatTheLastHasMade: a run that follows at once, in a zone whose lists are behind, neither creates
// nor invites again. What has long been shown is not even read.
func TestTheNextRunAwaitsWhatTheLastHasMade(t *testing.T) {
	t.Parallel()
	on := time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC)
	invitee := spec.Member{Email: "zoe@x.example", Role: "Admin", Invite: &spec.Invite{Name: "Zoe"}}
	acme := zonetest.Organization(11, "Acme")
	z := newWrittenZone(acme)
	r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Members(invitee)), zonetest.Desired("nova", "Nova", func(o *spec.Organization) {
		o.Region, o.Country, o.Timezone = "EU", "CZ", "113"
	}))
	rule, _ := plan.ParseAllow("create:organization@*")
	r.Allow, r.Now, r.Zones = []plan.Allow{rule}, on, map[string]state.Port{"eu1": z.port().Port}
	before := []*state.Organization{zonetest.Organization(11, "Acme")}
	journal := &memoryJournal{}
	options := z.options()
	options.Journal = journal
	if report := Run(context.Background(), plantest.Make(t, r), options); report.Succeeded != 2 {
		t.Fatal(outcomes(report))
	}
	for _, after := range []time.Duration{0, 2 * time.Second, time.Hour} {
		b := &behindBy{writtenZone: z, clock: newJumpClock(), shows: planned.Add(2500 * time.Millisecond), until: slices.Clone(before)}
		b.clock.now = planned.Add(after)
		port := z.port().Port
		port.Reader = b
		clear(z.Calls)
		AwaitVisible(context.Background(), &journal.story, ResumeOptions{Zones: map[string]state.Port{"eu1": port}, Clock: b.clock})
		if now := b.clock.Now(); now.Before(b.shows) || after == time.Hour && (now != planned.Add(after) || len(z.Calls) > 0) || now.After(planned.Add(after+10*time.Second)) {
			t.Errorf("a run that follows after %v begins at %v, %v were called", after, now.Sub(planned), z.Calls)
		}
	}
	never := &behindBy{writtenZone: z, clock: newJumpClock(), shows: planned.Add(time.Hour), until: before}
	port := z.port().Port
	port.Reader = never
	AwaitVisible(context.Background(), &journal.story, ResumeOptions{Zones: map[string]state.Port{"eu1": port}, Clock: never.clock})
	if waited := never.clock.Now().Sub(planned); waited != 10*time.Second {
		t.Errorf("it waits for %v", waited)
	}
}

// TestAnOldInvitationInAListThatIsBehind: a run is killed between the two writes of a re-invitation and the answer to
// the second. The list still shows the first invitation; what became of the second is not decided by that.
func TestAnOldInvitationInAListThatIsBehind(t *testing.T) {
	t.Parallel()
	acme, stale := zonetest.Organization(11, "Acme"), zonetest.Organization(11, "Acme")
	zonetest.Person(acme, 6, "late@x.example", 13, "expired")
	zonetest.Person(stale, 6, "late@x.example", 13, "pending")
	z := newWrittenZone(acme)
	r := plantest.Request(z.Zone, zonetest.Desired("acme", "Acme", zonetest.Members(spec.Member{Email: "late@x.example", Role: "Admin", Invite: &spec.Invite{Name: "Late"}})))
	journal := &memoryJournal{fails: 5} // the line after the intent of the invitation
	options := z.options()
	options.Journal = journal
	Run(context.Background(), plantest.Make(t, r), options)
	if open := journal.story.Open(); len(open) != 1 || open[0].Verb != plan.InviteMember {
		t.Fatalf("open: %v", open)
	}
	b := &behindBy{writtenZone: z, clock: newJumpClock(), shows: planned.Add(2 * time.Second), until: []*state.Organization{stale}}
	port := z.port().Port
	port.Reader = b
	got := Resume(context.Background(), &journal.story, ResumeOptions{Zones: map[string]state.Port{"eu1": port}, Clock: b.clock})
	if len(got) != 1 || got[0].Outcome != report.Succeeded {
		t.Errorf("%+v", got)
	}
}
