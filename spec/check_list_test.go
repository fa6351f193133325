package spec

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const listSchema = `{"type": "object", "required": ["format", "items"], "additionalProperties": false,
 "properties": {"format": {"const": "x/v1"}, "items": {"type": "array", "items": {"$ref": "#/definitions/item"}}},
 "definitions": {"item": {"type": "object", "required": ["n"], "additionalProperties": false,
  "properties": {"n": {"type": "number"}, "list": {"type": "array", "items": {"$ref": "#/definitions/item"}}}}}}`

// TestLawCheckFirst: it finds a mistake exactly where Check does, and the path of one that Check
// finds.
func TestLawCheckFirst(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		`{"n": 1}`, `{"n": "x"}`, `{}`, `{"n": 2, "list": [{"n": 1}, {"n": 2}]}`, `{"n": 2, "list": [{}]}`, `3`, `{"n": 1, "m": 2}`,
	})
	rapid.Check(t, func(t *rapid.T) {
		items := "[" + strings.Join(rapid.SliceOfN(piece, 0, 4).Draw(t, "items"), ",") + "]"
		data := rapid.SampledFrom([]string{
			`{"format": "x/v1", "items": ITEMS}`, `{"items": ITEMS}`, `{"format": "x/v1", "items": 3}`, `{"format": "x/v1"}`,
			`{"format": "x/v1", "items": ITEMS, "other": 1}`, `ITEMS`, `{"format": "x/v1", "items": ITEMS`,
		}).Draw(t, "data")
		data = strings.Replace(data, "ITEMS", items, 1)
		all, first := Check([]byte(listSchema), []byte(data)), CheckFirst([]byte(listSchema), []byte(data), 1000, "items")
		if len(all) > 0 != (len(first) > 0) || len(first) > 1 {
			t.Fatalf("%s: %v, and the first %v", data, all, first)
		}
		for _, p := range first {
			found := false
			for _, other := range all {
				found = found || other.Path == p.Path && other.Message == p.Message
			}
			if !found && json.Valid([]byte(data)) {
				t.Fatalf("%s: %v is none of %v", data, p, all)
			}
		}
	})
}

// TestCheckFirstIsBounded: a million mistakes are one, and no item may be as large as it likes.
func TestCheckFirstIsBounded(t *testing.T) {
	many := []byte(`{"format": "x/v1", "items": [` + strings.Repeat(`{},`, 1_000_000) + `{}]}`)
	allocated := testing.AllocsPerRun(1, func() {
		if got := CheckFirst([]byte(listSchema), many, 1e7, "items"); len(got) != 1 || got[0].Path != "items[0]" {
			t.Errorf("%v", got)
		}
	})
	if allocated > 5_000 {
		t.Errorf("%v allocations", allocated)
	}
	large := `{"n": 1, "list": [` + strings.Repeat(`{"n": 1},`, maxChecked) + `{"n": 1}]}`
	got := CheckFirst([]byte(listSchema), []byte(`{"format": "x/v1", "items": [`+large+`]}`), 1000, "items")
	if len(got) != 1 || got[0].Path != "items[0]" || !bytes.Contains([]byte(got[0].Message), []byte("more than 200,000 values")) {
		t.Errorf("%v", got)
	}
}
