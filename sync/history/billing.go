package history

import (
	"slices"
	"sync"

	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Billing knows from the journals what of billing was sent and a zone may not show: cancels that
// are to come, checkouts that are open, changes that were lost or come late. It implements
// state.BillingMemory. It reads them all, once, when it is first asked, which only documents with a
// subscription make it.
type Billing struct {
	store *Store
	once  sync.Once
	runs  int
	err   error
	sent  map[sentKey]billing.SentBefore
}

type sentKey struct {
	zone         string
	organization int64
}

// Sent is what was sent for an organization last, and no zone has refused.
func (b *Billing) Sent(zone string, organization int64) billing.SentBefore {
	b.once.Do(b.read)
	return b.sent[sentKey{placeOf(zone), organization}]
}

// Known is how many runs are remembered. The error is that of a journal that cannot be read, or has
// a line that is not whole: what it hides may be one of them.
func (b *Billing) Known() (runs int, err error) {
	b.once.Do(b.read)
	return b.runs, b.err
}

// remembered are the verbs of which a zone may not show that they were sent.
var remembered = []plan.Verb{plan.CancelSubscription, plan.BeginSubscription, plan.ChangeSubscription,
	plan.FreeSubscription, plan.ClaimOffer}

// slotOf is where a write of such a verb is kept.
func slotOf(sent *billing.SentBefore, verb plan.Verb) **billing.Sent {
	switch verb {
	case plan.CancelSubscription:
		return &sent.Cancelled
	case plan.BeginSubscription:
		return &sent.Begun
	case plan.ClaimOffer:
		return &sent.Claimed
	}
	return &sent.Changed
}

func (b *Billing) read() {
	b.sent = map[sentKey]billing.SentBefore{}
	runs, err := b.store.Names()
	b.err = err
	for _, run := range runs { // by time, so that the last one counts
		a := newAllowance() // one for each: what there is no room for could be a cancel
		if a.holdsNone(b.store, run, remembered) {
			b.runs++
			continue
		}
		story, err := a.whole(b.store, run, false)
		if err != nil {
			b.err = err
			continue
		}
		b.runs++
		b.add(story)
	}
}

func (b *Billing) add(story *report.Run) {
	urls := map[string]string{}
	for _, z := range story.Zones {
		urls[z.Name] = z.URL
	}
	index := story.Index()
	last := map[report.IntentKey]report.StepOutcome{}
	for _, e := range story.Entries {
		if r := e.Result; r != nil {
			last[report.IntentKey{Step: r.Step, Verb: r.Verb, Attempt: r.Attempt}] = r.Outcome
		}
	}
	for _, e := range story.Entries {
		i := e.Intent
		if i == nil || !slices.Contains(remembered, i.Verb) {
			continue
		}
		outcome := last[report.IntentKey{Step: i.Step, Verb: i.Verb, Attempt: i.Attempt}]
		o := index.Organization(i.Address)
		if o == nil || outcome == report.Failed || outcome == report.Skipped {
			continue
		}
		key := sentKey{placeOf(urls[o.Zone]), o.ID}
		sent := b.sent[key]
		*slotOf(&sent, i.Verb) = &billing.Sent{At: i.At, Run: story.Run, Standing: plan.StandingOf(i.Before),
			Unclear: outcome != report.Succeeded}
		b.sent[key] = sent
	}
}
