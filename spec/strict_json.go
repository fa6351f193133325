package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"makesync/spec/text"
)

// Limits of a file of ours, each far beyond what makesync writes: a plan nests seven deep, its
// objects have some twenty names, its longest text is a value, and it has a value in 30 bytes.
const (
	mostNested  = 32
	mostNames   = 100_000 // of one object
	mostText    = 1 << 20 // bytes of one text
	mostInFiles = 10_000_000
)

// StringPlace is where a string stands in a JSON text.
type StringPlace struct {
	Text       string
	Start, End int // of the quoted string
}

// WalkStrictly walks over a whole JSON text. What could be read in two ways is an error: a name
// that stands twice in one object (also but for case, since decoders take either), text after the
// end, deep nesting, bytes that are no UTF-8. It gives the place of the string that a member of the
// outermost object holds; "" asks for none.
func WalkStrictly(data []byte, member string) (StringPlace, error) {
	if !utf8.Valid(data) {
		return StringPlace{}, errors.New("it is not UTF-8")
	}
	switch values, longest := measureJSON(data); {
	case values > mostInFiles:
		return StringPlace{}, errors.New("it holds more than " + text.Number(mostInFiles) + " values")
	case longest > mostText:
		return StringPlace{}, fmt.Errorf("a text in it is longer than %d MiB", mostText>>20)
	}
	w := strictWalk{decoder: json.NewDecoder(bytes.NewReader(data)), data: data, marked: member}
	w.decoder.UseNumber()
	if err := w.value(0); err != nil {
		return StringPlace{}, err
	}
	if _, err := w.decoder.Token(); !errors.Is(err, io.EOF) {
		return StringPlace{}, errors.New("something follows its end")
	}
	return w.place, nil
}

// ValuesInJSON is how many values a JSON text holds at most, without decoding it.
func ValuesInJSON(data []byte) int {
	values, _ := measureJSON(data)
	return values
}

// maxItems is how many items a list of the top level may have: more than a run may have steps.
const maxItems = 120_000

// DecodeStrict reads a JSON text that the walk has found unambiguous into a value, and only what
// the schema has and the value can hold. Problems are those of the schema, the first of each list
// and of the rest. Lists are the lists of the top level, each item of which is checked by itself.
//
// The schema is asked first: a value in memory can be a hundred times as large as in the file, and
// there may be as many of them as the file has room for.
func DecodeStrict(schema, data []byte, into any, lists ...string) ([]Problem, error) {
	if problems := CheckFirst(schema, data, maxItems, lists...); len(problems) > 0 {
		return problems, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return nil, decoder.Decode(into)
}

type strictWalk struct {
	decoder *json.Decoder
	data    []byte
	marked  string // the member of the outermost object whose place is wanted
	place   StringPlace
}

func (w *strictWalk) value(depth int) error {
	if depth > mostNested {
		return errors.New("it nests too deep")
	}
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return w.object(depth)
	case json.Delim('['):
		for w.decoder.More() {
			if err := w.value(depth + 1); err != nil {
				return err
			}
		}
		_, err = w.decoder.Token()
	}
	return err
}

func (w *strictWalk) object(depth int) error {
	names := map[string]bool{}
	for w.decoder.More() {
		token, err := w.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if folded := strings.ToLower(name); names[folded] {
			return fmt.Errorf("the name %s stands twice in one object", text.Quote(name))
		} else {
			names[folded] = true
		}
		if len(names) > mostNames {
			return errors.New("an object of it has more than " + text.Number(mostNames) + " names")
		}
		if depth == 0 && name != "" && name == w.marked {
			err = w.markedValue()
		} else {
			err = w.value(depth + 1)
		}
		if err != nil {
			return err
		}
	}
	_, err := w.decoder.Token()
	return err
}

func (w *strictWalk) markedValue() error {
	from := int(w.decoder.InputOffset())
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	held, isText := token.(string)
	if !isText {
		return fmt.Errorf("its %s is no string", w.marked)
	}
	end := int(w.decoder.InputOffset())
	start := from + bytes.IndexByte(w.data[from:end], '"')
	w.place = StringPlace{Text: held, Start: start, End: end}
	return nil
}
