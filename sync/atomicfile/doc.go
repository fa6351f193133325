// Package atomicfile puts files into place in one move, on every system that makesync runs on: a
// reader sees the old file or the new one, never half of one, and a run that fails before the move
// leaves what stood there.
//
//	atomicfile.Write("plan.json", data, 0o644, atomicfile.KeepMode)
//
// The new file is made beside its target and not in the folder for temporary files, so that it gets
// what the target's folder gives: the group of a set-gid folder, a default access list, a security
// label. Its name begins with a dot and ends otherwise than the target, so that who reads a folder
// by suffix passes it over. What a killed run has left of it goes when the target is written again.
// The move is renameio's, but on Windows, which renameio leaves out.
package atomicfile
