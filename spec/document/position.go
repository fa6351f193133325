package document

import (
	"makesync/spec"
	"makesync/spec/text"
)

// source is one file while it is being worked on. Its text is kept only so that
// problems can show a line of it; no string of a Desired state points into it.
type source struct {
	path string // as named, joined to the folder it was found in
	data []byte
	json bool
	// trusted: it is a file of guards, no document.
	trusted bool
	// outline is how the file was read, if it was read in chunks.
	outline outline
	reading *reading // counts what it holds; nil: what is read is small
}

// at is a position in a file: the small form of a Source.
type at struct {
	file   *source
	line   int32
	column int32
}

func (a at) source() spec.Source {
	if a.file == nil {
		return spec.Source{}
	}
	return spec.Source{File: a.file.path, Line: int(a.line), Column: int(a.column)}
}

func (a at) pointer() *spec.Source {
	if a.file == nil {
		return nil
	}
	s := a.source()
	return &s
}

// keyPath is a YAML path as a chain, so that a path costs nothing until a problem prints it.
type keyPath struct {
	up    *keyPath
	key   string
	index int // counts from 1; 0 for a key
	at        // of the key
}

func (t *keyPath) item(i int) *keyPath     { return &keyPath{up: t, index: i + 1} }
func (t *keyPath) child(k string) *keyPath { return &keyPath{up: t, key: k} }

// name is the nearest key, for messages: an item of a list is named by its list.
func (t *keyPath) name() string {
	for ; t != nil; t = t.up {
		if t.index == 0 {
			return text.Backquote(spec.ShownKey(t.parent(), t.key))
		}
	}
	return "the document"
}

// String is the path: organizations.acme.profiles[0].
func (t *keyPath) String() string {
	if t == nil {
		return ""
	}
	if t.index > 0 {
		return spec.PathItem(t.up.String(), t.index-1)
	}
	return spec.PathKey(t.up.String(), t.parent(), t.key)
}

// parent is the key that t stands below; "" when there is none.
func (t *keyPath) parent() string {
	if t.up == nil {
		return ""
	}
	return t.up.key
}
