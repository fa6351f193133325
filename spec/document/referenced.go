package document

import (
	"path/filepath"

	"makesync/spec/text"
)

// referenced are the files that references name: each is looked at once, however many name it, and
// all that is read is no more than there is room for.
type referenced struct {
	room    *filling
	counted map[string]bool // paths, with their folders
	allowed map[string]bool // of those, the ones of the limit
	read    map[place]content
	roots   map[string]bool // links followed
}

// place is a path as a document in a folder names it.
type place struct{ folder, path string }

// content is what a file holds, or why it cannot be read.
type content struct {
	text string
	err  error
}

func newReferenced(room *filling) *referenced {
	return &referenced{room: room, counted: map[string]bool{}, allowed: map[string]bool{}, read: map[place]content{}}
}

// errTooMuchRead ends an evaluation; who resolves documents tells it of all of them.
var errTooMuchRead = errReference{"references read more than 64 MB, or name more than " + text.Number(maxFiles) +
	" files", "read large and many values by other means"}

// look counts a file, and tells whether there is room for it.
func (f *referenced) look(path string) bool {
	if f.counted[path] {
		return !f.room.full()
	}
	f.counted[path] = true
	return f.room.openFile()
}

// allows tells whether the limit lets a path be read.
func (f *referenced) allows(limit *referenceLimit, path string) bool {
	if limit == nil {
		return true
	}
	if _, known := f.allowed[path]; !known {
		f.allowed[path] = limit.allowsFile(path)
	}
	return f.allowed[path]
}

// isBelowRoot tells whether a path, all links followed, is below one of the folders that references
// may read besides their document's.
func (f *referenced) isBelowRoot(roots []string, real string) bool {
	if f.roots == nil {
		f.roots = map[string]bool{}
		for _, root := range append([]string{secretsFolder}, roots...) {
			followed, err := filepath.EvalSymlinks(root)
			if err == nil {
				followed, err = filepath.Abs(followed)
			}
			if err == nil {
				f.roots[followed] = true
			}
		}
	}
	at, err := filepath.Abs(real)
	for err == nil && filepath.Dir(at) != at {
		if at = filepath.Dir(at); f.roots[at] {
			return true
		}
	}
	return false
}
