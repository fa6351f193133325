package spec

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/xeipuuv/gojsonschema"

	"makesync/spec/text"
)

// Check validates a JSON text against a schema of package schema. It is the one
// place that does, so that the library behind it can be replaced. Problems carry
// the path of the value and never the value itself, which may be a secret; they
// have no position, since the library knows none.
func Check(schema, data []byte) []Problem {
	compiled, err := compile(schema)
	if err != nil {
		return unreadableSchema(err)
	}
	return checkAgainst(compiled, data)
}

func unreadableSchema(err error) []Problem {
	return []Problem{schemaProblem("", "the schema itself cannot be read: "+text.Clean(err.Error()))}
}

func checkAgainst(compiled *gojsonschema.Schema, data []byte) []Problem {
	value, err := decodeJSON(data)
	if err != nil {
		return []Problem{schemaProblem("", "this is not valid JSON")}
	}
	result, err := compiled.Validate(gojsonschema.NewGoLoader(value))
	if err != nil {
		return []Problem{schemaProblem("", "the JSON cannot be validated")}
	}
	var problems []Problem
	for _, e := range result.Errors() {
		problems = append(problems, schemaProblem(contextPath(e), describeError(e)))
	}
	return SortProblems(problems)
}

// RuleSchema is the rule of a Problem that Check finds.
const RuleSchema = "schema"

func schemaProblem(path, message string) Problem {
	return Problem{Severity: Error, Rule: RuleSchema, Path: path, Message: message}
}

// compiled schemas, by the hash of their text.
var compiledSchemas sync.Map

// compile pins draft-07 and refuses a schema that is none; nothing is ever
// fetched, since our schemas refer to nothing outside themselves.
func compile(schema []byte) (*gojsonschema.Schema, error) {
	key := sha256.Sum256(schema)
	if c, ok := compiledSchemas.Load(key); ok {
		return c.(*gojsonschema.Schema), nil
	}
	loader := gojsonschema.NewSchemaLoader()
	loader.Draft, loader.AutoDetect, loader.Validate = gojsonschema.Draft7, false, true
	c, err := loader.Compile(gojsonschema.NewBytesLoader(schema))
	if err != nil {
		return nil, err
	}
	compiledSchemas.Store(key, c)
	return c, nil
}

// decodeJSON keeps numbers as they are written and refuses a second value.
func decodeJSON(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return value, nil
}

// contextPath writes the library's context as a path of ours: organizations.acme.profiles[0].
func contextPath(e gojsonschema.ResultError) string {
	path, parent := "", ""
	parts := strings.Split(e.Context().String("\x00"), "\x00")
	for _, part := range parts[1:] { // the first is (root)
		if i, err := strconv.Atoi(part); err == nil {
			path = PathItem(path, i)
		} else {
			path = PathKey(path, parent, part)
		}
		parent = part
	}
	return path
}

// describeError words an error without its value. Details are taken one by one,
// as some of the library's own texts repeat the value.
func describeError(e gojsonschema.ResultError) string {
	detail := func(name string) string {
		value, _ := e.Details()[name].(string)
		return text.Clean(value)
	}
	switch e.Type() {
	case "required":
		return "the key `" + detail("property") + "` is missing"
	case "additional_property_not_allowed":
		return "unknown key `" + detail("property") + "`"
	case "invalid_type":
		return "this is " + detail("given") + ", not " + detail("expected")
	case "enum", "const":
		return "the value is none of those allowed here"
	case "pattern":
		return "the text does not have the form that is wanted here"
	}
	return "the value breaks the rule " + text.Backquote(e.Type())
}
