package command

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"makesync/spec"
	"makesync/sync/apply"
	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/report"
)

// lockFailure says who holds the lock; an interrupt while waiting for it is that, and nothing else.
func lockFailure(ctx context.Context, err error) error {
	var held *history.HeldError
	switch {
	case err == nil:
		return nil
	case exit.StopExit(ctx) != exit.OK:
		return failure{exit: exit.StopExit(ctx), message: "stopped while waiting for the lock; nothing was changed"}
	case errors.As(err, &held):
		return failure{exit: exit.Unreachable, message: err.Error()}
	}
	return failure{exit: exit.Internal, message: err.Error(),
		hint: "nothing was changed; runs lock their zones below $XDG_STATE_HOME/makesync, so set XDG_STATE_HOME to a folder that can be written"}
}

// settle finds out, by reading, what became of the requests that earlier runs left open, before
// anything is planned, and waits for what they have just made. With --resume only that run counts
// as open, and it must be one.
func (a *application) settle(ctx context.Context) error {
	stories, err := a.unfinished()
	if err != nil {
		return err
	}
	for _, story := range stories {
		if err := a.settleRun(ctx, story); err != nil {
			return err
		}
	}
	return a.awaitShown(ctx)
}

func (a *application) unfinished() ([]*report.Run, error) {
	if a.o.noJournal {
		return nil, nil
	}
	if a.o.resume != "" {
		story, err := a.store.Read(a.o.resume)
		if err != nil {
			return nil, failure{exit: exit.Invalid, message: "resume run " + a.o.resume, cause: err}
		}
		a.resumed = story.Keys()
		return a.openOnly(story), nil
	}
	stories, err := a.store.Unresolved(a.zones.places())
	if err != nil {
		return nil, failure{
			exit: exit.Internal, message: err.Error(),
			hint: "what the journal hides could be a write; look into it, then move it away, or run with --no-journal",
		}
	}
	return stories, nil
}

// openOnly leaves out a run of which everything is known.
func (a *application) openOnly(story *report.Run) []*report.Run {
	if !story.Unresolved() && len(story.Open()) == 0 {
		return nil
	}
	return []*report.Run{story}
}

// settleRun adds to a killed run's journal what reading shows of its open requests.
func (a *application) settleRun(ctx context.Context, story *report.Run) (err error) {
	outcomes := apply.Resume(
		ctx,
		story,
		apply.ResumeOptions{Zones: a.zones.readers(), Clock: clock{a.r.Now}, Jitter: rand.Float64},
	)
	journal, err := a.store.Append(story.Run)
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	defer func() { err = errors.Join(err, journal.Close()) }()
	for _, outcome := range outcomes {
		a.r.log.Info(
			"resolved",
			"run",
			story.Run,
			"address",
			string(outcome.Address),
			"outcome",
			string(outcome.Outcome),
			"reason",
			outcome.Reason.String(),
		)
		if err := journal.Result(outcome); err != nil {
			return failure{exit: exit.Internal, message: err.Error()}
		}
	}
	a.settled = append(a.settled, settled(story, outcomes))
	if ctx.Err() != nil || apply.Unresolved(outcomes) {
		return nil // a later run tries again
	}
	return journal.Resolved()
}

// awaitShown waits until the zones show what other runs have made in them just before this one.
func (a *application) awaitShown(ctx context.Context) error {
	if a.o.noJournal {
		return nil
	}
	verbs, within := apply.Awaited()
	stories, err := a.store.Recent(a.zones.places(), a.r.Now().Add(-within), verbs...)
	if err != nil {
		return failure{exit: exit.Internal, message: err.Error()}
	}
	for _, story := range stories {
		apply.AwaitVisible(
			ctx,
			story,
			apply.ResumeOptions{Zones: a.zones.readers(), Clock: clock{a.r.Now}, Jitter: rand.Float64},
		)
	}
	return nil
}

// settled tells that a run left something open, and what is known of it now.
func settled(story *report.Run, outcomes []report.Outcome) spec.Problem {
	counts := map[report.StepOutcome]int{}
	for _, outcome := range outcomes {
		counts[outcome.Outcome]++
	}
	return spec.Problem{
		Severity: spec.Warning, Rule: "unfinished-run",
		Message: fmt.Sprintf(
			"run %s %s; of its open requests %d had happened, %d had not, %d are unknown%s",
			story.Run,
			leftOpen[story.Ended != nil],
			counts[report.Succeeded],
			counts[report.Failed],
			counts[report.OutcomeUnknown],
			undecided(outcomes),
		),
		Hint: "this run plans from what is there; makesync runs show " + story.Run + " tells the story",
	}
}

var leftOpen = map[bool]string{false: "was not finished", true: "ended with an unknown outcome"}

// undecided says what is to be looked at by hand.
func undecided(outcomes []report.Outcome) (words string) {
	for _, outcome := range outcomes {
		if outcome.Outcome == report.OutcomeUnknown {
			words += fmt.Sprintf("; %s of %s is %s", outcome.Verb, outcome.Address, outcome.Reason)
		}
	}
	return words
}

// resumeScope keeps of the documents what the resumed run was about: all organizations of its plan.
func (a *application) resumeScope() error {
	if a.o.resume == "" {
		return nil
	}
	keep := slices.DeleteFunc(slices.Clone(a.desired.Organizations), func(o spec.Organization) bool {
		return !slices.Contains(a.resumed, o.Key)
	})
	if len(keep) == 0 {
		return failure{
			exit: exit.Invalid, message: "the documents hold none of the organizations of run " + a.o.resume,
			hint: "give the same -f as that run",
		}
	}
	var globs []spec.Glob
	for _, o := range keep {
		glob, err := spec.ParseGlob(o.Key)
		if err != nil {
			return err
		}
		globs = append(globs, glob)
	}
	a.o.plan.scope.target = globs
	return nil
}
