package document

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Two thirds of the time that a run of a large fleet takes on the processor went into YAML, nearly
// all of it for lines that could hardly be plainer:
//
//	organizations:            a key, and what is indented below it
//	  acme:
//	    # a comment
//	    name: Acme            a key and a text, number or boolean on the same line
//	    variables:
//	      SINCE: {type: date, value: "2026-11-20T00:00:00.000Z"}
//	    profiles: [base]
//
// A plainParser reads a text that holds nothing else, in a seventh of the library's time, and
// refuses every other: one with anchors, tags, escapes, texts over several lines, lists below each
// other, comments behind a value, tabs, carriage returns, or any mistake. What it refuses, the
// library reads; what it takes, it reads as the library does, node by node with its position, which
// FuzzPlain holds it to. So there is no second reading of YAML here, only a faster one of a part.
type plainParser struct {
	rest string // what comes behind the current line
	line string // the current line, without its break
	at   int    // how much of the line is read
	row  int    // the line's number, from 1

	open    []openMapping
	waiting bool // the last key has no value yet: it is a mapping on the lines below
	// pending are the children of open mappings and lists; those of the innermost come last.
	pending []*yaml.Node

	nodes    []yaml.Node  // room for nodes, taken from the front
	contents []*yaml.Node // room for lists of children
}

// openMapping is a block mapping whose lines are being read.
type openMapping struct {
	node   *yaml.Node
	indent int
	first  int // of its children in pending
}

// How deep and long things may be before the library reads them, which has limits of its own.
const (
	maxPlainDepth = 32
	maxPlainKey   = 256
)

// plainTree gives the tree of a text without unusual breaks that is written plainly; ok is false
// when it is not. The strings of the tree are parts of the text.
func plainTree(text string) (document *yaml.Node, ok bool) {
	p := &plainParser{rest: text, waiting: true}
	document = p.node(yaml.DocumentNode, "", 1)
	if rest, marked := strings.CutPrefix(text, "---\n"); marked {
		p.rest, p.row, document.Line = rest, 1, 1
	}
	for p.rest != "" {
		if !p.nextLine() {
			return nil, false
		}
	}
	if p.waiting {
		return nil, false
	}
	root := p.open[0].node
	p.close(0)
	if document.Line == 0 {
		document.Line, document.Column = root.Line, root.Column
	}
	document.Content = []*yaml.Node{root}
	return document, true
}

// nextLine reads one line: nothing, a comment, or a key with or without a value.
func (p *plainParser) nextLine() bool {
	p.line, p.rest, _ = strings.Cut(p.rest, "\n")
	p.row++
	body := strings.TrimLeft(p.line, " ")
	if body == "" || body[0] == '#' {
		return true
	}
	p.at = len(p.line) - len(body)
	if !p.enter(p.at) || !p.key() {
		return false
	}
	if p.waiting = p.at == len(p.line); p.waiting {
		return true
	}
	return p.blank() && p.value() && p.at == len(p.line)
}

// enter opens or closes mappings until the innermost one is that of keys with this indentation.
func (p *plainParser) enter(indent int) bool {
	if p.waiting {
		if len(p.open) > 0 && indent <= p.open[len(p.open)-1].indent || len(p.open) == maxPlainDepth {
			return false
		}
		mapping := p.node(yaml.MappingNode, "!!map", indent+1)
		p.pending = append(p.pending, mapping)
		p.open = append(p.open, openMapping{mapping, indent, len(p.pending)})
		return true
	}
	last := len(p.open) - 1
	for last > 0 && p.open[last].indent > indent {
		last--
	}
	p.close(last + 1)
	return p.open[last].indent == indent
}

// close ends all open mappings but the outer ones, as many as keep.
func (p *plainParser) close(keep int) {
	for len(p.open) > keep {
		last := p.open[len(p.open)-1]
		p.open = p.open[:len(p.open)-1]
		p.adopt(last.node, last.first)
	}
}

// adopt makes the pending nodes from first on the children of a node.
func (p *plainParser) adopt(n *yaml.Node, first int) {
	children := p.pending[first:]
	if len(children) == 0 {
		return
	}
	if len(p.contents) < len(children) {
		p.contents = make([]*yaml.Node, max(256, len(children)))
	}
	n.Content = p.contents[:len(children):len(children)]
	p.contents = p.contents[len(children):]
	copy(n.Content, children)
	p.pending = p.pending[:first]
}

// key reads a key and its colon.
func (p *plainParser) key() bool {
	start := p.at
	for p.at < len(p.line) && isPlainWord(p.line[p.at]) {
		p.at++
	}
	word := p.line[start:p.at]
	if word == "" || len(word) > maxPlainKey || !p.next(':') {
		return false
	}
	return p.scalar(word, start)
}

// value reads what stands behind a key in block context, up to the end of the line.
func (p *plainParser) value() bool {
	switch p.line[p.at] {
	case '"', '\'':
		return p.quoted()
	case '{', '[':
		return isASCII(p.line) && p.flow(0) // since columns count characters
	}
	start := p.at
	word := p.line[start:]
	p.at = len(p.line)
	if strings.Contains(word, ": ") || strings.Contains(word, " #") || word[len(word)-1] == ':' ||
		word[len(word)-1] == ' ' {
		return false
	}
	return p.scalar(word, start)
}

// quoted reads a text in quotes that holds neither an escape nor such quotes.
func (p *plainParser) quoted() bool {
	start, quote := p.at, p.line[p.at]
	length := strings.IndexByte(p.line[start+1:], quote)
	if length < 0 {
		return false
	}
	word := p.line[start+1 : start+1+length]
	p.at = start + length + 2
	if quote == '"' && strings.Contains(word, `\`) || p.at < len(p.line) && p.line[p.at] == quote {
		return false
	}
	n := p.node(yaml.ScalarNode, "!!str", start+1)
	n.Value, n.Style = word, yaml.DoubleQuotedStyle
	if quote == '\'' {
		n.Style = yaml.SingleQuotedStyle
	}
	p.pending = append(p.pending, n)
	return true
}

// flow reads {…} or […] on one line.
func (p *plainParser) flow(depth int) bool {
	kind, tag, closing := yaml.MappingNode, "!!map", byte('}')
	if p.line[p.at] == '[' {
		kind, tag, closing = yaml.SequenceNode, "!!seq", ']'
	}
	n := p.node(kind, tag, p.at+1)
	n.Style = yaml.FlowStyle
	p.pending = append(p.pending, n)
	first := len(p.pending)
	p.at++
	p.blank()
	for more := !p.next(closing); more; more = !p.next(closing) {
		if len(p.pending) > first && !(p.next(',') && p.blank()) || depth == maxPlainDepth ||
			kind == yaml.MappingNode && !(p.key() && p.blank()) || !p.flowValue(depth) {
			return false
		}
	}
	p.adopt(n, first)
	return true
}

// flowValue reads a value within brackets, and the blanks behind it.
func (p *plainParser) flowValue(depth int) bool {
	if p.at == len(p.line) {
		return false
	}
	switch p.line[p.at] {
	case '"', '\'':
		if !p.quoted() {
			return false
		}
	case '{', '[':
		if !p.flow(depth + 1) {
			return false
		}
	default:
		start := p.at
		for p.at < len(p.line) && (isPlainWord(p.line[p.at]) || p.line[p.at] == ' ' || p.line[p.at] == '/') {
			p.at++
		}
		if !p.scalar(strings.TrimRight(p.line[start:p.at], " "), start) {
			return false
		}
	}
	p.blank()
	return true
}

// next reads one character, if it is the next.
func (p *plainParser) next(c byte) bool {
	if p.at == len(p.line) || p.line[p.at] != c {
		return false
	}
	p.at++
	return true
}

// blank reads spaces, and tells whether there was one and something comes behind it.
func (p *plainParser) blank() bool {
	start := p.at
	for p.next(' ') {
	}
	return p.at > start && p.at < len(p.line)
}

// scalar adds a word without quotes that began at this offset of the line.
func (p *plainParser) scalar(word string, start int) bool {
	tag, ok := plainTag(word)
	if ok {
		n := p.node(yaml.ScalarNode, tag, start+1)
		n.Value = word
		p.pending = append(p.pending, n)
	}
	return ok
}

// node takes a node out of the room for them.
func (p *plainParser) node(kind yaml.Kind, tag string, column int) *yaml.Node {
	if len(p.nodes) == 0 {
		p.nodes = make([]yaml.Node, 128)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	n.Kind, n.Tag, n.Line, n.Column = kind, tag, p.row, column
	return n
}

// isPlainWord tells whether a character may stand in keys, and in words within brackets.
func isPlainWord(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte("_.$@+-", c) >= 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// plainTag is the type of a word without quotes; ok is false where that takes more than a look.
func plainTag(word string) (tag string, ok bool) {
	switch word {
	case "":
		return "", false
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return "!!bool", true
	case "null", "Null", "NULL":
		return "!!null", true
	}
	switch c := word[0]; {
	case isLetter(c), c == '_', c == '/', c == '$', c >= 0x80:
		return "!!str", true
	case isDigit(c), c == '-':
		return plainNumber(strings.TrimPrefix(word, "-"))
	}
	return "", false
}

// plainNumber is the type of a number in decimal digits, with or without a fraction.
func plainNumber(word string) (tag string, ok bool) {
	const most = 15 // digits, so that nothing overflows
	whole, fraction, isFraction := strings.Cut(word, ".")
	switch {
	case whole == "", len(whole) > most, whole[0] == '0' && len(whole) > 1, !isDigits(whole):
		return "", false
	case !isFraction:
		return "!!int", true
	}
	return "!!float", fraction != "" && len(fraction) <= most && isDigits(fraction)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}
