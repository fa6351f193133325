package sync

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Awaited are the verbs for which AwaitVisible waits, and within what time after they were sent it
// does.
func Awaited() (verbs []Verb, within time.Duration) {
	verbs = slices.Sorted(maps.Keys(nonIdempotent))
	for _, verb := range verbs {
		within = max(within, consistencyDelays[verb])
	}
	return verbs, within
}

// AwaitVisible waits until the zones show what a run has made in them a moment ago, and writes
// nothing: organizations and invitations. Their lists may be behind, and a run that plans from them
// at once would make an organization, or invite somebody, a second time. It waits no longer than
// the verb's delay, and reads nothing for what is older.
func AwaitVisible(ctx context.Context, story *Run, o ResumeOptions) {
	r := newResolver(story, o)
	for _, intent := range succeededOnce(story) {
		if ctx.Err() == nil && o.Clock.Now().Sub(intent.At) < consistencyDelays[intent.Verb] {
			r.inspect(ctx, intent)
		}
	}
}

// succeededOnce lists the intents that have made what would be made twice if they were repeated.
func succeededOnce(story *Run) []Intent {
	done := map[intentKey]bool{}
	for _, e := range story.Entries {
		if r := e.Result; r != nil {
			done[intentKey{r.Step, r.Verb, r.Attempt}] = r.Outcome == Succeeded
		}
	}
	var made []Intent
	for _, e := range story.Entries {
		if i := e.Intent; i != nil && nonIdempotent[i.Verb] && done[intentKey{i.Step, i.Verb, i.Attempt}] {
			made = append(made, *i)
		}
	}
	return made
}
