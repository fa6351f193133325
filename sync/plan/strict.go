package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"makesync/spec"
	"makesync/spec/text"
)

// maxDepth is how deep a plan file may nest; a plan itself nests seven deep.
const maxDepth = 32

// sealPlace is where the seal's string stands in a file.
type sealPlace struct {
	text       string
	start, end int // of the quoted string
}

func (p sealPlace) replace(data []byte, seal string) []byte {
	quoted, _ := json.Marshal(seal) // a string always can be
	return bytes.Join([][]byte{data[:p.start], quoted, data[p.end:]}, nil)
}

// findSeal walks over a whole JSON text and gives the place of its top-level "seal". What could be
// read in two ways is an error: a name that stands twice in one object (also but for
// case, since decoders take either), text after the end, deep nesting, bytes that are no UTF-8.
func findSeal(data []byte) (sealPlace, error) {
	at, err := WalkStrictly(data)
	if err == nil && at.end == 0 {
		err = errors.New("it has no seal")
	}
	return at, err
}

// WalkStrictly is findSeal for a text that need not have a seal.
func WalkStrictly(data []byte) (sealPlace, error) {
	if !utf8.Valid(data) {
		return sealPlace{}, errors.New("it is not UTF-8")
	}
	w := strictWalk{decoder: json.NewDecoder(bytes.NewReader(data)), data: data}
	w.decoder.UseNumber()
	if err := w.value(0); err != nil {
		return sealPlace{}, err
	}
	if _, err := w.decoder.Token(); !errors.Is(err, io.EOF) {
		return sealPlace{}, errors.New("something follows its end")
	}
	return w.seal, nil
}

// DecodeStrict reads a JSON text that the walk has found unambiguous into a value, and only what
// the schema has and the value can hold. Problems are those of the schema.
//
// Names are looked at before the schema is: the schema would tell each unknown one, and there may
// be as many of them as the file has room for.
func DecodeStrict(schema, data []byte, into any) ([]spec.Problem, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	decoded := decoder.Decode(into)
	if decoded != nil && strings.HasPrefix(decoded.Error(), "json: unknown field ") {
		name, _ := strconv.Unquote(strings.TrimPrefix(decoded.Error(), "json: unknown field "))
		return []spec.Problem{{Severity: spec.Error, Rule: spec.RuleSchema,
			Message: "unknown key " + text.BackquoteKey(name)}}, nil
	}
	if problems := spec.Check(schema, data); len(problems) > 0 {
		return spec.LimitProblems(problems), nil
	}
	return nil, decoded
}

type strictWalk struct {
	decoder *json.Decoder
	data    []byte
	seal    sealPlace
}

func (w *strictWalk) value(depth int) error {
	if depth > maxDepth {
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
		if depth == 0 && name == "seal" {
			err = w.sealValue()
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

func (w *strictWalk) sealValue() error {
	from := int(w.decoder.InputOffset())
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	text, isText := token.(string)
	if !isText {
		return errors.New("its seal is no string")
	}
	end := int(w.decoder.InputOffset())
	start := from + bytes.IndexByte(w.data[from:end], '"')
	w.seal = sealPlace{text: text, start: start, end: end}
	return nil
}
