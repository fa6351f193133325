package planner

import (
	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// exit is the exit of the plan: held and pending changes show only with --exit-code.
func (r *run) exit(p *plan.Plan) exit.Code {
	exits := []exit.Code{r.readingExit()}
	if spec.HasErrors(p.Problems) || p.Policies.HasErrors() {
		exits = append(exits, exit.Invalid)
	}
	if r.ExitCode && len(p.Rules) > 0 {
		exits = append(exits, exit.Changes)
	}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		if len(o.NotRead) > 0 {
			exits = append(exits, exit.PartlyVisible)
		}
		if r.ExitCode && len(o.Held) > 0 {
			exits = append(exits, exit.Held)
		}
		if r.ExitCode && o.Changes() > 0 {
			exits = append(exits, exit.Changes)
		}
	}
	return exit.Worst(exits...)
}

// readingExit is the exit of what could not be read: refused and unreachable are for runs that saw
// nothing at all.
func (r *run) readingExit() exit.Code {
	var errs []error
	seen, code := false, exit.OK
	for _, o := range r.organizations {
		errs = append(errs, o.Failures...)
		seen = seen || o.Read || o.settled && o.zone.err == nil
	}
	for _, z := range r.zones {
		if z.err != nil {
			errs, code = append(errs, z.err), exit.PartlyVisible
		}
	}
	if seen {
		return code
	}
	for _, err := range errs {
		code = exit.Worst(code, state.ExitOfFailure(err))
	}
	return code
}
