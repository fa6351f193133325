package makeapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// unreadable says in words why a reply cannot be used. It never quotes the
// reply, in which there may be secrets.
type unreadable string

// Error is the words.
func (u unreadable) Error() string { return string(u) }

// brokenWords says what is wrong with a reply without quoting it.
func brokenWords(err error) string {
	var ours unreadable
	var tooMuch excess
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &ours):
		return string(ours)
	case errors.As(err, &tooMuch):
		return string(tooMuch)
	case errors.As(err, &syntax):
		return fmt.Sprintf("not JSON at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Sprintf("%s is not of the type that was expected", orReply(kind.Field))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "it ends too early"
	}
	return "not the JSON that was expected"
}

func orReply(field string) string {
	if field == "" {
		return "the reply"
	}
	return "`" + field + "`"
}

// buffers are reused between replies; none larger than this is kept.
const largestKept = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// withBody gives f the whole body; f must not keep the bytes.
func withBody(body io.Reader, f func([]byte) error) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= largestKept {
			buffer.Reset()
			buffers.Put(buffer)
		}
	}()
	if _, err := buffer.ReadFrom(body); err != nil {
		return err
	}
	return f(buffer.Bytes())
}

// unmarshal is json.Unmarshal, which knows an empty body as one that ends too early.
func unmarshal(data []byte, into any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return unreadable("it is empty")
	}
	return json.Unmarshal(data, into)
}

// decodeJSON reads a reply into a fresh value and hands that over when all of it is well.
func decodeJSON[T any](into *T) func(io.Reader) error {
	return func(body io.Reader) error {
		return withBody(body, func(data []byte) error {
			var fresh T
			if err := unmarshal(data, &fresh); err != nil {
				return err
			}
			*into = fresh
			return nil
		})
	}
}

// integer is an id or a count, written as a number or as decimal text; known is false for anything
// else.
type integer struct {
	n     int64
	known bool
}

// UnmarshalJSON takes both forms and leaves the rest unknown.
func (i *integer) UnmarshalJSON(data []byte) error {
	*i = integer{}
	number := string(unquoted(data))
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		*i = integer{n, true}
		return nil
	}
	f, err := strconv.ParseFloat(number, 64)
	if err == nil && f == float64(int64(f)) && f > -1e15 && f < 1e15 {
		*i = integer{int64(f), true}
	}
	return nil
}

// unquoted is the inside of a JSON string without escapes, or the data itself.
func unquoted(data []byte) []byte {
	if len(data) >= 2 && data[0] == '"' && data[len(data)-1] == '"' {
		return bytes.TrimSpace(data[1 : len(data)-1])
	}
	return data
}

// flag is a boolean, also written as 0, 1 or text; known is false for anything else, null included.
type flag struct{ on, known bool }

// UnmarshalJSON takes all forms.
func (f *flag) UnmarshalJSON(data []byte) error {
	switch string(unquoted(data)) {
	case "true", "1":
		*f = flag{true, true}
	case "false", "0":
		*f = flag{false, true}
	default:
		*f = flag{}
	}
	return nil
}

// pointer is nil for unknown.
func (f flag) pointer() *bool {
	if !f.known {
		return nil
	}
	return &f.on
}

// off tells whether it is said to be false.
func (f flag) off() bool { return f.known && !f.on }

// longestText bounds, in bytes, what a zone calls something. Make takes 128 characters of a name,
// which are never more bytes; folding and comparing longer ones would cost a run its time.
const longestText = 512

const tooLongText = excess("a name or another text in it is longer than 512 bytes; Make takes 128 characters")

// looseText is a string of at most longestText; a number or a boolean counts by its text, anything
// else as nothing.
type looseText string

// UnmarshalJSON takes all forms. One that is too long makes the reply unusable.
func (t *looseText) UnmarshalJSON(data []byte) error {
	var long longText
	if err := long.UnmarshalJSON(data); err != nil {
		return err
	}
	if len(long) > longestText {
		*t = ""
		return tooLongText
	}
	*t = looseText(long)
	return nil
}

// onlyExcess leaves of the errors of a text that may be of any form the one that is not overlooked.
func onlyExcess(err error) error {
	var tooMuch excess
	if errors.As(err, &tooMuch) {
		return tooMuch
	}
	return nil
}

// longText is a looseText of any length: a value, a message, an address.
type longText string

// UnmarshalJSON takes all forms.
func (t *longText) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case data[0] == '"' && isPlainJSON(data):
		*t = longText(data[1 : len(data)-1])
	case data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = longText(s)
	case data[0] != '{' && data[0] != '[' && data[0] != 'n':
		*t = longText(data)
	}
	return nil
}

// isPlainJSON tells whether a JSON string stands for the bytes between its quotes.
func isPlainJSON(data []byte) bool {
	return bytes.IndexByte(data, '\\') < 0 && utf8.Valid(data)
}

// trimmed is the text without white space around it.
func (t looseText) trimmed() string { return strings.TrimSpace(string(t)) }

// trimmed is the text without white space around it.
func (t longText) trimmed() string { return strings.TrimSpace(string(t)) }
