// Package guard holds back what the documents' guards do not let through. In go the changes of all
// organizations of a run, since some limits count over several; out come, for each organization,
// the changes that may run and those that are held, each with its reason and with the --allow rule
// that would suffice:
//
//	New(guards, allow, shard).Review([]Guarded) ─▶ []Verdict {Changes, Held}
//
// A limit that is passed holds all changes that it counts, never an arbitrary part of them. Nothing
// here reads a zone.
package guard
