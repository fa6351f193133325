package edit

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec/document"
)

// overwrite replaces the value of a key.
func (f *File) overwrite(mapping, key, value *yaml.Node, text string) error {
	start, end, err := f.bounds(key, value)
	if err != nil {
		return err
	}
	if value.Kind != yaml.AliasNode && value.Style&yaml.TaggedStyle != 0 {
		return errForm
	}
	if f.commented(value, start, end) {
		return errForm
	}
	if before := f.data[start-1]; before != ' ' && before != '\t' {
		text = " " + text
	}
	f.note(mapping, key.Value, text)
	return f.replace(span{start, end, text})
}

// commented tells whether a comment would go with a value that is replaced.
func (f *File) commented(value *yaml.Node, start, end int) bool {
	if value.Kind != yaml.MappingNode && value.Kind != yaml.SequenceNode {
		return false
	}
	region := bytes.Clone(f.data[start:end])
	var blank func(n *yaml.Node)
	blank = func(n *yaml.Node) {
		for _, child := range n.Content {
			blank(child)
		}
		if n.Kind != yaml.ScalarNode || n.Value == "" && n.Style == 0 {
			return
		}
		if stop, err := f.end(n); err == nil {
			clear(region[f.offset(n)-start : stop-start])
		}
	}
	blank(value)
	return bytes.ContainsRune(region, '#')
}

func (f *File) note(mapping *yaml.Node, key, text string) {
	f.set[mapping] = true
	f.news = append(f.news, entry{mapping, key, strings.TrimSpace(text)})
}

// insert adds an entry at the end of a mapping.
func (f *File) insert(mapping *yaml.Node, key, text string) error {
	if mapping.Anchor != "" {
		return errAlias
	}
	written := document.TextOfKey(key) + ": " + text
	f.note(mapping, key, text)
	if mapping.Style&yaml.FlowStyle != 0 {
		return f.insertFlow(mapping, written)
	}
	if len(mapping.Content) == 0 {
		return errForm
	}
	end, err := f.lastEnd(mapping)
	if err != nil {
		return err
	}
	at := f.lineEnd(end)
	indent := f.offset(mapping.Content[0]) - f.starts[mapping.Content[0].Line-1]
	return f.append(span{at, at, f.newline() + strings.Repeat(" ", indent) + written})
}

// insertFlow adds an entry between brackets.
func (f *File) insertFlow(mapping *yaml.Node, written string) error {
	if len(mapping.Content) == 0 {
		at := f.offset(mapping) + 1
		if slices.ContainsFunc(f.edits, func(s span) bool { return s.start == at }) {
			written = ", " + written
		}
		return f.append(span{at, at, written})
	}
	at, err := f.lastEnd(mapping)
	if err != nil {
		return err
	}
	return f.append(span{at, at, ", " + written})
}

// append notes an insertion; several at one place stand one behind the other.
func (f *File) append(s span) error {
	for _, other := range f.edits {
		if other.start < s.start && s.start < other.end {
			return errors.New("two changes meet at the same place")
		}
	}
	f.edits = append(f.edits, s)
	return nil
}
