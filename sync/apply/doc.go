// Package apply walks a plan. It decides nothing: what to write stands in the plan, whether it may
// is the step's precondition, and what became of it is read where the answer does not say.
//
// In go a plan and the zones that it names (Run, Options); out comes a report with an outcome for
// every step. Organizations run side by side, the steps of one in order:
//
//	Run ─▶ applier ─┬─▶ worker of acme:  step ─▶ checker ─▶ sender ─▶ read back ─┐
//	                ├─▶ worker of beta:  …                                       ├─▶ report
//	                └─▶ …                           │          │                 ┘
//	                                             observer   writer, journal
//
//	checker    may it be done: stopped, a step before it failed, changed since the plan
//	sender     intent ─▶ write ─▶ judge ─▶ result, until the outcome is known or time is over
//	observer   package observe: what the zone shows of one organization
//
// Resume lives on the journal that a run leaves: it finds out what became of the writes of a run
// that was killed.
package apply
