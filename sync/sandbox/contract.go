package sandbox

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
)

// contractRow is what an operation takes and answers, in a short form of schemas: a type is a word,
// as "integer", "string:date-time" (with a format), "string{a,b}" (an enumeration), "integer[]",
// "string|null"; an object is one with the types of its keys, where "?" marks one that may be null;
// a list is one with the type of its entries.
type contractRow struct {
	Operation     string              `json:"operation"`
	Query         map[string]string   `json:"query"`
	QueryRequired []string            `json:"queryRequired"`
	Body          map[string]any      `json:"body"`
	Required      []string            `json:"required"`
	RequiredIn    map[string][]string `json:"requiredIn"` // of nested objects
	Reply         any                 `json:"reply"`
}

//go:embed contract.json
var contractJSON []byte

var contract = sync.OnceValue(func() map[string]*contractRow {
	var rows []*contractRow
	if err := strict(contractJSON, &rows); err != nil {
		panic("sandbox: contract.json: " + err.Error())
	}
	byName := map[string]*contractRow{}
	for _, row := range rows {
		byName[row.Operation] = row
	}
	return byName
})

// publishedMistakes is a merge patch that makes of what this zone serves what Make's own document
// says about it in the known cases where that is wrong.
//
//go:embed contract_published.json
var publishedMistakes []byte

// serveContract: GET /openapi.json describes what this zone serves, from its own table of
// operations.
func serveContract(c *call) (any, error) {
	document := openAPI(c.w.router.operations, c.zone.Host)
	patches := []json.RawMessage{}
	if c.is("contract", "published") {
		patches = append(patches, publishedMistakes)
	}
	if len(c.zone.Contract) > 0 {
		patches = append(patches, c.zone.Contract)
	}
	for _, patch := range patches {
		var p any
		if err := json.Unmarshal(patch, &p); err != nil {
			return nil, err
		}
		document = mergePatch(document, p)
	}
	b, err := json.Marshal(document)
	return json.RawMessage(b), err
}

// schema is a JSON object, whose order says nothing.
type schema = map[string]any

func openAPI(operations []*operation, host string) any {
	paths := schema{}
	for _, op := range operations {
		path, ok := paths[op.path].(schema)
		if !ok {
			path = schema{}
			paths[op.path] = path
		}
		path[strings.ToLower(op.method)] = op.describe()
	}
	token := schema{"type": "apiKey", "name": "Authorization", "in": "header"}
	return schema{
		"openapi":    "3.0.0",
		"info":       schema{"title": "Web API v2 - Public ", "version": "1.0.0"},
		"servers":    []any{schema{"url": "https://" + host + prefix}},
		"security":   []any{schema{"token": []any{}}},
		"components": schema{"securitySchemes": schema{"token": token}},
		"paths":      paths,
	}
}

func (op *operation) describe() schema {
	row := contract()[op.name]
	if row == nil {
		row = &contractRow{Reply: "any"}
	}
	reply := content(schemaOf(row.Reply), "Successful response")
	about := schema{"parameters": op.parameters(row), "responses": schema{"200": reply}}
	if len(op.scopes) > 0 {
		about["security"] = []any{schema{"token": op.scopes}}
	}
	if op.flags&public != 0 {
		about["security"] = []any{}
	}
	if row.Body != nil {
		body := schemaOf(row.Body)
		if len(row.Required) > 0 {
			body["required"] = row.Required
		}
		for key, required := range row.RequiredIn {
			body["properties"].(schema)[key].(schema)["required"] = required
		}
		about["requestBody"] = content(body, "")
	}
	return about
}

func (op *operation) parameters(row *contractRow) []any {
	list := []any{}
	for _, s := range op.segments {
		if s[0] == '{' {
			name := s[1 : len(s)-1]
			kind := "integer"
			if strings.HasSuffix(name, "Name") || name == "paymentMethodId" {
				kind = "string"
			}
			list = append(list, parameter(name, "path", true, schema{"type": kind}))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(row.Query)) {
		list = append(
			list,
			parameter(name, "query", slices.Contains(row.QueryRequired, name), schemaOf(row.Query[name])),
		)
	}
	return list
}

func parameter(name, in string, required bool, s schema) schema {
	return schema{"name": name, "in": in, "required": required, "schema": s}
}

func content(s schema, description string) schema {
	o := schema{"content": schema{"application/json": schema{"schema": s}}}
	if description != "" {
		o["description"] = description
	}
	return o
}

// schemaOf turns the short form into a schema.
func schemaOf(short any) schema {
	switch short := short.(type) {
	case []any:
		return schema{"type": "array", "items": schemaOf(short[0])}
	case map[string]any:
		s, properties := schema{"type": "object"}, schema{}
		for key, v := range short {
			if key == "?" {
				s["nullable"] = true
			} else {
				properties[key] = schemaOf(v)
			}
		}
		s["properties"] = properties
		return s
	}
	return schemaOfWords(short.(string))
}

func schemaOfWords(words string) schema {
	var kinds []any
	nullable := false
	for word := range strings.SplitSeq(words, "|") {
		if word == "null" {
			nullable = true
			continue
		}
		kinds = append(kinds, schemaOfWord(word))
	}
	s := schema{"oneOf": kinds}
	if len(kinds) == 1 {
		s = kinds[0].(schema)
	}
	if nullable {
		s["nullable"] = true
	}
	return s
}

func schemaOfWord(word string) schema {
	if item, ok := strings.CutSuffix(word, "[]"); ok {
		return schema{"type": "array", "items": schemaOfWord(item)}
	}
	if word == "any" {
		return schema{}
	}
	kind, values, enumerated := strings.Cut(strings.TrimSuffix(word, "}"), "{")
	kind, format, formatted := strings.Cut(kind, ":")
	s := schema{"type": kind}
	if formatted {
		s["format"] = format
	}
	if enumerated {
		s["enum"] = enumOf(kind, strings.Split(values, ","))
	}
	return s
}

func enumOf(kind string, values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		if list[i] = v; kind == "integer" {
			list[i] = json.Number(v)
		}
	}
	return list
}

// mergePatch applies a JSON merge patch (RFC 7386).
func mergePatch(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	for key, v := range p {
		if v == nil {
			delete(t, key)
		} else {
			t[key] = mergePatch(t[key], v)
		}
	}
	return t
}
