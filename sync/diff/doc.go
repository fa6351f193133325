// Package diff compares one organization of the documents with the same one in its zone, kind by
// kind. In go values alone; out come changes, waiting, what is unmanaged, and mistakes that only
// the zone could show:
//
//	Input {Want, Live, Names, …} ─ Organization ─▶ Result {Changes, Waiting, Unmanaged, Problems, …}
//
// There is no context and no call: where a name of the documents needs a list that has not been
// read, Result.Needs asks for it, and the caller compares again. Whether a change may run is the
// guards' question, in which order it runs the plan's.
package diff
