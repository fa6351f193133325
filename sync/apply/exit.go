package apply

import (
	"makesync/sync/exit"
	"makesync/sync/report"
)

// applyFacts are what decides the exit of an apply.
type applyFacts struct {
	stop    exit.Code // of a signal
	refusal exit.Code // of the run as a whole: a saved plan that may not be applied
	plan    exit.Code // of the plan, of which refused and unreachable live on when nothing could be read
	steps   int       // of the plan
	stale   bool      // a step of a saved plan
	partial bool      // a step failed, was skipped (but for the licence) or is unknown
	unread  bool      // something could not be read, before or after
	held    bool
	journal bool // it failed before the first write
	refused bool // a zone has stopped accepting the token
	wrote   bool // a write was sent, but for those that a zone refused for the token
	twin    bool // somebody else has created an organization of the same name
}

func (f *applyFacts) add(r *report.StepReport, saved bool) {
	skippedFor := func(code report.ReasonCode) bool { return r.Outcome == report.Skipped && r.Reason.Code == code }
	changed := skippedFor(report.ReasonStale) || skippedFor(report.ReasonChangedMeanwhile)
	refused := skippedFor(report.ReasonTokenRefused)
	f.wrote = f.wrote || r.Attempts > 0 && !refused
	f.stale = f.stale || changed && saved
	f.partial = f.partial || !r.IsDone() && !r.SkippedForLicence() && !refused
}

// exit maps the facts to the code of the run; see the table of exit codes.
func (f *applyFacts) exit() exit.Code {
	exits := []exit.Code{f.stop, f.refusal}
	when := func(is bool, e exit.Code) {
		if is {
			exits = append(exits, e)
		}
	}
	blind := f.plan == exit.Refused || f.plan == exit.Unreachable // no organization could be read at all
	when(blind || f.plan == exit.Invalid && f.steps == 0, f.plan)
	when(f.plan == exit.Invalid && f.steps > 0, exit.Partial) // an organization was left out, the others ran
	when(f.journal, exit.Internal)
	when(f.stale, exit.Stale)
	blind = blind || f.refused && !f.wrote // what was not read says the same
	when(f.partial || f.twin || f.unread && !blind, exit.Partial)
	when(f.refused && f.wrote, exit.Partial)
	when(f.refused, exit.Refused)
	when(f.held, exit.Held)
	return exit.Worst(exits...)
}
