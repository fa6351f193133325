package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec/document"
)

// Place is the organization or the profile in which something is set.
type Place struct {
	Organization, Profile string
}

// Value is what is set: a field of a place, or an entry of one of its blocks.
type Value struct {
	// Block is variables, featureControls or members; "" for a field of the place itself.
	Block string
	// Key is the field's, or the entry's name.
	Key string
	// same tells whether a key of the document is meant.
	same func(key string) bool
	// whole is the entry where it is not a mapping; fields are those to set in one that is, by key;
	// nil: the whole entry is replaced.
	whole  string
	fields []field
}

type field struct{ key, text string }

// Field is a field of an organization or a profile: timezone, owner.
func Field(key, text string) Value {
	return Value{Key: key, same: func(k string) bool { return k == key }, whole: text}
}

// Variable is the entry of a variable.
func Variable(name string, text document.VariableText) Value {
	v := Value{Block: "variables", Key: name, same: func(k string) bool { return k == name }, whole: text.Whole}
	v.fields = []field{{"type", text.Type}, {"value", text.Value}}
	if text.Implied {
		v.fields = v.fields[1:]
	}
	return v
}

// Control is the entry of a feature control.
func Control(name, text string) Value {
	return Value{Block: "featureControls", Key: name, whole: text, same: func(k string) bool {
		return strings.EqualFold(k, name)
	}}
}

// Role is the entry of a member.
func Role(email, text string) Value {
	return Value{Block: "members", Key: email, whole: text, fields: []field{{"role", text}}, same: func(k string) bool {
		return strings.EqualFold(k, email)
	}}
}

// Absent is an entry of the same object that says it shall not be there.
func (v Value) Absent() Value {
	v.whole, v.fields = document.AbsentText, nil
	return v
}

// place finds the mapping of an organization or a profile; nil when the file has none of it, or
// reaches it through an alias.
func (f *File) place(p Place) *yaml.Node {
	list, name := "organizations", p.Organization
	if p.Profile != "" {
		list, name = "profiles", p.Profile
	}
	for _, document := range f.documents {
		if len(document.Content) != 1 {
			continue
		}
		_, all := find(document.Content[0], func(k string) bool { return k == list })
		_, found := find(all, func(k string) bool { return k == name })
		if found != nil && found.Kind == yaml.MappingNode {
			return found
		}
	}
	return nil
}

// find is the entry of a mapping; nil when it is none, or has no such key.
func find(n *yaml.Node, is func(string) bool) (key, value *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if is(n.Content[i].Value) {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// Has tells whether the place states the object itself, and at which line; 0 for not.
func (f *File) Has(p Place, v Value) (line int) {
	at := f.place(p)
	if v.Block != "" {
		_, at = find(at, func(k string) bool { return k == v.Block })
	}
	if key, _ := find(at, v.same); key != nil {
		return key.Line
	}
	return 0
}

var (
	errNoPlace = errors.New("the file does not hold it, or only through an alias")
	errAlias   = errors.New("it stands behind an alias or an anchor, which others share")
)

// String is what is set, for comparing.
func (v Value) String() string { return fmt.Sprint(v.Block, v.Key, v.whole, v.fields) }

// Set writes a value at its place: over the one that stands there, else as a new entry. With an
// error nothing has been set.
func (f *File) Set(p Place, v Value) error { return f.SetAll(p, v) }

// SetAll sets all of them, or none.
func (f *File) SetAll(p Place, values ...Value) error {
	edits, news := slices.Clone(f.edits), slices.Clone(f.news)
	at := f.place(p)
	for _, v := range values {
		if err := f.setAt(at, v); err != nil {
			f.edits, f.news = edits, news
			return err
		}
	}
	return nil
}

func (f *File) setAt(at *yaml.Node, v Value) error {
	if at == nil {
		return errNoPlace
	}
	if v.Block == "" {
		return f.setEntry(at, v)
	}
	key, block := find(at, func(k string) bool { return k == v.Block })
	switch {
	case key == nil:
		return f.addBlock(at, v)
	case block.Kind == yaml.MappingNode && block.Anchor == "":
		return f.setEntry(block, v)
	}
	return errAlias
}

// addBlock adds an entry to a block that the place does not have: that of the file, or one that was
// added before.
func (f *File) addBlock(at *yaml.Node, v Value) error {
	written := document.TextOfKey(v.Key) + ": " + v.whole
	for i := range f.news {
		added := &f.news[i]
		if added.mapping != at || added.key != v.Block {
			continue
		}
		longer := strings.TrimSuffix(added.text, "}") + ", " + written + "}"
		for j := range f.edits {
			if before, ok := strings.CutSuffix(f.edits[j].text, v.Block+": "+added.text); ok {
				f.edits[j].text, added.text = before+v.Block+": "+longer, longer
				return nil
			}
		}
	}
	return f.insert(at, v.Block, "{"+written+"}")
}

func (f *File) setEntry(mapping *yaml.Node, v Value) error {
	key, value := find(mapping, v.same)
	switch {
	case key == nil:
		return f.insert(mapping, v.Key, v.whole)
	case value.Anchor != "" || value.Kind == yaml.MappingNode && value.Style&yaml.TaggedStyle != 0:
		return errAlias
	case value.Kind == yaml.MappingNode && len(v.fields) > 0 && !isAbsent(value):
		return f.setFields(value, v.fields)
	}
	return f.overwrite(mapping, key, value, v.whole)
}

func isAbsent(n *yaml.Node) bool {
	_, state := find(n, func(k string) bool { return k == "state" })
	return state != nil && state.Value == "absent"
}

// setFields sets fields of a long form. A type that is stated is set with the value.
func (f *File) setFields(mapping *yaml.Node, fields []field) error {
	for _, fd := range fields {
		same := func(k string) bool { return k == fd.key }
		key, value := find(mapping, same)
		var err error
		switch {
		case key == nil:
			err = f.insert(mapping, fd.key, fd.text)
		case value.Anchor != "":
			err = errAlias
		case !means(value, fd.text):
			err = f.overwrite(mapping, key, value, fd.text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
