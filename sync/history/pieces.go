package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"makesync/spec"
	"makesync/sync/report"
)

// Limits of what is read: a journal is hostile until it has been understood. What is in memory can
// be a hundred times as large as in the file.
const (
	maxPiece       = 16 << 20 // bytes of what is decoded at once: a step with the longest values
	maxPieceValues = 100_000
	maxItems       = 3 * MostSteps // of organizations, their steps, and those of the report
	maxMemory      = 600 << 20     // bytes that a whole run takes once it is read
	muchMemory     = 256 << 20     // from which on the collector works harder
)

// pieces decodes the lines of a journal: what is long, the steps of a plan or of a report, one by
// one, so that no more of a line than one of them is held as text. What it all takes is counted.
type pieces struct {
	in     *boundedReader
	json   *json.Decoder
	raw    json.RawMessage
	memory int
	items  int
}

// boundedReader gives no more than so many bytes between two calls of reset.
type boundedReader struct {
	in   io.Reader
	left int
}

func (b *boundedReader) reset() { b.left = maxPiece }

func (b *boundedReader) Read(into []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("a part of it is larger than %d MiB", maxPiece>>20)
	}
	n, err := b.in.Read(into[:min(len(into), b.left)])
	b.left -= n
	return n, err
}

// readLine decodes the next line, a short one at once.
func (p *pieces) readLine(in *lineReader) (l line, err error) {
	text, short := in.short()
	if !short {
		return p.longLine(in)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return line{}, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return line{}, errFollows
	}
	return l, p.take(memoryBehind(reflect.ValueOf(&l)))
}

var errFollows = errors.New("something follows the line's object")

func (p *pieces) longLine(in io.Reader) (l line, err error) {
	p.in = &boundedReader{in: in}
	p.in.reset()
	p.json = json.NewDecoder(p.in)
	if err := p.value(reflect.ValueOf(&l).Elem()); err != nil {
		return line{}, err
	}
	if _, err := p.json.Token(); !errors.Is(err, io.EOF) {
		return line{}, errFollows
	}
	return l, nil
}

// takenApart are the types whose members are decoded one by one.
var takenApart = map[reflect.Type]bool{
	reflect.TypeFor[line]():                   true,
	reflect.TypeFor[report.RunOrganization](): true,
	reflect.TypeFor[report.Report]():          true,
}

func (p *pieces) value(into reflect.Value) error {
	switch {
	case takenApart[into.Type()]:
		return p.object(into)
	case into.Kind() == reflect.Pointer && takenApart[into.Type().Elem()]:
		into.Set(reflect.New(into.Type().Elem()))
		return p.object(into.Elem())
	case into.Kind() == reflect.Slice:
		return p.list(into)
	}
	return p.piece(into)
}

// object decodes the members of an object, each once; null is none at all.
func (p *pieces) object(into reflect.Value) error {
	if open, err := p.opens('{', into.Type().Name()); !open {
		return err
	}
	members := membersOf(into)
	for p.json.More() {
		token, err := p.json.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		member, known := members[name]
		if !known {
			return fmt.Errorf("the member %q is unknown, of a newer makesync, or there twice", name)
		}
		delete(members, name)
		if err := p.value(member); err != nil {
			return err
		}
	}
	_, err := p.json.Token()
	return err
}

func (p *pieces) list(into reflect.Value) error {
	if open, err := p.opens('[', "list"); !open {
		return err
	}
	into.Set(reflect.MakeSlice(into.Type(), 0, 0))
	for p.json.More() {
		item := reflect.New(into.Type().Elem()).Elem()
		if err := p.value(item); err != nil {
			return err
		}
		if p.items++; p.items > maxItems || into.Len() >= MostSteps {
			return fmt.Errorf("it lists more than the %d steps that a run may have", MostSteps)
		}
		if err := p.take(int(item.Type().Size())); err != nil {
			return err
		}
		into.Set(reflect.Append(into, item))
	}
	_, err := p.json.Token()
	return err
}

// opens tells whether an object or list begins here; null is none, and anything else an error.
func (p *pieces) opens(with json.Delim, what string) (bool, error) {
	p.in.reset()
	token, err := p.json.Token()
	switch {
	case err != nil:
		return false, err
	case token == nil:
		return false, nil
	case token != with:
		return false, fmt.Errorf("%v stands where a %s begins", token, what)
	}
	return true, nil
}

// piece decodes what is short, strictly.
func (p *pieces) piece(into reflect.Value) error {
	p.in.reset()
	p.raw = p.raw[:0]
	if err := p.json.Decode(&p.raw); err != nil {
		return err
	}
	if spec.ValuesInJSON(p.raw) > maxPieceValues {
		return fmt.Errorf("a part of it holds more than %d values", maxPieceValues)
	}
	strict := json.NewDecoder(bytes.NewReader(p.raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into.Addr().Interface()); err != nil {
		return err
	}
	return p.take(memoryBehind(into))
}

// collectOften has the collector leave a quarter of what is alive as garbage, rather than as much.
const collectOften = 25

var errMemory = fmt.Errorf("it tells more than fits into %d MiB of memory", maxMemory>>20)

// take counts more memory.
func (p *pieces) take(bytes int) error {
	if p.memory < muchMemory && p.memory+bytes >= muchMemory {
		debug.SetGCPercent(collectOften) // for the rest of this process: nearly all of it stays alive
	}
	if p.memory += bytes; p.memory > maxMemory {
		return errMemory
	}
	return nil
}

// membersOf are the fields of a struct by their names in JSON.
func membersOf(v reflect.Value) map[string]reflect.Value {
	members := map[string]reflect.Value{}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			members[name] = v.Field(i)
		}
	}
	return members
}

// A map has room for a power of two of entries, at least for a whole group.
const (
	mapHead  = 64
	mapGroup = 8
)

func mapSize(entries int, entry uintptr) int {
	room := mapGroup
	for room*7/8 < entries && entries > mapGroup {
		room *= 2
	}
	return mapHead + room*(int(entry)+1)
}

var timeType = reflect.TypeFor[time.Time]()

// memoryBehind is what a value takes beyond itself, behind its pointers, lists, maps and texts.
func memoryBehind(v reflect.Value) (bytes int) {
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Pointer:
		if v.IsNil() {
			return 0
		}
		return int(v.Elem().Type().Size()) + memoryBehind(v.Elem())
	case reflect.Slice:
		bytes = v.Len() * int(v.Type().Elem().Size())
		for i := range v.Len() {
			bytes += memoryBehind(v.Index(i))
		}
	case reflect.Map:
		if v.Len() == 0 {
			return mapHead
		}
		bytes = mapSize(v.Len(), v.Type().Key().Size()+v.Type().Elem().Size())
		for key, value := range v.Seq2() {
			bytes += memoryBehind(key) + memoryBehind(value)
		}
	case reflect.Struct:
		if v.Type() == timeType {
			return 0
		}
		for i := range v.NumField() {
			bytes += memoryBehind(v.Field(i))
		}
	}
	return bytes
}
