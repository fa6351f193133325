package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
)

// maxDepth is how deep a JSON document may nest; the YAML library has its own limit.
const maxDepth = 1000

// parseJSON makes the same kind of tree from a JSON file. YAML's own reader
// would do for most of JSON, but not for surrogate pairs, and it would see traps
// where JSON has none.
func parseJSON(file *source, visit func(*yaml.Node) bool) []spec.Problem {
	p := jsonParser{file: file, decoder: json.NewDecoder(bytes.NewReader(file.data)), line: 1, column: 1}
	p.decoder.UseNumber()
	root, err := p.value(0)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if _, err = p.decoder.Token(); errors.Is(err, io.EOF) {
			visit(&yaml.Node{Kind: yaml.DocumentNode, Line: root.Line, Column: root.Column,
				Content: []*yaml.Node{root}})
			return nil
		}
		p.seek()
	}
	return []spec.Problem{newProblem(ruleSyntax, at{file, int32(p.line), int32(p.column)}, nil,
		"this is not valid JSON", "check quotes, commas and brackets around here")}
}

// jsonParser walks the tokens and counts lines as it goes.
type jsonParser struct {
	file    *source
	decoder *json.Decoder
	offset  int // up to which lines and columns are counted
	line    int
	column  int
}

// seek moves the position to the token that comes next.
func (p *jsonParser) seek() {
	end := int(p.decoder.InputOffset())
	for end < len(p.file.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.file.data[end]) >= 0 {
		end++
	}
	for ; p.offset < end; p.offset++ {
		switch c := p.file.data[p.offset]; {
		case c == '\n':
			p.line++
			p.column = 1
		case utf8.RuneStart(c):
			p.column++
		}
	}
}

func (p *jsonParser) value(depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, errors.New("too deep")
	}
	p.seek()
	node := &yaml.Node{Kind: yaml.ScalarNode, Line: p.line, Column: p.column}
	token, err := p.decoder.Token()
	if err != nil {
		if depth > 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		return node, p.children(node, t, depth)
	case string:
		node.Tag, node.Value, node.Style = "!!str", t, yaml.DoubleQuotedStyle
	case json.Number:
		node.Tag, node.Value = "!!int", t.String()
		if bytes.ContainsAny([]byte(node.Value), ".eE") {
			node.Tag = "!!float"
		}
	case bool:
		node.Tag, node.Value = "!!bool", strconv.FormatBool(t)
	case nil:
		node.Tag, node.Value = "!!null", "null"
	}
	return node, nil
}

func (p *jsonParser) children(node *yaml.Node, open json.Delim, depth int) error {
	node.Style = yaml.FlowStyle
	node.Kind, node.Tag = yaml.MappingNode, "!!map"
	if open == '[' {
		node.Kind, node.Tag = yaml.SequenceNode, "!!seq"
	}
	for p.decoder.More() {
		child, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		node.Content = append(node.Content, child)
	}
	if len(node.Content)%2 == 1 && node.Kind == yaml.MappingNode {
		return io.ErrUnexpectedEOF
	}
	_, err := p.decoder.Token() // the closing bracket
	return err
}
