package document

import (
	"bytes"

	"makesync/spec"
)

// Of the organizations of other shards a run needs to know who they are, and nearly all of their
// text is variables. Where a file is written so plainly that each of its lines can be understood by
// itself, the variables of the others are taken off before it is parsed:
//
//	organizations:          organizations:
//	  acme:                   acme:
//	    name: Acme              name: Acme
//	    variables:              variables: {}
//	      REGION: eu      ▶
//	      RETRIES: 3
//	  beta:                   beta:
//	    …                       …
//
// This is no second parser: what is left is read as ever, and the lines keep their numbers. A line
// is plain when whatever it begins ends in it: no text in several lines, no anchor, alias, tag or
// directive, no escape in quotes. So nothing of what is taken off can reach outside of it, whatever
// it says. One other line anywhere, and the file is parsed as a whole.

// withoutOthers gives a text without the variables of organizations that the run does not look at;
// ok is false when nothing can be taken off. Variables with a word of the rules in force (literal)
// stay.
func withoutOthers(data []byte, wanted func(key string) bool) (text []byte, ok bool) {
	if unusualBreaks(data) {
		return nil, false
	}
	b := bodies{text: data, wanted: wanted}
	for start := 0; start < len(data); {
		end := start + bytes.IndexByte(data[start:], '\n')
		if end < start {
			end = len(data)
		}
		if !b.line(start, end) {
			return nil, false
		}
		start = end + 1
	}
	b.endBlock(len(data))
	return append(b.kept, data[b.done:]...), b.done > 0
}

// bodies walks the lines of a text, and knows where in the organizations it is.
type bodies struct {
	text   []byte
	wanted func(key string) bool
	kept   []byte // of the text before done, if something of that is taken off
	done   int

	seen, inside bool // `organizations:`
	keys, fields int  // how far keys and fields of organizations are indented; 0: not yet known
	other        bool // the organization is not wanted
	block        variableLines
}

// variableLines are those below `variables:` of an organization that is not wanted.
type variableLines struct {
	open   bool
	indent int // of `variables:`
	behind int // the offset behind it
	first  int // the offset of the first variable's line; 0: none yet
}

// line takes the line between two offsets; false: it is not plain.
func (b *bodies) line(start, end int) bool {
	line := b.text[start:end]
	text := bytes.TrimLeft(line, " ")
	indent := len(line) - len(text)
	if len(text) == 0 || text[0] == '#' || start == 0 && string(text) == "---" {
		return true
	}
	switch {
	case b.block.open && indent <= b.block.indent:
		b.endBlock(start)
	case b.block.open && b.block.first == 0:
		b.block.first = start
	}
	isItem := false
	for len(text) > 1 && text[0] == '-' && text[1] == ' ' {
		isItem, text = true, bytes.TrimLeft(text[2:], " ")
	}
	key, value, plain := plainLine(text)
	switch {
	case !plain || len(key) == 0 && !isItem:
		return false
	case indent == 0:
		return b.top(key, value, isItem)
	case !b.inside || isItem:
		return true
	case b.keys == 0 || indent <= b.keys:
		return b.organization(key, value, indent)
	case b.fields == 0 || indent <= b.fields:
		return b.field(key, value, indent, start+indent+bytes.IndexByte(text, ':')+1)
	}
	return true
}

// top is a line that is not indented.
func (b *bodies) top(key, value []byte, isItem bool) bool {
	if isItem {
		return !b.inside
	}
	b.inside = bytes.EqualFold(key, []byte("organizations"))
	if !b.inside {
		return true
	}
	again := b.seen
	b.seen = true
	return !again && string(key) == "organizations" && len(value) == 0
}

func (b *bodies) organization(key, value []byte, indent int) bool {
	if b.keys == 0 {
		b.keys = indent
	}
	b.fields, b.other = 0, !b.wanted(string(key))
	return indent == b.keys && spec.IsKey(string(key)) && len(value) == 0
}

// field is a line of a key that ends at an offset.
func (b *bodies) field(key, value []byte, indent, behind int) bool {
	if b.fields == 0 {
		b.fields = indent
	}
	if b.other && string(key) == "variables" && len(value) == 0 {
		b.block = variableLines{open: true, indent: indent, behind: behind}
	}
	return indent == b.fields
}

// endBlock puts {} in the place of the variables that end here, unless one is of the rules.
func (b *bodies) endBlock(end int) {
	block := b.block
	b.block = variableLines{}
	if block.first == 0 || bytes.Contains(b.text[block.first:end], []byte("literal")) {
		return
	}
	b.kept = append(b.kept, b.text[b.done:block.behind]...)
	b.kept = append(b.kept, " {}"...)
	b.kept = append(b.kept, b.text[block.behind:block.first]...)
	for range bytes.Count(b.text[block.first:end], []byte("\n")) {
		b.kept = append(b.kept, '\n')
	}
	b.done = end
}
