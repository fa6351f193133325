package history

import (
	"slices"
	"sync"

	"makesync/sync/billing"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// Billing knows from the journals what of billing was sent and no zone shows: cancels that are to
// come, and checkouts that are open. It implements state.BillingMemory. It reads them all, once,
// when it is first asked, which only documents with a subscription make it.
type Billing struct {
	store *Store
	once  sync.Once
	runs  int
	err   error
	sent  map[sentKey]*billing.Sent
}

type sentKey struct {
	zone         string
	organization int64
	verb         plan.Verb
}

// Cancelled is the last cancel that no zone has refused; nil for none.
func (b *Billing) Cancelled(zone string, organization int64) *billing.Sent {
	b.once.Do(b.read)
	return b.sent[sentKey{placeOf(zone), organization, plan.CancelSubscription}]
}

// Begun is the last checkout that no zone has refused; nil for none.
func (b *Billing) Begun(zone string, organization int64) *billing.Sent {
	b.once.Do(b.read)
	return b.sent[sentKey{placeOf(zone), organization, plan.BeginSubscription}]
}

// Known is how many runs are remembered. The error is that of a journal that cannot be read, or has
// a line that is not whole: what it hides may be a cancel.
func (b *Billing) Known() (runs int, err error) {
	b.once.Do(b.read)
	return b.runs, b.err
}

// remembered are the verbs of which no zone shows that they were sent.
var remembered = []plan.Verb{plan.CancelSubscription, plan.BeginSubscription}

func (b *Billing) read() {
	b.sent = map[sentKey]*billing.Sent{}
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
		b.sent[sentKey{placeOf(urls[o.Zone]), o.ID, i.Verb}] = &billing.Sent{At: i.At,
			NextBill: nextBillOf(i.Before), Unclear: outcome != report.Succeeded}
	}
}

func nextBillOf(before state.View) string { return before["nextBill"].String() }
