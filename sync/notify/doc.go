// Package notify decides who is told what of how a run ended. A run goes in: its plan, its report,
// its problems, its exit. Out come the events of which a receiver of notifications has not been
// told yet, and the JSON that it is sent. Nothing is sent and nothing is remembered here: that is
// for the caller, who knows the receiver and the state folder.
//
//	events := notify.EventsOf(run, 7, seen.Runs)
//	if unreported := events.Unreported(told.Contains); !unreported.Empty() {
//		body, err := notify.New(run, unreported, now).Encode()
//	}
//
// What there is to tell of a run:
//
//	changed   steps that an apply has done           every time: each is new
//	pending   steps that a plan found                once, until they are gone or want something else
//	failed    steps, organizations, the run itself   once, until it works again
//	held      changes that a guard stopped           once, until they are gone
//	waiting   what too many runs have seen waiting   once, until it waits no more
//	attention what a status shows first              once, until it is gone or gets worse
//
// All but the first are alerts: they last, and are told when they begin. An alert that a run does
// not see has ended, unless the run was blind to it: see [Run.Blind].
//
// A notification names organizations and people, and holds no value of anything. Its form is
// described by schema/notify.schema.json.
package notify
