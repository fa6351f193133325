package makeapi

import (
	"bytes"
	"encoding/json"
	"slices"
)

// plainRows reads a reply of variables, which are nearly all that a zone sends, where it is written
// as Make writes it: no blanks, no field but the four, no escapes in texts, nothing in brackets. It
// takes a third of the time of encoding/json. What a value means its type says, as ever. ok is
// false for any other reply, whatever is wrong or only unusual in it.
func plainRows(reply []byte) (rows []variableRow, ok bool) {
	p := plainReply{reply}
	if !p.skip(`{"organizationVariables":[`) {
		return nil, false
	}
	rows = make([]variableRow, 0, len(reply)/64) // a row is no shorter
	for !p.skip("]") {
		if len(rows) > 0 && !p.skip(",") {
			return nil, false
		}
		var row variableRow
		if !p.row(&row) {
			return nil, false
		}
		rows = append(rows, row)
	}
	return rows, string(bytes.TrimRight(p.rest, "\n")) == "}"
}

// plainReply is what is left of a reply.
type plainReply struct{ rest []byte }

func (p *plainReply) skip(text string) bool {
	rest, ok := bytes.CutPrefix(p.rest, []byte(text))
	p.rest = rest
	return ok
}

func (p *plainReply) row(row *variableRow) bool {
	ok := p.skip("{") && p.field(row)
	for ok && !p.skip("}") {
		ok = p.skip(",") && p.field(row)
	}
	return ok
}

func (p *plainReply) field(row *variableRow) bool {
	key := p.token()
	if !p.skip(":") {
		return false
	}
	value := p.token()
	if value == nil {
		return false
	}
	switch string(key) {
	case `"typeId"`:
		return row.TypeID.UnmarshalJSON(value) == nil
	case `"name"`:
		return row.Name.UnmarshalJSON(value) == nil
	case `"value"`:
		return row.Value.UnmarshalJSON(value) == nil
	case `"isSystem"`:
		return row.IsSystem.UnmarshalJSON(value) == nil
	}
	return false
}

// token cuts off a text without escapes, or a number, a boolean or null; nil: none comes next.
func (p *plainReply) token() (token []byte) {
	size, isPlain := 0, isPlainScalar
	if bytes.HasPrefix(p.rest, []byte(`"`)) {
		size, isPlain = bytes.IndexByte(p.rest[1:], '"')+2, isPlainText
	} else {
		size = slices.IndexFunc(p.rest, func(c byte) bool { return c == ',' || c == '}' })
	}
	if size < 1 || !isPlain(p.rest[:size]) {
		return nil
	}
	token, p.rest = p.rest[:size], p.rest[size:]
	return token
}

// isPlainText tells whether a token is a text in quotes that are closed, without escapes.
func isPlainText(token []byte) bool {
	return len(token) > 1 && !slices.ContainsFunc(token, func(c byte) bool { return c == '\\' || c < ' ' })
}

// isPlainScalar tells whether a token is a number, true, false or null, with nothing around it.
func isPlainScalar(token []byte) bool {
	switch string(token) {
	case "true", "false", "null", "1", "2", "3", "4": // types and booleans, which come in every row
		return true
	}
	last := token[len(token)-1]
	return (token[0] == '-' || isDigit(token[0])) && isDigit(last) && json.Valid(token)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
