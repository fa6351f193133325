package sync

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Awaited are the verbs for which AwaitShown waits, and within what time after they were sent it does.
func Awaited() (verbs []Verb, within time.Duration) {
	verbs = slices.Sorted(maps.Keys(provable))
	for _, verb := range verbs {
		within = max(within, settling[verb])
	}
	return verbs, within
}

// AwaitShown waits until the zones show what a run has made in them a moment ago, and writes nothing: organizations and
// invitations. Their lists may be behind, and a run that plans from them at once would make an organization, or
// invite somebody, a second time. It waits no longer than settling takes, and reads nothing for what is older.
func AwaitShown(ctx context.Context, story *Run, o ResolveOptions) {
	r := newResolver(story, o)
	for _, intent := range story.made() {
		if ctx.Err() == nil && o.Clock.Now().Sub(intent.At) < settling[intent.Verb] {
			r.find(ctx, intent)
		}
	}
}

// made lists the intents that have made what would be made twice if they were repeated.
func (s *Run) made() []Intent {
	done := map[intentKey]bool{}
	for _, e := range s.Entries {
		if r := e.Result; r != nil {
			done[intentKey{r.Step, r.Verb, r.Attempt}] = r.Outcome == Succeeded
		}
	}
	var made []Intent
	for _, e := range s.Entries {
		if i := e.Intent; i != nil && provable[i.Verb] && done[intentKey{i.Step, i.Verb, i.Attempt}] {
			made = append(made, *i)
		}
	}
	return made
}
