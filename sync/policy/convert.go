package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// converter makes values of expressions out of decoded JSON, in place, since a plan can be large,
// and counts them.
type converter struct {
	// strict refuses keys that no object has: tests are written by people, plans are not.
	strict bool
	values int // how many values were made; long texts count as several
}

// fitError says which part of a value does not fit its shape. It never holds the value itself.
type fitError struct{ path, reason string }

// Error is the path and the reason in one sentence.
func (e *fitError) Error() string { return e.path + " is " + e.reason }

// within puts an error below a key or an index.
func within(segment string, err error) error {
	if fit, ok := err.(*fitError); ok {
		return &fitError{segment + fit.path, fit.reason}
	}
	return err
}

// convert gives the value that fits a shape.
func (c *converter) convert(s *shape, value any) (any, error) {
	c.values++
	if text, ok := value.(string); ok {
		c.values += len(text) / bytesPerValue
	}
	switch {
	case s.object != "":
		return c.object(s, value)
	case s.list != nil:
		return c.list(s.list, value)
	case s.dict != nil:
		return c.dict(s.dict, value)
	case s.scalar == "dyn":
		return c.anything(value)
	}
	if text, ok := value.(string); ok && len(text) > maxText && s.scalar == "string" {
		return tooLong(text), nil
	}
	out, ok := scalar(s.scalar, value)
	if !ok {
		return nil, mismatch(s, value)
	}
	return out, nil
}

func mismatch(want *shape, got any) error {
	return &fitError{"", jsonKind(got) + ", not " + describeShape(want)}
}

func describeShape(s *shape) string {
	switch {
	case s.object != "", s.dict != nil:
		return "an object"
	case s.list != nil:
		return "a list"
	case s.scalar == "int":
		return "a whole number"
	case s.scalar == "double":
		return "a number"
	case s.scalar == "bool":
		return "true or false"
	case s.scalar == "timestamp":
		return "a time such as 2026-11-20T12:00:00Z"
	}
	return "a text"
}

func jsonKind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a text"
	case bool:
		return "true or false"
	case float64, int, int64, json.Number:
		return "a number"
	}
	return fmt.Sprintf("a %T", value)
}

// object leaves out null keys, as JSON leaves out what is not known.
func (c *converter) object(s *shape, value any) (any, error) {
	in, ok := value.(map[string]any)
	if !ok {
		return nil, mismatch(s, value)
	}
	for _, key := range sortedKeys(in) {
		field, known := s.fields[key]
		switch {
		case !known && c.strict:
			return nil, &fitError{"." + shown(key), "unknown; the keys are " + joinKeys(s.fields)}
		case !known, in[key] == nil && field.scalar != "dyn":
			delete(in, key)
			continue
		}
		made, err := c.convert(field, in[key])
		if err != nil {
			return nil, within("."+key, err)
		}
		in[key] = made
	}
	return in, nil
}

func (c *converter) list(items *shape, value any) (any, error) {
	in, ok := value.([]any)
	if !ok {
		return nil, mismatch(&shape{list: items}, value)
	}
	for i, item := range in {
		made, err := c.convert(items, item)
		if err != nil {
			return nil, within("["+strconv.Itoa(i)+"]", err)
		}
		in[i] = made
	}
	return in, nil
}

func (c *converter) dict(values *shape, value any) (any, error) {
	in, ok := value.(map[string]any)
	if !ok {
		return nil, mismatch(&shape{dict: values}, value)
	}
	for _, key := range sortedKeys(in) {
		made, err := c.convert(values, in[key])
		if err != nil {
			return nil, within("."+shown(key), err)
		}
		in[key] = made
	}
	return in, nil
}

var anyShape = &shape{scalar: "dyn"}

// anything keeps a value as it is; whole numbers become int, others double.
func (c *converter) anything(value any) (any, error) {
	switch v := value.(type) {
	case nil, bool, hidden: // hidden: it was judged before
		return v, nil
	case string:
		if len(v) > maxText {
			return tooLong(v), nil
		}
		return v, nil
	case map[string]any:
		keys, err := c.dict(anyShape, v)
		if err == nil && hides(v) {
			return hide(keys), nil
		}
		return keys, err
	case []any:
		return c.list(anyShape, v)
	}
	if n, ok := scalar("int", value); ok {
		return n, nil
	}
	if n, ok := scalar("double", value); ok {
		return n, nil
	}
	return nil, &fitError{"", jsonKind(value) + ", which JSON does not have"}
}

func scalar(want string, value any) (any, bool) {
	switch want {
	case "string":
		text, ok := value.(string)
		return text, ok
	case "bool":
		b, ok := value.(bool)
		return b, ok
	case "int":
		return wholeNumber(value)
	case "double":
		return number(value)
	case "timestamp":
		return instant(value)
	}
	return nil, false
}

// maxWhole is the largest number below which a double holds every whole number.
const maxWhole = 1 << 53

func wholeNumber(value any) (any, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) <= maxWhole
	case json.Number:
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	return nil, false
}

// number takes a text as well, since JSON forms write amounts of money as text.
func number(value any) (any, bool) {
	var f float64
	var err error
	switch v := value.(type) {
	case int:
		f = float64(v)
	case int64:
		f = float64(v)
	case float64:
		f = v
	case json.Number:
		f, err = strconv.ParseFloat(string(v), 64)
	case string:
		f, err = strconv.ParseFloat(v, 64)
	default:
		return nil, false
	}
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

func instant(value any) (any, bool) {
	switch v := value.(type) {
	case time.Time:
		return v.UTC(), true
	case string:
		t, err := time.Parse(time.RFC3339, v)
		return t.UTC(), err == nil
	}
	return nil, false
}
