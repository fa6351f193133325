package sync

// applyFacts are what decides the exit of an apply.
type applyFacts struct {
	stop    Exit // of a signal
	refusal Exit // of the run as a whole: a saved plan that may not be applied
	plan    Exit // of the plan, of which refused and unreachable live on when nothing could be read
	stale   bool // a step of a saved plan
	partial bool // a step failed, was skipped (but for the licence) or is unknown
	unread  bool // something could not be read, before or after
	held    bool
	journal bool // it failed before the first write
}

func (f *applyFacts) add(r *StepReport, saved bool) {
	switch {
	case r.Outcome == Succeeded, r.SkippedForLicence():
	case r.Outcome == Skipped && saved && r.Reason.Code == ReasonStale:
		f.stale, f.partial = true, true
	default:
		f.partial = true
	}
}

// exit maps the facts to the code of the run; see the table of exit codes.
func (f *applyFacts) exit() Exit {
	exits := []Exit{f.stop, f.refusal}
	when := func(is bool, e Exit) {
		if is {
			exits = append(exits, e)
		}
	}
	blind := f.plan == ExitRefused || f.plan == ExitUnreachable // no organization could be read at all
	when(blind || f.plan == ExitInvalid, f.plan)
	when(f.journal, ExitInternal)
	when(f.stale, ExitStale)
	when(f.partial || f.unread && !blind, ExitPartial)
	when(f.held, ExitHeld)
	return Worst(exits...)
}
