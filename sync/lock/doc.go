// Package lock keeps runs on one zone apart: a whole run has it for itself, the shards of one run
// share it.
//
//	held, err := lock.Take(ctx, lock.Folder(dir), claim, owner)
//	defer held.Release()
//
// What is locked is known by names, and what holds names is a Place. A folder's files serve runs
// that share a state folder, also from several machines where its file system can lock; Machine()
// serves all runs of a machine, whoever starts them: sockets without a file on Linux, the system's
// named objects on Windows, a folder that root made elsewhere.
//
// Whoever dies lets go of its names, since the system holds them for the process.
//
// The names of one zone, and who holds them:
//
//	all            a whole run
//	shard          every shard
//	of-N           every shard of a run in N parts
//	part-I-of-N    that shard
//	gate           whoever is deciding, for that moment
package lock
