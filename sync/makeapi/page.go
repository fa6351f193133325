package makeapi

import (
	"encoding/json"
	"io"
	"reflect"
	"strconv"
)

// pageInfo is a list's `pg`: what the zone says it did about paging. Recorded replies echo limit
// and offset; totalCount is there only where it was asked for. Any of it may be missing.
type pageInfo struct {
	Limit      integer `json:"limit"`
	TotalCount integer `json:"totalCount"`
}

// page is one reply of a list.
type page[T any] struct {
	rows []T
	// count is how many rows came, repetitions included; of many rows each is kept once. last is
	// the id of the last one, where the list has ids.
	count int
	last  integer
	info  pageInfo
	// promises are older replies' people who were invited and have no account yet.
	promises []promise
}

// decodePage reads a list without pages: whatever the zone sends is all of it.
func decodePage[T any](body io.Reader, key string) (page[T], error) {
	return pageDecoder[T]{key: key, most: mostUnpaged}.decode(body)
}

// pageDecoder reads a list row by row, so that no reply is in memory as a whole. Rows are under
// key; a reply without that array is unreadable, never an empty list.
type pageDecoder[T any] struct {
	key  string
	most int              // rows; more were not asked for
	id   func(*T) integer // nil: rows have none
}

func (of pageDecoder[T]) decode(body io.Reader) (p page[T], err error) {
	d := newValueDecoder(body)
	if err := d.expect('{', "the reply is not an object"); err != nil {
		return p, err
	}
	found := false
	for names := 1; d.More(); names++ {
		name, err := d.Token()
		switch {
		case err != nil:
			return p, err
		case names > mostNames:
			return p, excess("it has more than " + strconv.Itoa(mostNames) + " names")
		case name == of.key:
			found = true
			err = of.rows(d, &p)
		case name == "pg":
			err = d.loose(longestRow, &p.info)
		case name == "membershipPromises":
			err = d.loose(longestValue, &p.promises)
		default:
			err = d.value(longestValue, new(json.RawMessage))
		}
		if err != nil {
			return p, err
		}
	}
	if _, err := d.Token(); err != nil {
		return p, err
	}
	if !found {
		return p, unreadable("it has no `" + of.key + "`")
	}
	return p, nil
}

// rows reads the array of rows; a later one under the same name replaces it. An empty list may be
// null, as some languages write it, and a list of one that one alone (as in published examples).
func (of pageDecoder[T]) rows(d *valueDecoder, p *page[T]) error {
	token, err := d.Token()
	p.rows, p.count = []T{}, 0
	switch {
	case err != nil:
		return err
	case token == nil:
		return nil
	case token == json.Delim('{'):
		return of.only(d, p)
	case token != json.Delim('['):
		return unreadable("`" + of.key + "` is not a list")
	}
	kept := rowSet[T]{id: of.id, rows: []T{}}
	for d.More() {
		if p.count++; p.count > of.most {
			return excess("`" + of.key + "` has more than the " + strconv.Itoa(of.most) + " rows that it can have")
		}
		var row T
		if err := d.value(longestRow, &row); err != nil {
			return err
		}
		if of.id != nil {
			p.last = of.id(&row)
		}
		kept.add(row)
	}
	p.rows = kept.rows
	_, err = d.Token()
	return err
}

// only reads the rest of the object that stands instead of a list of one.
func (of pageDecoder[T]) only(d *valueDecoder, p *page[T]) error {
	fields := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := name.(string)
		var value json.RawMessage
		if err := d.value(longestRow, &value); err != nil {
			return err
		}
		if fields[key] = value; len(fields) > mostNames {
			return excess("a row has more than " + strconv.Itoa(mostNames) + " names")
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if len(fields) == 0 {
		return unreadable("`" + of.key + "` is not a list")
	}
	var row T
	data, err := json.Marshal(fields)
	if err == nil {
		err = unmarshal(data, &row)
	}
	if err != nil {
		return err
	}
	if of.id != nil {
		p.last = of.id(&row)
	}
	p.rows, p.count = []T{row}, 1
	return nil
}

// rowSet keeps rows. Among a few each is kept as it is; of many, which a zone that repeats itself
// may send, each once.
type rowSet[T any] struct {
	id   func(*T) integer
	rows []T
	seen map[any]bool
}

// fewRows are not worth looking for repetitions.
const fewRows = 1000

func (s *rowSet[T]) add(row T) {
	if len(s.rows) < fewRows {
		s.rows = append(s.rows, row)
		return
	}
	if s.seen == nil {
		s.seen = map[any]bool{}
		for i := range s.rows {
			s.seen[s.identity(&s.rows[i])] = true
		}
	}
	if identity := s.identity(&row); identity == nil || !s.seen[identity] {
		s.seen[identity] = true
		s.rows = append(s.rows, row)
	}
}

// identity is what tells a row from others: its id, or all of it; nil: that cannot be told.
func (s *rowSet[T]) identity(row *T) any {
	switch {
	case s.id != nil && s.id(row).known:
		return s.id(row).n
	case s.id == nil && reflect.TypeFor[T]().Comparable():
		return *row
	}
	return nil
}

// valueDecoder decodes JSON value by value and reads no further than a value may be long.
type valueDecoder struct {
	*json.Decoder
	body    io.Reader
	read    int64 // bytes that the decoder has got
	longest int64 // of the value at hand
}

// readAhead is how much is read at a time.
const readAhead = 16 << 10

func newValueDecoder(body io.Reader) *valueDecoder {
	d := &valueDecoder{body: body, longest: longestRow}
	d.Decoder = json.NewDecoder(d)
	return d
}

// Read is what the decoder reads.
func (d *valueDecoder) Read(into []byte) (int, error) {
	if d.read-d.InputOffset() > d.longest+readAhead {
		return 0, tooLong(d.longest)
	}
	n, err := d.body.Read(into[:min(len(into), readAhead)])
	d.read += int64(n)
	return n, err
}

func tooLong(bytes int64) excess {
	return excess("a value in it is longer than " + strconv.FormatInt(bytes>>10, 10) + " KiB")
}

// value decodes the next value.
func (d *valueDecoder) value(longest int64, into any) error {
	d.longest = longest
	defer func() { d.longest = longestRow }()
	begin := d.InputOffset()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.InputOffset()-begin > longest {
		return tooLong(longest)
	}
	return nil
}

// loose decodes a value that may be of any type: one of another than expected says nothing, but for
// one in which a text is too long.
func (d *valueDecoder) loose(longest int64, into any) error {
	var raw json.RawMessage
	if err := d.value(longest, &raw); err != nil {
		return err
	}
	return onlyExcess(json.Unmarshal(raw, into))
}

func (d *valueDecoder) expect(delimiter json.Delim, otherwise string) error {
	token, err := d.Token()
	if err == nil && token != delimiter {
		return unreadable(otherwise)
	}
	return err
}
