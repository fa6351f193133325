package adopt

import (
	"makesync/spec"
	"makesync/spec/document/edit"
)

// Texts are documents that are changed in place, byte for byte.
type Texts struct {
	// Left says why something was not written.
	Left []Left
	// Written counts the values that were.
	Written int
	// Notes are for whoever is asked whether to write.
	Notes []string

	before map[string][]byte
	opened map[string]*edit.File
}

// Left is what was not written, and why.
type Left struct {
	Address spec.Address
	Why     string
}

// NewTexts takes the documents as they were before anything was read of a zone, by path.
func NewTexts(before map[string][]byte) *Texts {
	return &Texts{before: before, opened: map[string]*edit.File{}}
}

// open parses a file once.
func (t *Texts) open(path string) (*edit.File, error) {
	if f := t.opened[path]; f != nil {
		return f, nil
	}
	f, err := edit.Open(path, t.before[path])
	if err == nil {
		t.opened[path] = f
	}
	return f, err
}

func (t *Texts) leave(address spec.Address, why string) {
	t.Left = append(t.Left, Left{address, why})
}

// Changed is a file with its two texts.
type Changed struct {
	*edit.File
	Before, After []byte
}

// Changed makes the new texts of those of the files that got one. An error says which could not be
// made.
func (t *Texts) Changed(paths []string) (changed []Changed, err error) {
	for _, path := range paths {
		f := t.opened[path]
		if f == nil || !f.Changed() {
			continue
		}
		after, err := f.Bytes()
		if err != nil {
			return nil, err
		}
		changed = append(changed, Changed{f, t.before[path], after})
	}
	return changed, nil
}
