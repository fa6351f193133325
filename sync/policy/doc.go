// Package policy judges plans by rules that people write in CEL, the Common
// Expression Language. Policies and the JSON form of a plan go in; plain results
// come out: which policy is broken, by what, and whether that is an error, a hold
// or a warning. The package reads nothing, prints nothing and has no clock.
//
//	policies, problems := policy.Decode(list, policy.From{Origin: "guards.yaml", Trusted: true})
//	set, problems := policy.Compile(policies)
//	verdict, err := set.Evaluate(ctx, policy.Input{Plan: plan, Now: now})
//
// A policy is judged once for each of its subjects: each organization, each step,
// or the plan. Where `when` is true, `require` must be true:
//
//	id: deletions-not-on-fridays
//	on: step
//	when: step.op == "delete"
//	require: now.getDayOfWeek() != 5
//	severity: hold
//	message: Nothing is deleted on Fridays (UTC).
//	tests:
//	  - given: {step: {op: delete}, now: "2026-11-20T10:00:00Z"}
//	    passes: false
//
// # What an expression sees
//
//	on            variables
//	organization  organization, plan, now
//	step          step, organization, plan, now
//	plan          plan, now
//
// `plan` and `step` are the JSON forms of the plan, without arguments, preconditions and seals, and
// `organization` is its entry of the plan with what the caller knows besides (members, credits, …).
// They are typed (see fieldTypes), so that a slip is found before anything is read. Counts are int.
// Credits and money are double, also where JSON has them as text. What may be of any type (the two
// sides of a field) is dyn. A key that JSON leaves out is missing: ask with has() first, since
// reading it is an error, and an expression that fails never passes. A side that the plan does not
// show, {sensitive: true} or {unknown: true}, is asked for its keys only: an expression that does
// anything else with it cannot be judged, and the subject is held.
//
// # Who is believed
//
// Policies of a trusted file and of documents are compiled into one set. A document only adds: it
// cannot use the id of a trusted policy, and its suppressions belong to its own policies.
//
// # Bounds
//
// The text, depth and number of nodes of an expression are bounded, as are regular expressions and
// nested comprehensions. Evaluating counts cost, that of results with it: each policy may spend
// baseCost and costPerValue for each value of the plan, over all of its subjects, and those of
// documents share a Budget. Linear expressions pass on plans of 50,000 steps. What goes
// beyond is a failure of that policy. The context stops an evaluation midway.
package policy
