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
	r.delay = observe.ConsistencyDelay // the zone has answered
	r.answer(ctx, slices.DeleteFunc(story.MadeOnce(), func(intent report.Intent) bool {
		return o.Clock.Now().Sub(intent.At) >= observe.ConsistencyDelay(intent.Verb)
	}))
}
