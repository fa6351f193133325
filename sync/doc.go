// Package sync is makesync's pure core. In go the desired state (from package
// spec) and the live state (from a Reader); out comes a Plan, plain data that can
// be printed, compared, saved and applied; Apply walks a plan, writes through a
// Writer, and gives a Report.
//
//	desired ─┐
//	         ├─ Bind ─▶ normalise ─▶ diff ─▶ guards ─▶ order ─▶ Plan ─▶ Apply ─▶ Report ─▶ Exit
//	live ────┘
//
// The package does no I/O of its own, prints nothing and has no clock: time and
// the network come in through the small interfaces of ports.go. A file that also
// needs the standard library's sync imports this package as reconcile.
package sync
