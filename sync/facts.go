package sync

import "makesync/spec"

// Facts are all that decides the exit code of a plan.
type Facts struct {
	// Invalid: a document, a policy or a plan file is wrong.
	Invalid bool
	// Unread: something that should have been read was not.
	Unread bool
	// NoneRead: no organization could be read; Refused and Unreachable say why.
	NoneRead, Refused, Unreachable bool
	// Held: a guard or --max-calls stopped something.
	Held bool
	// Changes are pending.
	Changes bool
}

// PlanExit is the exit of plan: held and pending changes show only with --exit-code.
func PlanExit(f Facts, exitCode bool) Exit {
	exits := []Exit{f.reading(), when(f.Invalid, ExitInvalid)}
	if exitCode {
		exits = append(exits, when(f.Held, ExitHeld), when(f.Changes, ExitChanges))
	}
	return Worst(exits...)
}

// reading is the exit of what could not be read: refused and unreachable are for runs that saw nothing at all.
func (f Facts) reading() Exit {
	switch {
	case f.NoneRead && f.Refused:
		return ExitRefused
	case f.NoneRead && f.Unreachable:
		return ExitUnreachable
	case f.Unread:
		return ExitPartlyVisible
	}
	return ExitOK
}

func when(is bool, e Exit) Exit {
	if is {
		return e
	}
	return ExitOK
}

// add takes in what the plan says of an organization.
func (f *Facts) add(o *OrganizationPlan) {
	f.Unread = f.Unread || len(o.NotRead) > 0
	f.Held = f.Held || len(o.Held) > 0
	f.Changes = f.Changes || len(o.Steps) > 0
}

// allFacts adds to what the organizations show whether the documents are wrong, and why nothing could be read.
func (a *assembly) allFacts() Facts {
	f := a.facts
	f.Invalid = spec.HasErrors(a.plan.Problems)
	var errs []error
	seen := false
	for _, d := range a.drafts {
		errs = append(errs, d.failures...)
		seen = seen || d.read || d.settled && d.zone.err == nil
	}
	for _, z := range a.zones {
		if z.err != nil {
			errs, f.Unread = append(errs, z.err), true
		}
	}
	f.NoneRead = !seen && len(errs) > 0
	for _, err := range errs {
		refused, unreachable := classify(err)
		f.Refused, f.Unreachable = f.Refused || refused, f.Unreachable || unreachable
	}
	return f
}

// classify tells the two exits of a zone that shows nothing apart; running out of time is neither.
func classify(err error) (refused, unreachable bool) {
	if outOfTimeError(err) {
		return false, false
	}
	call := AsCallError(err)
	if call == nil {
		return false, true
	}
	switch call.Class {
	case ClassRefused, ClassForbidden, ClassFreePlan, ClassLicence, ClassNotFound, ClassInvalid:
		return true, false
	}
	return false, true
}
