package sync

import "makesync/spec"

// exit is the exit of the plan: held and pending changes show only with --exit-code.
func (r *run) exit(p *Plan) Exit {
	exits := []Exit{r.readingExit()}
	if spec.HasErrors(p.Problems) {
		exits = append(exits, ExitInvalid)
	}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		if len(o.NotRead) > 0 {
			exits = append(exits, ExitPartlyVisible)
		}
		if r.ExitCode && len(o.Held) > 0 {
			exits = append(exits, ExitHeld)
		}
		if r.ExitCode && len(o.Steps) > 0 {
			exits = append(exits, ExitChanges)
		}
	}
	return Worst(exits...)
}

// readingExit is the exit of what could not be read: refused and unreachable are for runs that saw nothing at all.
func (r *run) readingExit() Exit {
	var errs []error
	seen, exit := false, ExitOK
	for _, o := range r.organizations {
		errs = append(errs, o.Failures...)
		seen = seen || o.Read || o.settled && o.zone.err == nil
	}
	for _, z := range r.zones {
		if z.err != nil {
			errs, exit = append(errs, z.err), ExitPartlyVisible
		}
	}
	if seen {
		return exit
	}
	for _, err := range errs {
		exit = Worst(exit, exitOfFailure(err))
	}
	return exit
}
