package document

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// Policies is the list under `policies` of one document or trusted file, as encoding/json would
// decode it. What the policies mean is read by who judges them.
type Policies struct {
	File string
	// Trusted: it stands in a file of --guards.
	Trusted bool
	List    []any

	file *source
	at   map[string]at // positions of values, by their paths: policies[3].require
	// unread are the paths of values that are problems already: nobody knows what they are to say.
	unread map[string]bool
}

// IsUnread tells whether a problem of the value at a path was told when the document was read.
func (p *Policies) IsUnread(path string) bool { return p.unread[path] }

// PolicyProblem is a mistake in the value at a path. Line and column count from 1 within its text;
// 0: the mistake is that of the value.
func (p *Policies) PolicyProblem(path string, line, column int, message, hint string) spec.Problem {
	return p.problem(rulePolicy, path, line, column, message, hint)
}

// SuppressionProblem is a warning about an exception that does not count.
func (p *Policies) SuppressionProblem(path, message, hint string) spec.Problem {
	return p.problem(ruleSuppression, path, 0, 0, message, hint)
}

func (p *Policies) problem(rule, path string, line, column int, message, hint string) spec.Problem {
	problem := newProblem(rule, at{}, nil, message, hint)
	problem.Path, problem.Source = path, p.Position(path, line, column).Position()
	problems := []spec.Problem{problem}
	addExcerpts([]*source{p.file}, problems)
	return problems[0]
}

// Position is where the value at a path stands, else where what holds it does. With a line and a
// column it is where these are in the value's text, however the file writes it.
func (p *Policies) Position(path string, line, column int) spec.Source {
	for {
		if found, ok := p.at[path]; ok {
			return found.within(p.textAt(path), line, column).source()
		}
		up := strings.LastIndexAny(path, ".[")
		if up < 0 {
			return p.at[""].source()
		}
		path, line = path[:up], 0
	}
}

// textAt is the text at a path of policies[3].require; "" where there is none.
func (p *Policies) textAt(path string) string {
	item, key, _ := strings.Cut(strings.TrimPrefix(path, "policies["), "].")
	i, err := strconv.Atoi(item)
	if err != nil || i < 0 || i >= len(p.List) {
		return ""
	}
	fields, _ := p.List[i].(map[string]any)
	text, _ := fields[key].(string)
	return text
}

// maxPolicyValues is how many values the policies of one document hold at most.
const maxPolicyValues = 50_000

// policyReader reads policies as plain values.
type policyReader struct {
	*decoder
	at     map[string]at
	unread map[string]bool
	left   int // values that may still come
}

// readPolicies reads a list of policies.
func readPolicies(d *decoder, n *yaml.Node, t *keyPath) Policies {
	r := policyReader{d, map[string]at{"": d.at(n)}, map[string]bool{}, maxPolicyValues}
	p := Policies{
		File: d.file.path, Trusted: d.file.trusted, List: []any{}, file: d.file, at: r.at, unread: r.unread,
	}
	d.plainKeys = []string{"on"} // the subject of a policy, and a boolean to YAML 1.1
	defer func() { d.plainKeys = nil }()
	d.list(n, t, func(item *yaml.Node, t *keyPath) {
		if value := r.value(item, t); r.left > 0 {
			p.List = append(p.List, value)
		}
	})
	if r.left <= 0 {
		d.report(ruleTooLarge, n, t, "the policies hold more than "+text.Number(maxPolicyValues)+" values",
			"a file may hold 100 policies; write fewer tests")
	}
	return p
}

// value is a value as encoding/json decodes it. References and nulls stand for themselves.
func (r *policyReader) value(n *yaml.Node, t *keyPath) any {
	if r.left--; r.left <= 0 {
		return nil
	}
	n = follow(n)
	r.at[t.String()] = r.decoder.at(n)
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		r.each(n, t, func(key, value *yaml.Node, t *keyPath) { m[key.Value] = r.value(value, t) })
		return m
	case yaml.SequenceNode:
		list := []any{}
		r.list(n, t, func(item *yaml.Node, t *keyPath) { list = append(list, r.value(item, t)) })
		return list
	}
	s, ok := r.scalar(n, t, "a text, a number or a boolean")
	switch {
	case !ok:
		r.unread[t.String()] = true
		return nil
	case s.form == formNull:
		return nil
	case s.form == formBoolean:
		return s.isTrue()
	case s.form == formNumber && inOtherForm(r.decoder, follow(n), t):
		r.unread[t.String()] = true
		return nil
	case s.form == formNumber:
		number, err := strconv.ParseFloat(decimalText(s.text), 64)
		if err != nil {
			r.report(ruleUnknownValue, n, t, t.name()+" is a number that cannot be read", "write it in decimal digits")
		}
		return number
	}
	return s.text
}

func decimalText(number string) string {
	if canonical, err := spec.Canonical(spec.TypeNumber, number); err == nil {
		return canonical
	}
	return number
}

// within is the position of a line and a column of a scalar's text. However a scalar is written
// (folded, quoted, over several lines), its characters that are no spaces stand in the file in the
// same order, so those are counted.
func (a at) within(value string, line, column int) at {
	if a.file == nil || line < 1 {
		return a
	}
	w := scalarWalk{rest: string(a.file.data), line: 1, column: 1}
	for w.rest != "" && (w.line < int(a.line) || w.line == int(a.line) && w.column < int(a.column)) {
		w.next()
	}
	w.begin()
	for n := solidBefore(value, line, column); ; n-- {
		if !w.skipSpaces() {
			return a
		}
		if n == 0 {
			return at{a.file, int32(w.line), int32(w.column)}
		}
		w.character()
	}
}

// solidBefore counts the characters before a line and a column that are no spaces.
func solidBefore(value string, line, column int) (n int) {
	l, c := 1, 1
	for _, r := range value {
		if l > line || l == line && c >= column {
			return n
		}
		if !unicode.IsSpace(r) {
			n++
		}
		if c++; r == '\n' {
			l, c = l+1, 1
		}
	}
	return n
}

// scalarWalk goes over a scalar as the file writes it.
type scalarWalk struct {
	rest         string
	line, column int
	quote        byte // ' or " or 0
}

func (w *scalarWalk) next() rune {
	r, size := utf8.DecodeRuneInString(w.rest)
	w.rest = w.rest[size:]
	if w.column++; r == '\n' {
		w.line, w.column = w.line+1, 1
	}
	return r
}

// begin goes to the first character, past an anchor.
func (w *scalarWalk) begin() {
	if strings.HasPrefix(w.rest, "&") {
		for w.rest != "" && !unicode.IsSpace(w.next()) {
			continue
		}
		w.skipSpaces()
	}
	switch {
	case w.rest == "":
	case w.rest[0] == '\'' || w.rest[0] == '"':
		w.quote = w.rest[0]
		w.next()
	case w.rest[0] == '|' || w.rest[0] == '>':
		for w.rest != "" && w.next() != '\n' {
			continue
		}
	}
}

// skipSpaces goes to the next character that is no space, also past escaped ones; false at the end
// of the file.
func (w *scalarWalk) skipSpaces() bool {
	for w.rest != "" {
		r, _ := utf8.DecodeRuneInString(w.rest)
		escaped := w.quote == '"' && r == '\\' && len(w.rest) > 1 && strings.IndexByte("nrtNLP_ \n", w.rest[1]) >= 0
		switch {
		case escaped:
			w.next()
		case !unicode.IsSpace(r):
			return true
		}
		w.next()
	}
	return false
}

// escapeLengths are how many digits follow an escape.
var escapeLengths = map[rune]int{'x': 2, 'u': 4, 'U': 8}

// character goes past one character of the text.
func (w *scalarWalk) character() {
	switch r := w.next(); {
	case w.quote == '\'' && r == '\'':
		w.next() // it is written twice
	case w.quote == '"' && r == '\\':
		for range escapeLengths[w.next()] {
			w.next()
		}
	}
}
