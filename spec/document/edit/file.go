package edit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// File is the text of one file of documents, with the changes that were made so far.
type File struct {
	layout
	Path      string
	documents []*yaml.Node
	edits     []span
	set       map[*yaml.Node]bool // mappings in which something was set
	news      []entry
}

// span replaces the bytes from start to end.
type span struct {
	start, end int
	text       string
}

// indent is how far in an added line stands; what adds none stays on its line, before all lines.
func (s span) indent() int {
	line, isLine := strings.CutPrefix(strings.TrimPrefix(s.text, "\r"), "\n")
	if !isLine {
		return math.MaxInt
	}
	return indentOf([]byte(line))
}

// entry is what was set: the value of a key in a mapping, as the new text says it.
type entry struct {
	mapping *yaml.Node
	key     string
	text    string
}

// Open parses a file. One that is not written in the usual way is refused.
func Open(path string, data []byte) (*File, error) {
	f := &File{layout: layout{data: data}, Path: path, set: map[*yaml.Node]bool{}}
	switch {
	case strings.EqualFold(filepath.Ext(path), ".json"):
		return nil, errors.New("it is JSON, of which only YAML is changed in place")
	case !utf8.Valid(data) || bytes.LastIndex(data, byteOrderMark) > 0 ||
		bytes.ContainsAny(data, "\u0085\u2028\u2029") ||
		bytes.Count(data, []byte("\r")) != bytes.Count(data, []byte("\r\n")):
		return nil, errors.New("its lines do not end in the usual way")
	}
	var err error
	if f.documents, err = parse(data); err != nil {
		return nil, err
	}
	f.starts = []int{len(data) - len(withoutMark(data))}
	for i, b := range data {
		if b == '\n' {
			f.starts = append(f.starts, i+1)
		}
	}
	return f, nil
}

// byteOrderMark may stand at the beginning of a file, and counts in no position.
var byteOrderMark = []byte("\ufeff")

func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, byteOrderMark) }

func parse(data []byte) (documents []*yaml.Node, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(withoutMark(data)))
	for {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return documents, nil
		case err != nil:
			return nil, fmt.Errorf("parse: %w", err)
		}
		documents = append(documents, &document)
	}
}

// replace notes a change; two of the same bytes are refused.
func (f *File) replace(s span) error {
	for _, other := range f.edits {
		if s.start < other.end && other.start < s.end || s == other {
			return errors.New("two changes meet at the same place")
		}
	}
	f.edits = append(f.edits, s)
	return nil
}

// Changed tells whether anything was set.
func (f *File) Changed() bool { return len(f.edits) > 0 }

// Bytes is the new text, once it is proved that nothing else has changed.
func (f *File) Bytes() ([]byte, error) {
	after := f.text()
	documents, err := parse(after)
	if err != nil || len(documents) != len(f.documents) {
		return nil, fmt.Errorf("%s cannot be changed without touching more than the value", f.Path)
	}
	for i := range documents {
		if err := f.same(f.documents[i], documents[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return after, nil
}

// ordered are the changes from the top. Where several blocks end in the same line, what is added to
// the inner one goes first.
func ordered(edits []span) []span {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.indent(), a.indent()))
	})
	return edits
}

func (f *File) text() []byte {
	edits := ordered(f.edits)
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(f.data[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(f.data[at:])
	return out.Bytes()
}

var errElsewhere = errors.New("it cannot be changed without touching more than the value")

// same compares the trees before and after, but for what was set, and that with what it was set to.
func (f *File) same(before, after *yaml.Node) error {
	if f.set[before] {
		return f.sameMapping(before, after)
	}
	if before.Kind != after.Kind || before.Tag != after.Tag || before.Value != after.Value ||
		before.Anchor != after.Anchor || before.Style != after.Style || len(before.Content) != len(after.Content) {
		return errElsewhere
	}
	for i := range before.Content {
		if err := f.same(before.Content[i], after.Content[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) sameMapping(before, after *yaml.Node) error {
	if after.Kind != yaml.MappingNode || before.Style != after.Style || before.Anchor != after.Anchor {
		return errElsewhere
	}
	wanted := map[string]string{}
	for _, e := range f.news {
		if e.mapping == before {
			wanted[e.key] = e.text
		}
	}
	for i := 0; i < len(after.Content); i += 2 {
		key, value := after.Content[i], after.Content[i+1]
		text, set := wanted[key.Value]
		if set {
			delete(wanted, key.Value)
			if !means(value, text) {
				return errElsewhere
			}
		}
		if i >= len(before.Content) {
			if !set {
				return errElsewhere
			}
			continue
		}
		if err := f.same(before.Content[i], key); err != nil {
			return err
		}
		if set {
			continue
		}
		if err := f.same(before.Content[i+1], value); err != nil {
			return err
		}
	}
	if len(wanted) > 0 || len(after.Content) < len(before.Content) {
		return errElsewhere
	}
	return nil
}

// means tells whether a node says what a text says by itself.
func means(n *yaml.Node, text string) bool {
	documents, err := parse([]byte(text))
	if err != nil || len(documents) != 1 || len(documents[0].Content) != 1 {
		return false
	}
	return equal(n, documents[0].Content[0])
}

func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !equal(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
