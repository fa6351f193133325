package apply

import (
	"context"
	"maps"
	"slices"
	"time"

	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Awaited are the verbs for which AwaitVisible waits, and within what time after they were sent it
// does.
func Awaited() (verbs []plan.Verb, within time.Duration) {
	verbs = slices.Sorted(maps.Keys(plan.NonIdempotent))
	for _, verb := range verbs {
		within = max(within, observe.ConsistencyDelay(verb))
	}
	return verbs, within
}

// AwaitVisible waits until the zones show what a run has made in them a moment ago, and writes
// nothing: organizations and invitations. Their lists may be behind, and a run that plans from them
// at once would make an organization, or invite somebody, a second time. It waits no longer than
// the verb's delay, and reads nothing for what is older.
func AwaitVisible(ctx context.Context, story *report.Run, o ResumeOptions) {
	r := newResolver(story, o)
	for _, intent := range succeededOnce(story) {
		if ctx.Err() == nil && o.Clock.Now().Sub(intent.At) < observe.ConsistencyDelay(intent.Verb) {
			r.inspect(ctx, intent)
		}
	}
}

// succeededOnce lists the intents that have made what would be made twice if they were repeated.
func succeededOnce(story *report.Run) []report.Intent {
	done := map[report.IntentKey]bool{}
	for _, e := range story.Entries {
		if r := e.Result; r != nil {
			done[report.IntentKey{Step: r.Step, Verb: r.Verb, Attempt: r.Attempt}] = r.Outcome == report.Succeeded
		}
	}
	var made []report.Intent
	for _, e := range story.Entries {
		if i := e.Intent; i != nil && plan.NonIdempotent[i.Verb] &&
			done[report.IntentKey{Step: i.Step, Verb: i.Verb, Attempt: i.Attempt}] {
			made = append(made, *i)
		}
	}
	return made
}
