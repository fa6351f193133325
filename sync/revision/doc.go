// Package revision gets documents as they stand at another revision of their git repository.
//
//	revision, paths ── Open ──► Tree ── Write ──► a folder with the files of that revision
//
// A repository is hostile input, as documents are: somebody else's commit, and perhaps somebody
// else's configuration. So git is used only to resolve the revision to a commit, to list its tree
// and to print blobs. Trees and blobs are read through an empty repository of our own which borrows
// the objects, so that no setting, hook, filter, attribute or replacement of theirs has an effect;
// nothing is fetched; links and submodules are left out; and git gets no variable of our
// environment, which holds tokens.
package revision
