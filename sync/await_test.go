package sync

import (
	"context"
	"slices"
	"testing"
	"time"

	"makesync/spec"
)

// behindBy is a reader whose organizations and members show what was made only from a moment on.
type behindBy struct {
	*writtenZone
	clock *jumpClock
	shows time.Time
	until []*Live // what is shown before
}

func (b *behindBy) at() *writtenZone {
	if b.clock.Now().Before(b.shows) {
		return newWrittenZone(b.until...)
	}
	return b.writtenZone
}

func (b *behindBy) Organizations(ctx context.Context) ([]*Live, error) {
	return b.at().Organizations(ctx)
}

func (b *behindBy) Read(ctx context.Context, live *Live, kind spec.Kind) error {
	return b.at().Read(ctx, live, kind)
}

// TestTheNextRunAwaitsWhatTheLastHasMade: a run that follows at once, in a zone whose lists are behind, neither creates
// nor invites again. What has long been shown is not even read.
func TestTheNextRunAwaitsWhatTheLastHasMade(t *testing.T) {
	t.Parallel()
	on := time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC)
	invitee := spec.Member{Email: "zoe@x.example", Role: "Admin", Invite: &spec.Invite{Name: "Zoe"}}
	acme := liveOrganization(11, "Acme")
	z := newWrittenZone(acme)
	r := request(z.fakeZone, desired("acme", "Acme", members(invitee)), desired("nova", "Nova", func(o *spec.Organization) {
		o.Region, o.Country, o.Timezone = "EU", "CZ", "113"
	}))
	rule, _ := ParseAllow("create:organization@*")
	r.Allow, r.Now, r.Zones = []Allow{rule}, on, map[string]ZonePort{"eu1": z.port().ZonePort}
	before := []*Live{liveOrganization(11, "Acme")}
	journal := &memoryJournal{}
	options := z.options()
	options.Journal = journal
	if report := Apply(context.Background(), makePlan(t, r), options); report.Succeeded != 2 {
		t.Fatal(outcomes(report))
	}
	for _, after := range []time.Duration{0, 2 * time.Second, time.Hour} {
		b := &behindBy{writtenZone: z, clock: newJumpClock(), shows: planned.Add(2500 * time.Millisecond), until: slices.Clone(before)}
		b.clock.now = planned.Add(after)
		port := z.port().ZonePort
		port.Reader = b
		clear(z.calls)
		AwaitVisible(context.Background(), &journal.story, ResumeOptions{Zones: map[string]ZonePort{"eu1": port}, Clock: b.clock})
		if now := b.clock.Now(); now.Before(b.shows) || after == time.Hour && (now != planned.Add(after) || len(z.calls) > 0) || now.After(planned.Add(after+10*time.Second)) {
			t.Errorf("a run that follows after %v begins at %v, %v were called", after, now.Sub(planned), z.calls)
		}
	}
	never := &behindBy{writtenZone: z, clock: newJumpClock(), shows: planned.Add(time.Hour), until: before}
	port := z.port().ZonePort
	port.Reader = never
	AwaitVisible(context.Background(), &journal.story, ResumeOptions{Zones: map[string]ZonePort{"eu1": port}, Clock: never.clock})
	if waited := never.clock.Now().Sub(planned); waited != 10*time.Second {
		t.Errorf("it waits for %v", waited)
	}
}

// TestAnOldInvitationInAListThatIsBehind: a run is killed between the two writes of a re-invitation and the answer to
// the second. The list still shows the first invitation; what became of the second is not decided by that.
func TestAnOldInvitationInAListThatIsBehind(t *testing.T) {
	t.Parallel()
	acme, stale := liveOrganization(11, "Acme"), liveOrganization(11, "Acme")
	person(acme, 6, "late@x.example", 13, "expired")
	person(stale, 6, "late@x.example", 13, "pending")
	z := newWrittenZone(acme)
	r := request(z.fakeZone, desired("acme", "Acme", members(spec.Member{Email: "late@x.example", Role: "Admin", Invite: &spec.Invite{Name: "Late"}})))
	journal := &memoryJournal{fails: 5} // the line after the intent of the invitation
	options := z.options()
	options.Journal = journal
	Apply(context.Background(), makePlan(t, r), options)
	if open := journal.story.Open(); len(open) != 1 || open[0].Verb != InviteMember {
		t.Fatalf("open: %v", open)
	}
	b := &behindBy{writtenZone: z, clock: newJumpClock(), shows: planned.Add(2 * time.Second), until: []*Live{stale}}
	port := z.port().ZonePort
	port.Reader = b
	got := Resume(context.Background(), &journal.story, ResumeOptions{Zones: map[string]ZonePort{"eu1": port}, Clock: b.clock})
	if len(got) != 1 || got[0].Outcome != Succeeded {
		t.Errorf("%+v", got)
	}
}
