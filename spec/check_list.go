package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"sync"

	"github.com/xeipuuv/gojsonschema"

	"makesync/spec/text"
)

// maxChecked is how many values one check builds a tree of: the library takes up to 2 KB for each
// that is wrong.
const maxChecked = 200_000

// CheckFirst is Check for large texts: it stops at the first mistake, and checks each item of the
// named lists of the top level by itself, so that a file of a million mistakes costs as much as
// one. A list may have most items.
func CheckFirst(schema, data []byte, most int, lists ...string) []Problem {
	items := map[string][]byte{}
	for _, list := range lists {
		var err error
		if data, items[list], err = takeList(data, list); err != nil {
			return []Problem{schemaProblem("", "this is not valid JSON")}
		}
	}
	whole, err := compile(schema)
	if err != nil {
		return unreadableSchema(err)
	}
	if problems := checkSmall(whole, data, ""); len(problems) > 0 {
		return problems[:1]
	}
	for _, list := range lists {
		if problems := checkItems(schema, items[list], list, most); len(problems) > 0 {
			return problems
		}
	}
	return nil
}

func checkItems(schema, items []byte, list string, most int) []Problem {
	own, err := itemSchema(schema, list)
	if err != nil {
		return unreadableSchema(err)
	}
	ofItem, err := compile(own)
	if err != nil {
		return unreadableSchema(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(items))
	if _, err := decoder.Token(); err != nil {
		return []Problem{schemaProblem(list, "this is not valid JSON")}
	}
	for i := 0; decoder.More(); i++ {
		if i == most {
			return []Problem{schemaProblem(list, "it has more than "+text.Number(most)+" items")}
		}
		var item json.RawMessage
		if err := decoder.Decode(&item); err != nil {
			return []Problem{schemaProblem(PathItem(list, i), "this is not valid JSON")}
		}
		if problems := checkSmall(ofItem, item, PathItem(list, i)); len(problems) > 0 {
			return problems[:1]
		}
	}
	return nil
}

func checkSmall(schema *gojsonschema.Schema, data []byte, path string) []Problem {
	if values, _ := measureJSON(data); values > maxChecked {
		return []Problem{schemaProblem(path, "it holds more than "+text.Number(maxChecked)+" values")}
	}
	problems := checkAgainst(schema, data)
	for i := range problems {
		problems[i].Path = strings.TrimSuffix(path+"."+problems[i].Path, ".")
		problems[i].Path = strings.TrimPrefix(problems[i].Path, ".")
	}
	return problems
}

// takeList parts an object into itself with the list empty, and the list. Something else than a
// list stays where it is, for the schema to refuse.
func takeList(data []byte, list string) (top, items []byte, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return data, []byte("[]"), nil
		}
		return nil, nil, err
	}
	items = []byte("[]")
	if found := bytes.TrimSpace(object[list]); len(found) > 0 && found[0] == '[' {
		items, object[list] = found, json.RawMessage("[]")
	}
	top, err = json.Marshal(object)
	return top, items, err
}

// measureJSON counts the values in a JSON text, from its punctuation, and the bytes of its longest
// text.
func measureJSON(data []byte) (values, longest int) {
	quoted, begins := false, 0
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			if quoted {
				longest = max(longest, i-begins)
			}
			quoted, begins = !quoted, i
		case !quoted && (c == ',' || c == '{' || c == '['):
			values++
		}
	}
	return values, longest
}

var itemSchemas sync.Map // by the schema's text and the list

// itemSchema is the schema of one item of a list, with the definitions that it refers to.
func itemSchema(schema []byte, list string) ([]byte, error) {
	key := list + "\x00" + string(schema)
	if found, ok := itemSchemas.Load(key); ok {
		return found.([]byte), nil
	}
	var whole struct {
		Properties  map[string]struct{ Items map[string]any }
		Definitions map[string]any
	}
	if err := json.Unmarshal(schema, &whole); err != nil {
		return nil, err
	}
	item := maps.Clone(whole.Properties[list].Items)
	if item == nil {
		item = map[string]any{}
	}
	item["definitions"] = whole.Definitions
	own, err := json.Marshal(item)
	if err == nil {
		itemSchemas.Store(key, own)
	}
	return own, err
}
