package makeapi

import (
	"encoding/json"
	"io"
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
	info pageInfo
	// promises are older replies' people who were invited and have no account yet.
	promises []promise
}

// decodePage reads a list row by row, so that no reply is in memory as a whole. Rows are
// under key; a reply without that array is unreadable, never an empty list.
func decodePage[T any](body io.Reader, key string) (p page[T], err error) {
	d := json.NewDecoder(body)
	if err := expect(d, '{', "the reply is not an object"); err != nil {
		return p, err
	}
	found := false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return p, err
		}
		switch name {
		case key:
			found = true
			p.rows, err = decodeRows[T](d, key)
		case "pg":
			err = decodeLoose(d, &p.info)
		case "membershipPromises":
			err = decodeLoose(d, &p.promises)
		default:
			err = d.Decode(new(json.RawMessage))
		}
		if err != nil {
			return p, err
		}
	}
	if _, err := d.Token(); err != nil {
		return p, err
	}
	if !found {
		return p, unreadable("it has no `" + key + "`")
	}
	return p, nil
}

func decodeRows[T any](d *json.Decoder, key string) ([]T, error) {
	if err := expect(d, '[', "`"+key+"` is not a list"); err != nil {
		return nil, err
	}
	rows := []T{}
	for d.More() {
		var row T
		if err := d.Decode(&row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	_, err := d.Token()
	return rows, err
}

// decodeLoose decodes a value that may be of any type: one of another than expected says nothing.
func decodeLoose(d *json.Decoder, into any) error {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	_ = json.Unmarshal(raw, into)
	return nil
}

func expect(d *json.Decoder, delimiter json.Delim, otherwise string) error {
	token, err := d.Token()
	if err == nil && token != delimiter {
		return unreadable(otherwise)
	}
	return err
}
