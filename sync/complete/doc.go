// Package complete finds the values that can stand at the cursor of a command line: zones, keys,
// addresses, runs, formats. Shells ask for them while somebody types.
//
//	words ─ Parse ─▶ Line: which flag or argument ─ Values ─▶ candidates
//
// It reads nothing: documents and runs are what its caller finds. A name that a shell or a terminal
// could take for something else is not offered.
package complete
