package document

import (
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// maxText is the longest text of a document; nothing on Make takes more, and it
// keeps one scalar from filling a plan.
const maxText = 1 << 20

// decoder turns one file's node trees into parts, strictly: every key is known,
// every value of its type, and whatever is not becomes a problem at its
// position while the rest goes on being read.
type decoder struct {
	file     *source
	problems []spec.Problem
	// plainKeys are keys that stand without quotes though YAML 1.1 reads something else.
	plainKeys []string
	// dropped counts the problems that were too many to be kept.
	dropped int
	// profile tells that a profile is read; templates counts its texts that speak of
	// an organization.
	profile   bool
	templates int
}

// add keeps a problem, up to as many as anybody is told of.
func (d *decoder) add(p spec.Problem) {
	if !d.full() {
		d.problems = append(d.problems, p)
	}
}

// full tells whether nobody is told of another problem, and counts it then: looking for what may
// have been meant costs more than the reading.
func (d *decoder) full() bool {
	if len(d.problems) < spec.MaxProblems {
		return false
	}
	d.dropped++
	return true
}

// count is how many problems there are so far.
func (d *decoder) count() int { return len(d.problems) + d.dropped }

// found are the problems, with a count of those that were not kept.
func (d *decoder) found() []spec.Problem {
	if d.dropped == 0 {
		return d.problems
	}
	return append(d.problems, spec.MoreProblems(d.dropped, spec.Error))
}

func (d *decoder) at(n *yaml.Node) at { return nodeAt(d.file, n) }

// report adds a problem at a node.
func (d *decoder) report(rule string, n *yaml.Node, t *keyPath, message, hint string) {
	if d.full() {
		return
	}
	d.add(newProblem(rule, d.at(n), t, message, hint))
}

// form is the type of a scalar as its document writes it.
type form uint8

const (
	formUnset form = iota
	formNull
	formText
	formNumber
	formBoolean
	// formBroken is a value that was told to be wrong: it counts as written, so that
	// nobody tells a second time that it is missing.
	formBroken
)

var formNames = [...]string{"nothing", "empty (null)", "a text", "a number", "a boolean", "nothing readable"}

// scalar is one value of a document with its position. The zero scalar is "not written".
type scalar struct {
	at
	text string
	form form
}

func (s scalar) isSet() bool    { return s.form > formNull }
func (s scalar) isBroken() bool { return s.form == formBroken }
func (s scalar) isTrue() bool   { return s.form == formBoolean && s.text == "true" }

// follow goes from an alias to its anchor.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return formNames[formOf(n)]
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func formOf(n *yaml.Node) form {
	switch n.Tag {
	case "!!null":
		return formNull
	case "!!int", "!!float":
		return formNumber
	case "!!bool":
		return formBoolean
	}
	return formText
}

// broken is what stands for a value that cannot be used.
func (d *decoder) broken(n *yaml.Node) scalar { return scalar{at: d.at(n), form: formBroken} }

// scalar reads a node that has to be a scalar; ok is false when it is none, and
// then the problem is told and the scalar broken. A null is a scalar here.
func (d *decoder) scalar(n *yaml.Node, t *keyPath, want string) (s scalar, ok bool) {
	n = follow(n)
	switch {
	case !d.untagged(n, t):
		return d.broken(n), false
	case n.Kind != yaml.ScalarNode:
		d.wrongType(n, t, want)
		return d.broken(n), false
	case d.isAmbiguous(n, t):
		return d.broken(n), false
	case len(n.Value) > maxText:
		d.report(ruleTooLong, n, t, "the text is longer than 1 MB", "nothing on Make takes that much")
		return d.broken(n), false
	}
	s = scalar{at: d.at(n), text: n.Value, form: formOf(n)}
	if s.form == formBoolean {
		s.text = strings.ToLower(s.text) // YAML takes True and TRUE too
	}
	return s, true
}

func (d *decoder) wrongType(n *yaml.Node, t *keyPath, want string) {
	message := t.name() + " is " + describe(n) + ", not " + want
	if t != nil && t.index > 0 {
		message = "an item of " + message
	}
	d.report(ruleWrongType, n, t, message, typeHint(n, want))
}

// typeHint says where quotes are missing or too many.
func typeHint(n *yaml.Node, want string) string {
	switch _, err := spec.Canonical(spec.TypeNumber, n.Value); {
	case n.Kind != yaml.ScalarNode:
	case strings.HasPrefix(want, "a text") && formOf(n) > formText:
		return "put it in quotes"
	case want == "a boolean" && (n.Value == "true" || n.Value == "false"),
		want == "a number" && err == nil && formOf(n) == formText:
		return "write it without quotes"
	}
	return ""
}

func (d *decoder) untagged(n *yaml.Node, t *keyPath) bool {
	if n.Style&yaml.TaggedStyle == 0 {
		return true
	}
	d.report(ruleTag, n, t, "tags (!) are not read", "quote a text, write a number or a boolean plainly")
	return false
}

// plain tells whether a scalar stands without quotes in a YAML file.
func (d *decoder) plain(n *yaml.Node) bool {
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return !d.file.json && n.Style&quoted == 0
}

func (d *decoder) isAmbiguous(n *yaml.Node, t *keyPath) bool {
	if !d.plain(n) {
		return false
	}
	reading, is := ambiguous(n.Value)
	if is {
		hint := ambiguousHints[reading]
		if digits := decimalsAt(d, n, t); reading == aNumber && digits != "" {
			hint = "quote it if it is a text, else write " + digits
		}
		d.report(ruleAmbiguous, n, t,
			"without quotes this is "+reading+" or something else, depending on the YAML version", hint)
	}
	return is
}

var ambiguousHints = map[string]string{
	"a boolean": "quote it if it is a text, else write true or false",
	aNumber:     "quote it if it is a text, else write the number plainly in decimal digits",
	"a date":    "quote it",
}

// each walks a mapping that has to be one, giving every key that counts: keys
// are texts, unique also without case, and those that begin with x- are left out.
func (d *decoder) each(n *yaml.Node, t *keyPath, visit func(key, value *yaml.Node, t *keyPath)) bool {
	return d.eachWithDuplicates(n, t, visit, func(_, _ *yaml.Node, _ *keyPath) {})
}

// eachWithDuplicates is each, and gives keys that stand there again to a function of their own.
func (d *decoder) eachWithDuplicates(n *yaml.Node, t *keyPath, visit,
	again func(key, value *yaml.Node, t *keyPath)) bool {
	n = follow(n)
	if !d.untagged(n, t) {
		return false
	}
	if isNull(n) && t != nil {
		d.nullProblem(n, t, "write {} for none, or remove the line")
		return false
	}
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, t, "a mapping")
		return false
	}
	keys := newKeySet(len(n.Content) / 2)
	below := &keyPath{up: t} // one for all keys, since nobody keeps it
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := follow(n.Content[i])
		below.key, below.at = key.Value, d.at(key)
		if !d.key(key, below) || spec.IsExtension(key.Value) {
			continue
		}
		first := keys.add(key)
		if first == nil {
			visit(key, n.Content[i+1], below)
			continue
		}
		d.duplicate(first, key, below)
		if first.Value == key.Value {
			again(key, n.Content[i+1], below)
		}
	}
	return true
}

func (d *decoder) key(n *yaml.Node, t *keyPath) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.report(ruleWrongType, n, t.up, "a key is "+describe(n)+", not a text", "")
		return false
	case !d.untagged(n, t):
		return false
	case n.Tag == "!!merge":
		d.report(ruleMergeKey, n, t, "merge keys (<<) are not read", "use `profiles`, or an alias for a whole value")
		return false
	case !slices.Contains(d.plainKeys, n.Value) && d.isAmbiguous(n, t):
		return false
	case n.Tag == "!!null" && !d.file.json:
		d.report(ruleWrongType, n, t.up, "a key is empty (null), not a text", "")
		return false
	case len(n.Value) > 1024:
		d.report(ruleTooLong, n, t, "the key is longer than 1,024 bytes", "")
		return false
	}
	return true
}

func (d *decoder) duplicate(first, n *yaml.Node, t *keyPath) {
	p := newProblem(ruleDuplicateKey, d.at(n), t, "the key "+text.BackquoteKey(n.Value)+" stands here twice",
		"remove one of them")
	if first.Value != n.Value {
		p = newProblem(ruleKeyCase, d.at(n), t, "the keys "+text.BackquoteKey(first.Value)+" and "+
			text.BackquoteKey(n.Value)+" differ only in upper and lower case", "remove one of them")
		if strings.Contains(n.Value, "@") {
			p.Rule, p.Severity = ruleMemberCase, severities[ruleMemberCase]
			if !strings.EqualFold(first.Value, n.Value) {
				p.Message = text.BackquoteKey(first.Value) + " and " + text.BackquoteKey(n.Value) + " are one address"
			}
		}
	}
	p.Related = d.at(first).pointer()
	d.add(p)
}

// keySet finds keys that are equal without case. Small mappings compare each
// with each; in large ones the first key of each hash is found by it.
type keySet struct {
	small []*yaml.Node
	large map[uint64]*yaml.Node
}

func newKeySet(size int) *keySet {
	if size <= 8 {
		return &keySet{small: make([]*yaml.Node, 0, size)}
	}
	return &keySet{large: make(map[uint64]*yaml.Node, size)}
}

// add keeps a key and gives the equal one that was there before, if any.
func (s *keySet) add(n *yaml.Node) *yaml.Node {
	if s.large != nil {
		hash := foldedHash(n.Value)
		first := s.large[hash]
		if first == nil {
			s.large[hash] = n
			return nil
		}
		if strings.EqualFold(first.Value, n.Value) {
			return first
		}
	}
	for _, other := range s.small {
		if strings.EqualFold(other.Value, n.Value) {
			return other
		}
	}
	s.small = append(s.small, n)
	return nil
}

// foldedHash is FNV-1a over the text in one case. Characters that fold together
// (K and the Kelvin sign) are brought to the smallest of their orbit.
func foldedHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range s {
		if r < 0x80 && r != 'k' && r != 's' && r != 'K' && r != 'S' {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
		} else {
			r = smallestFold(r)
		}
		h = (h ^ uint64(r)) * 1099511628211
	}
	return h
}

func smallestFold(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}
