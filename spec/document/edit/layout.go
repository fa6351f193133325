package edit

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// layout is a text with its lines. It finds where nodes begin and end.
type layout struct {
	data   []byte
	starts []int // of each line
}

// newline is how lines of the file end.
func (f *layout) newline() string {
	if bytes.Contains(f.data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// offset is where a node begins. The parser counts characters.
func (f *layout) offset(n *yaml.Node) int {
	at := f.starts[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(f.data[at:])
		at += size
	}
	return at
}

// lineEnd is the end of the line in which a byte stands, without its line break.
func (f *layout) lineEnd(at int) int {
	end := bytes.IndexByte(f.data[at:], '\n')
	if end < 0 {
		return len(f.data)
	}
	end += at
	if end > at && f.data[end-1] == '\r' {
		end--
	}
	return end
}

var errForm = errors.New("it is written in a form that is not changed in place")

// bounds are the first byte of a value and the one behind it. A block that begins on a line of its
// own, and a value that is not there, begin behind the key's colon.
func (f *layout) bounds(key, value *yaml.Node) (start, end int, err error) {
	colon, err := f.colon(key)
	if err != nil {
		return 0, 0, err
	}
	if value.Kind == yaml.ScalarNode && value.Value == "" && value.Style == 0 {
		return colon, colon, nil
	}
	if value.Kind == yaml.MappingNode && value.Style&yaml.FlowStyle == 0 {
		end, err = f.end(value)
		return colon, end, err
	}
	start = f.offset(value)
	end, err = f.end(value)
	return start, end, err
}

// colon is the byte behind the colon of a key.
func (f *layout) colon(key *yaml.Node) (int, error) {
	at, err := f.end(key)
	if err != nil {
		return 0, err
	}
	for at < len(f.data) && (f.data[at] == ' ' || f.data[at] == '\t') {
		at++
	}
	if at >= len(f.data) || f.data[at] != ':' {
		return 0, errForm
	}
	return at + 1, nil
}

// end is the byte behind a node.
func (f *layout) end(n *yaml.Node) (int, error) {
	start := f.offset(n)
	rest := f.data[start:]
	switch {
	case n.Anchor != "":
		return 0, errAlias
	case n.Kind == yaml.AliasNode && bytes.HasPrefix(rest, []byte("*"+n.Value)):
		return start + 1 + len(n.Value), nil
	case n.Kind == yaml.ScalarNode:
		return f.scalarEnd(n, start, rest)
	case n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode:
		if n.Style&yaml.FlowStyle != 0 {
			return f.flowEnd(n, start)
		}
		if len(n.Content) > 0 {
			return f.lastEnd(n)
		}
	}
	return 0, errForm
}

// lastEnd is the end of what stands last in a collection.
func (f *layout) lastEnd(n *yaml.Node) (int, error) {
	last := n.Content[len(n.Content)-1]
	if n.Kind != yaml.MappingNode {
		return f.end(last)
	}
	_, end, err := f.bounds(n.Content[len(n.Content)-2], last)
	return end, err
}

func (f *layout) scalarEnd(n *yaml.Node, start int, rest []byte) (int, error) {
	switch style := n.Style &^ yaml.TaggedStyle; {
	case style == yaml.DoubleQuotedStyle && rest[0] == '"':
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case '"':
				return start + i + 1, nil
			}
		}
	case style == yaml.SingleQuotedStyle && rest[0] == '\'':
		for i := 1; i < len(rest); i++ {
			if rest[i] != '\'' {
				continue
			}
			if i+1 < len(rest) && rest[i+1] == '\'' {
				i++
				continue
			}
			return start + i + 1, nil
		}
	case style == yaml.LiteralStyle || style == yaml.FoldedStyle:
		return f.blockEnd(start), nil
	case style == 0 && bytes.HasPrefix(rest, []byte(n.Value)):
		return start + len(n.Value), nil
	}
	return 0, errForm
}

// blockEnd is the end of the last line of a block scalar: lines that stand further in than the one
// in which it begins, and empty ones between them.
func (f *layout) blockEnd(start int) int {
	line := bytes.LastIndexByte(f.data[:start], '\n') + 1
	indent := indentOf(f.data[line:])
	end := f.lineEnd(start)
	for at := end; at < len(f.data); {
		next := bytes.IndexByte(f.data[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
		stop := f.lineEnd(at)
		if len(bytes.TrimSpace(f.data[at:stop])) == 0 {
			if at >= len(f.data) {
				break
			}
			continue
		}
		if indentOf(f.data[at:]) <= indent {
			break
		}
		end = stop
	}
	return end
}

func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// flowEnd is behind the bracket that closes a collection.
func (f *layout) flowEnd(n *yaml.Node, start int) (int, error) {
	at := start + 1
	if len(n.Content) > 0 {
		var err error
		if at, err = f.lastEnd(n); err != nil {
			return 0, err
		}
	}
	closing := byte('}')
	if n.Kind == yaml.SequenceNode {
		closing = ']'
	}
	for ; at < len(f.data); at++ {
		switch b := f.data[at]; {
		case b == closing:
			return at + 1, nil
		case b == '#':
			at = f.lineEnd(at) - 1
		case !strings.ContainsRune(" \t\r\n,", rune(b)):
			return 0, errForm
		}
	}
	return 0, errForm
}
