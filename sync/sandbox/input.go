package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"unicode/utf8"
)

// maxBody is the largest request body, about 2 MB as on Make.
const maxBody = 2 << 20

// maxDiscarded is how much of a larger body is taken in, so that a client that
// sends all of it before it reads gets the refusal and no broken connection.
const maxDiscarded = 64 << 20

// readBody takes the body in. JSON is UTF-8; other bytes would come back in replies
// that nobody can decode.
func (c *call) readBody() error {
	if c.r.Body == nil || c.r.Body == http.NoBody {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil {
		return invalid("The request body could not be read.")
	}
	if len(b) > maxBody {
		_, _ = io.CopyN(io.Discard, c.r.Body, maxDiscarded)
		return &problem{status: http.StatusBadRequest, code: "SC400", message: "request entity too large"}
	}
	if !utf8.Valid(b) {
		return invalid("The request body is not valid UTF-8.")
	}
	c.body = b
	return nil
}

// bodiless says whether there is no body, or nothing in it.
func (c *call) bodiless() bool { return len(bytes.TrimSpace(c.body)) == 0 }

// input decodes the JSON object of the body into the struct that v points at. Fields
// that v does not have are ignored; one of the wrong type is refused. No body counts
// as an empty object. Keys count letter for letter and the last of two equal ones
// holds, as in JavaScript; encoding/json alone would take usersroleid for usersRoleId.
func (c *call) input(v any) error {
	if c.bodiless() {
		return nil
	}
	var sent map[string]json.RawMessage
	if !json.Valid(c.body) {
		return invalid("The request body is not valid JSON.")
	}
	if err := json.Unmarshal(c.body, &sent); err != nil || sent == nil {
		return invalid("The request body is not a JSON object.")
	}
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		key := s.Type().Field(i).Tag.Get("json")
		if raw, ok := sent[key]; ok {
			if err := json.Unmarshal(raw, s.Field(i).Addr().Interface()); err != nil {
				return wrongType(key, err)
			}
		}
	}
	return nil
}

// wrongType is the refusal of a value that encoding/json could not put into the field of that key.
func wrongType(key string, err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return invalid("Invalid type of '" + key + "'.")
	}
	if wrong.Field != "" {
		key += "." + wrong.Field
	}
	return invalid("Invalid type of '" + key + "': " + wrong.Value + " given.")
}
