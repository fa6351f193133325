package document

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec/text"
)

// fields is the table of the keys that a mapping may have: each reads its value into T.
type fields[T any] map[string]func(d *decoder, out *T, value *yaml.Node, t *keyPath)

// names lists the keys, sorted.
func (f fields[T]) names() []string { return slices.Sorted(maps.Keys(f)) }

// reserved are keys that a later version will give a meaning, by the mapping in
// which they stand. Until then they are an error rather than a surprise.
var reservedKeys = []string{"teams", "teamVariables", "customRoles", "labels"}

// decode reads a mapping by its table. reserved tells whether the reserved keys
// of organizations and members can stand here.
func decodeFields[T any](d *decoder, n *yaml.Node, t *keyPath, known fields[T], reserved bool, out *T) bool {
	return d.each(n, t, func(key, value *yaml.Node, t *keyPath) {
		if read := known[key.Value]; read != nil {
			read(d, out, value, t)
			return
		}
		if reserved && slices.Contains(reservedKeys, key.Value) {
			d.report(ruleReservedKey, key, t, text.Backquote(key.Value)+" is reserved for a later version of makesync",
				"remove it, or keep it as `x-"+key.Value+"`, which is ignored")
			return
		}
		if !d.full() {
			d.unknownKey(key, value, t, known.names())
		}
	})
}

// unknownKey tells of a key and what it may have been meant for. One without a
// value is not repeated: within brackets, {type: number, hunter2}, it is a value
// whose key was forgotten.
func (d *decoder) unknownKey(key, value *yaml.Node, t *keyPath, known []string) {
	if isNull(follow(value)) && text.DidYouMean(key.Value, known) == "" {
		d.report(ruleUnknownKey, key, t.up, "an unknown key without a value",
			"known here: "+text.Or(known)+"; write `key: value`")
		return
	}
	hint := text.DidYouMean(key.Value, known)
	if hint == "" {
		hint = "known here: " + text.Or(known) + "; keys that begin with x- are ignored"
	}
	d.report(ruleUnknownKey, key, t, "unknown key "+text.BackquoteKey(key.Value), hint)
}

// text reads a scalar that has to be a text.
func (d *decoder) text(n *yaml.Node, t *keyPath) (scalar, bool) {
	return d.typed(n, t, "a text", formText)
}

// typed reads a scalar of one of the forms, in which no reference stands.
func (d *decoder) typed(n *yaml.Node, t *keyPath, want string, forms ...form) (scalar, bool) {
	s, ok := readUnreferenced(d, n, t, want, forms...)
	if ok && s.form == formText && speaksOfOrganization(s.text) {
		d.report(ruleMisplaced, follow(n), t, t.name()+" speaks of its organization, which nobody fills in there",
			"${org.…} stands in profiles: in values of variables, region, country, timezone and invite")
		return d.broken(n), false
	}
	return s, ok
}

// readTemplated is typed for the texts that a profile may fill in for each organization.
func readTemplated(d *decoder, n *yaml.Node, t *keyPath, want string, forms ...form) (scalar, bool) {
	s, ok := readUnreferenced(d, n, t, want, forms...)
	if ok && !checkTemplate(d, s, n, t) {
		return d.broken(n), false
	}
	if ok {
		warnOfBraces(d, s, n, t)
	}
	return s, ok
}

// readNullableTemplate is readTemplated where a null may cancel what a profile declares.
func readNullableTemplate(d *decoder, n *yaml.Node, t *keyPath, want string, forms ...form) (scalar, bool) {
	if isNull(follow(n)) {
		return d.scalar(n, t, want)
	}
	return readTemplated(d, n, t, want, forms...)
}

func readUnreferenced(d *decoder, n *yaml.Node, t *keyPath, want string, forms ...form) (scalar, bool) {
	s, ok := d.value(n, t, want, forms...)
	if ok && s.form == formNumber && inOtherForm(d, follow(n), t) {
		return d.broken(n), false
	}
	if ok && s.form == formText && strings.Contains(s.text, "${") && hasReference(splitReferences(s.text)) {
		d.report(ruleMisplaced, follow(n), t, t.name()+" holds a reference, which nobody reads there",
			"references stand only in values of variables and in tokens of zones; write the text itself")
		return d.broken(n), false
	}
	return s, ok
}

// value is typed for the few places where references are read. A null is told with the right hint.
func (d *decoder) value(n *yaml.Node, t *keyPath, want string, forms ...form) (scalar, bool) {
	s, ok := d.scalar(n, t, want)
	switch {
	case !ok:
		return s, false
	case s.form == formNull:
		d.nullProblem(follow(n), t, "")
		return d.broken(n), false
	case !slices.Contains(forms, s.form):
		d.wrongType(follow(n), t, want)
		return d.broken(n), false
	}
	return s, true
}

// nullable is typed where a null may cancel what a profile declares.
func (d *decoder) nullable(n *yaml.Node, t *keyPath, want string, forms ...form) (scalar, bool) {
	if isNull(follow(n)) {
		return d.scalar(n, t, want)
	}
	return d.typed(n, t, want, forms...)
}

func (d *decoder) nullProblem(n *yaml.Node, t *keyPath, instead string) {
	if instead == "" {
		instead = "write a value, or remove the line"
	}
	d.report(ruleNull, n, t, t.name()+" is empty (null)", instead)
}

// list reads a list, giving each item.
func (d *decoder) list(n *yaml.Node, t *keyPath, visit func(item *yaml.Node, t *keyPath)) bool {
	n = follow(n)
	if !d.untagged(n, t) {
		return false
	}
	if isNull(n) {
		d.nullProblem(n, t, "write [] for none, or remove the line")
		return false
	}
	if n.Kind != yaml.SequenceNode {
		d.wrongType(n, t, "a list")
		return false
	}
	for i, item := range n.Content {
		visit(item, t.item(i))
	}
	return true
}

// texts reads a list of texts.
func (d *decoder) texts(n *yaml.Node, t *keyPath) []scalar {
	out := []scalar{}
	ok := d.list(n, t, func(item *yaml.Node, t *keyPath) {
		if s, ok := d.text(item, t); ok {
			out = append(out, s)
		}
	})
	if !ok {
		return nil
	}
	return out
}

// choice reads a text that has to be one of the words.
func (d *decoder) choice(n *yaml.Node, t *keyPath, words ...string) (scalar, bool) {
	s, ok := d.text(n, t)
	if !ok {
		return s, false
	}
	if !slices.Contains(words, s.text) {
		if d.full() {
			return d.broken(n), false
		}
		hint := text.DidYouMean(s.text, words)
		if hint == "" {
			hint = "write " + text.Or(words)
		}
		d.report(ruleUnknownValue, follow(n), t, t.name()+" is "+text.Backquote(s.text)+", which it cannot be", hint)
		return d.broken(n), false
	}
	return s, true
}
