// Package exit is how makesync ends: the exit codes and which of several wins, the classes of
// failed calls and what each means for the exit, and the causes with which a run is stopped.
//
//	failed call ─▶ Class ─ OfClass ─▶ Code ─┐
//	stopped context ───── StopExit ─▶ Code ─┼─ Worst ─▶ Code ─▶ os.Exit
//	plan, report ───────────────────▶ Code ─┘
//
// It knows of nothing else, so that every other package may name an exit.
package exit
