package document

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Nearly all documents are plain lines: each with a key and its value, which is a text, a number or
// something in brackets (see plainLine). For the library they are a third of the work of a run
// without changes. So they are made into the tree that it would make, node for node and position
// for position, but for comments, which nobody reads:
//
//	organizations:        mapping at 1:1: a key and
//	  acme:                 mapping at 2:3: a key and
//	    REGION: eu            mapping at 3:5: "REGION" and, at 3:13, "eu"
//
// This decides nothing: whether a text without quotes is a number or a boolean is for the library
// to say. And one line that is not beyond doubt, a mistake above all, leaves all of them to it.

// Limits of what is plain, below those of the library.
const (
	maxPlainKey   = 1000
	maxPlainDepth = 20
)

// plainDocument gives visit the tree of a text that is one plain document; false: it is none, and
// nobody is visited. The next tree is made of the same nodes, so visit keeps none of them.
func plainDocument(text []byte, visit func(document *yaml.Node)) bool {
	lines := chunk{1, text}
	rest, marked := bytes.CutPrefix(text, []byte("---\n"))
	if marked {
		lines = chunk{2, rest}
	}
	return plainMapping(lines, func(root *yaml.Node) {
		line, column := root.Line, root.Column
		if marked {
			line, column = 1, 1
		}
		visit(&yaml.Node{Kind: yaml.DocumentNode, Line: line, Column: column, Content: []*yaml.Node{root}})
	})
}

// plainMapping gives visit the mapping that lines are, as plainDocument does.
func plainMapping(lines chunk, visit func(root *yaml.Node)) bool {
	if unusualBreaks(lines.text) {
		return false
	}
	t := plainTrees.Get().(*plainTree)
	defer t.reuse()
	if !t.read(lines) {
		return false
	}
	visit(t.root)
	return true
}

// plainTrees are those that are in nobody's hands. Memory that was never touched before costs more
// than what is written there, and of a thousand files each needs a tree for a moment.
var plainTrees = sync.Pool{New: func() any { return new(plainTree) }}

// plainTree walks lines, and knows which blocks are open, one in the other.
type plainTree struct {
	text   []byte // of a line
	number int    // of the line, from 1
	at     int    // up to where it is read
	column int    // of the node that began last, from 1, and its offset
	offset int
	root   *yaml.Node
	blocks []plainBlock
	pieces []*[pieceSize]yaml.Node
	made   int             // so many nodes, the rest of the pieces is spare
	words  strings.Builder // keeps what nodes say: their strings point into it
}

// Sizes of what is made at a time, nodes and bytes, and of the largest tree that is kept.
const (
	pieceSize    = 128
	wordsSize    = 4 << 10
	maxKeptNodes = 32 << 10
)

// reuse gives back a tree that nobody looks at any more.
func (t *plainTree) reuse() {
	if t.made <= maxKeptNodes {
		t.text, t.root, t.blocks, t.made = nil, nil, t.blocks[:0], 0
		plainTrees.Put(t)
	}
}

// read reads all lines; false: one is not plain.
func (t *plainTree) read(lines chunk) bool {
	t.number = lines.line
	for rest := lines.text; len(rest) > 0; t.number++ {
		t.text, rest, _ = bytes.Cut(rest, []byte("\n"))
		t.at, t.column, t.offset = 0, 1, 0
		if !t.line() {
			return false
		}
	}
	return t.root != nil && !t.blocks[len(t.blocks)-1].awaits()
}

// plainBlock is a mapping or list with a line for each entry.
type plainBlock struct {
	*yaml.Node
	indent int
}

// awaits tells whether the last key has no value yet, since that stands in the lines below.
func (b plainBlock) awaits() bool { return b.Kind == yaml.MappingNode && len(b.Content)%2 == 1 }

// line reads a line: an entry of a block, or nothing. false: it is not plain.
func (t *plainTree) line() bool {
	t.skipBlanks()
	rest := t.rest()
	if len(rest) == 0 || rest[0] == '#' {
		return true
	}
	if bytes.HasPrefix(rest, []byte("- ")) {
		list := t.block(yaml.SequenceNode)
		t.at += len("- ")
		return add(list, t.value(0)) && isNothing(t.rest())
	}
	mapping := t.block(yaml.MappingNode)
	return add(mapping, t.key()) && (isNothing(t.rest()) || add(mapping, t.value(0)) && isNothing(t.rest()))
}

// block gives the block of the entry that begins here. Deeper ones end before it, and where a key
// awaits its value, one begins. nil: it fits none.
func (t *plainTree) block(kind yaml.Kind) *yaml.Node {
	indent, isList := t.at, kind == yaml.SequenceNode
	if t.root == nil && !isList {
		t.root = t.open(kind)
	}
	for ; len(t.blocks) > 0; t.blocks = t.blocks[:len(t.blocks)-1] {
		top := t.blocks[len(t.blocks)-1]
		switch {
		case top.awaits() && (indent > top.indent || isList && indent == top.indent):
			if below := t.open(kind); add(top.Node, below) {
				return below
			}
			return nil
		case top.awaits():
			return nil
		case indent == top.indent && kind == top.Kind:
			return top.Node
		}
	}
	return nil
}

// open begins a block here.
func (t *plainTree) open(kind yaml.Kind) *yaml.Node {
	if len(t.blocks) == maxPlainDepth {
		return nil
	}
	n := t.node(kind)
	t.blocks = append(t.blocks, plainBlock{n, t.at})
	return n
}

// key reads a key and its colon; nil: it is not plain.
func (t *plainTree) key() *yaml.Node {
	rest := t.rest()
	size := quotedSize(rest)
	if i := bytes.IndexByte(rest, ':'); size == 0 && i > 0 && isPlainKey(rest[:i]) {
		size = i
	}
	behind := rest[size:]
	if size > maxPlainKey || len(behind) == 0 || behind[0] != ':' || len(behind) > 1 && behind[1] != ' ' {
		return nil
	}
	key := t.word(size)
	t.at++
	return key
}

// value reads what comes next, in so many brackets; nil: it is not plain.
func (t *plainTree) value(depth int) *yaml.Node {
	t.skipBlanks()
	switch rest := t.rest(); {
	case len(rest) == 0:
		return nil
	case rest[0] == '{' || rest[0] == '[':
		return t.brackets(depth + 1)
	case rest[0] == '"' || rest[0] == '\'':
		return t.word(quotedSize(rest))
	case depth > 0:
		return t.word(plainSizeInBrackets(rest))
	default:
		return t.word(plainSize(rest))
	}
}

// brackets reads a mapping or list in brackets; nil: it is not plain.
func (t *plainTree) brackets(depth int) *yaml.Node {
	if depth > maxPlainDepth {
		return nil
	}
	n := t.node(yaml.SequenceNode)
	n.Style = yaml.FlowStyle
	if t.text[t.at] == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	closing := t.text[t.at] + 2 // it stands two behind the opening one
	for t.at++; !t.skip(closing); {
		if len(n.Content) > 0 && !t.skip(',') {
			return nil
		}
		t.skipBlanks()
		if n.Kind == yaml.MappingNode && !add(n, t.key()) || !add(n, t.value(depth)) {
			return nil
		}
	}
	return n
}

// word makes a node of the next bytes, and goes behind them; nil for none.
func (t *plainTree) word(size int) *yaml.Node {
	if size == 0 {
		return nil
	}
	n, word := t.node(yaml.ScalarNode), t.text[t.at:t.at+size]
	t.at += size
	switch word[0] {
	case '"':
		n.Style, n.Value = yaml.DoubleQuotedStyle, t.keep(word[1:size-1])
	case '\'':
		n.Style, n.Value = yaml.SingleQuotedStyle, t.keep(word[1:size-1])
	default:
		n.Value = t.keep(word)
	}
	n.Tag = "!!str"
	if n.Style == 0 && mayBeOther(word[0]) {
		n.Tag = ""
		n.Tag = n.ShortTag()
	}
	return n
}

// mayBeOther tells whether a word without quotes that begins so may be anything but a text.
func mayBeOther(first byte) bool {
	isLetter := first|0x20 >= 'a' && first|0x20 <= 'z'
	return !isLetter || strings.IndexByte("yntfo", first|0x20) >= 0
}

// keep makes a string of bytes of the line.
func (t *plainTree) keep(word []byte) string {
	if t.words.Cap()-t.words.Len() < len(word) {
		t.words.Reset() // which leaves alone what was made of it
		t.words.Grow(max(wordsSize, len(word)))
	}
	begin := t.words.Len()
	t.words.Write(word)
	return t.words.String()[begin:]
}

// node makes a node that begins here.
func (t *plainTree) node(kind yaml.Kind) *yaml.Node {
	if t.made == len(t.pieces)*pieceSize {
		t.pieces = append(t.pieces, new([pieceSize]yaml.Node))
	}
	n := &t.pieces[t.made/pieceSize][t.made%pieceSize]
	t.made++
	*n = yaml.Node{Content: n.Content[:0]}
	t.column += utf8.RuneCount(t.text[t.offset:t.at])
	t.offset = t.at
	n.Kind, n.Line, n.Column = kind, t.number, t.column
	switch kind {
	case yaml.MappingNode:
		n.Tag = "!!map"
	case yaml.SequenceNode:
		n.Tag = "!!seq"
	}
	return n
}

// add puts a node into another; false where one of them is none.
func add(to, n *yaml.Node) bool {
	if to == nil || n == nil {
		return false
	}
	to.Content = append(to.Content, n)
	return true
}

func (t *plainTree) rest() []byte { return t.text[t.at:] }

func (t *plainTree) skipBlanks() {
	for t.at < len(t.text) && t.text[t.at] == ' ' {
		t.at++
	}
}

// skip goes behind the sign if it comes next.
func (t *plainTree) skip(sign byte) bool {
	t.skipBlanks()
	if t.at == len(t.text) || t.text[t.at] != sign {
		return false
	}
	t.at++
	return true
}
