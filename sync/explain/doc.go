// Package explain tells of one object: what the documents say of it and where, what is there in
// Make, who changed it, which guards speak of it, and what a plan would do about it.
//
//	an argument ─ ParseAddress ─▶ address ┐
//	documents, live state, plan ──────────┴─▶ New ─▶ Explanation
//
// It looks at values alone and asks nobody: reading is its caller's.
package explain
