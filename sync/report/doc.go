// Package report is what a run did, as data. In go the outcomes of steps and writes; out come a
// Report, the lines of a journal, and a Run that was read back from one:
//
//	apply ─ Intent, Outcome ─▶ journal ─▶ Run ─ Open ─▶ intents that nobody knows the end of
//	      └ StepReport ─▶ Report ─ Count ─▶ planned = succeeded + failed + skipped + unknown
//	shards' plans and reports ─ DecodeShard… ─ Merge… ─▶ one plan, one report
//
// A Reason is a code for programs and a text for people. Nothing here applies anything.
package report
