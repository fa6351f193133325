package document

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/schema"
	"makesync/spec"
)

// draft07 are the keywords of draft-07 that the document's schema may use. Those
// that lead to several errors for one mistake (oneOf, anyOf, if) are left out on purpose.
var draft07 = []string{
	"$schema", "$ref", "title", "description", "type", "required", "properties", "patternProperties",
	"additionalProperties", "definitions",
	"enum", "const", "default", "examples", "minimum", "maximum", "minLength", "minItems", "items",
}

type object = map[string]any

func documentSchema(t testing.TB) object {
	t.Helper()
	var root object
	if err := json.Unmarshal(schema.Document(), &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// eachSchema visits every schema within a schema; isProperty tells those that describe a key.
func eachSchema(s object, path string, visit func(s object, path string, isProperty bool), isProperty bool) {
	visit(s, path, isProperty)
	for _, group := range []string{"properties", "patternProperties", "definitions"} {
		below, _ := s[group].(object)
		for _, key := range slices.Sorted(maps.Keys(below)) {
			eachSchema(below[key].(object), path+"/"+group+"/"+key, visit, group != "definitions")
		}
	}
	for _, single := range []string{"items", "additionalProperties"} {
		if below, ok := s[single].(object); ok {
			eachSchema(below, path+"/"+single, visit, true)
		}
	}
}

func TestDocumentSchemaIsDraft07AndDescribed(t *testing.T) {
	t.Parallel()
	root := documentSchema(t)
	if root["$schema"] != "http://json-schema.org/draft-07/schema#" {
		t.Error("the schema does not say draft-07")
	}
	count := 0
	eachSchema(root, "", func(s object, path string, isProperty bool) {
		count++
		for key := range s {
			if !slices.Contains(draft07, key) {
				t.Errorf("%s: the keyword %s", path, key)
			}
		}
		if ref, ok := s["$ref"].(string); ok {
			s = root["definitions"].(object)[strings.TrimPrefix(ref, "#/definitions/")].(object)
		}
		if text, _ := s["description"].(string); isProperty && text == "" {
			t.Errorf("%s has no description", path)
		}
		if _, isObject := s["properties"]; isObject &&
			(s["additionalProperties"] != false || s["patternProperties"].(object)["^x-[^@]*$"] == nil) {
			t.Errorf("%s lets unknown keys through, or x- keys not", path)
		}
	}, true)
	if count < 60 {
		t.Errorf("only %d schemas were looked at", count)
	}
}

// TestTablesAndSchemaHaveTheSameKeys: an editor offers exactly what the decoder takes.
func TestTablesAndSchemaHaveTheSameKeys(t *testing.T) {
	t.Parallel()
	root := documentSchema(t)
	at := func(path ...string) []string {
		s := root
		for _, key := range path {
			s = s[key].(object)
		}
		return slices.Sorted(maps.Keys(s["properties"].(object)))
	}
	for name, c := range map[string]struct{ table, schema []string }{
		"document":       {documentFields.names(), at()},
		"organization":   {organizationFields.names(), at("definitions", "organization")},
		"profile":        {sharedFields.names(), at("definitions", "profile")},
		"variable":       {variableFields.names(), at("definitions", "variable")},
		"member":         {memberFields.names(), at("definitions", "member")},
		"invite":         {inviteFields.names(), at("definitions", "member", "properties", "invite")},
		"zone":           {zoneFields.names(), at("definitions", "zone")},
		"sandbox":        {sandboxFields.names(), at("definitions", "zone", "properties", "sandbox")},
		"guards":         {guardFields.names(), at("definitions", "guards")},
		"subscription":   {subscriptionFields.names(), at("definitions", "subscription")},
		"price":          {priceFields.names(), at("definitions", "subscription", "properties", "price")},
		"customer":       {customerFields.names(), at("definitions", "subscription", "properties", "customer")},
		"paymentMethods": {methodsFields.names(), at("definitions", "paymentMethods")},
		"maxCreates": {kindNames(countedKinds["maxCreates"]),
			at("definitions", "guards", "properties", "maxCreates")},
		"maxDeletes": {slices.Sorted(slices.Values(kindNames(countedKinds["maxDeletes"]))),
			at("definitions", "guards", "properties", "maxDeletes")},
	} {
		if !slices.Equal(c.table, c.schema) {
			t.Errorf("%s: the decoder takes %v, the schema %v", name, c.table, c.schema)
		}
	}
}

// structural are the rules that a schema can express, for the values that are drawn here.
var structural = []string{
	ruleUnknownKey, ruleReservedKey, ruleProfileKey, ruleWrongType, ruleNull, ruleUnknownValue, ruleOrganizationKey,
	ruleVariableName,
	rulePurgeKind, ruleGuard, ruleAPIVersion, ruleGlob,
}

// TestDecoderAndSchemaAgree draws documents from the schema, many of them broken
// in one place, and wants both to say the same of each.
func TestDecoderAndSchemaAgree(t *testing.T) {
	t.Parallel()
	root := documentSchema(t)
	delete(root["properties"].(object), "policies") // whoever judges them reads what they hold
	path := filepath.Join(t.TempDir(), "a.json")
	accepted, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		g := generator{root: root, break_: rapid.IntRange(0, 60).Draw(t, "break")}
		value := g.draw(t, root, "root")
		if _, isObject := value.(object); !isObject {
			return
		}
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, problems := Load(LoadOptions{Paths: []string{path}})
		problems = slices.DeleteFunc(problems,
			func(p spec.Problem) bool { return !slices.Contains(structural, p.Rule) })
		violations := spec.Check(schema.Document(), data)
		if (len(problems) == 0) != (len(violations) == 0) {
			t.Fatalf("%s\nthe decoder: %s\nthe schema: %s", data, describeProblems(problems),
				describeProblems(violations))
		}
		if len(problems) == 0 {
			accepted++
		} else {
			refused++
		}
	})
	if accepted == 0 || refused == 0 {
		t.Errorf("%d accepted, %d refused: the draw shows nothing", accepted, refused)
	}
}

// generator draws values that fit a schema, but for the one where its count runs out.
type generator struct {
	root   object
	break_ int
}

func (g *generator) draw(t *rapid.T, s object, name string) any {
	if ref, ok := s["$ref"].(string); ok {
		s = g.root["definitions"].(object)[strings.TrimPrefix(ref, "#/definitions/")].(object)
	}
	g.break_--
	if g.break_ == 0 {
		return rapid.SampledFrom([]any{nil, true, "text", "", -1, 0, 7, 1.5, 1e16, []any{}, []any{nil}, []any{"a"},
			object{}, object{"nonsense": 1}, object{"x-y": nil}}).Draw(t, name)
	}
	if c, ok := s["const"]; ok {
		return c
	}
	if e, ok := s["enum"].([]any); ok {
		return rapid.SampledFrom(e).Draw(t, name)
	}
	types, ok := s["type"].([]any)
	if !ok {
		types = []any{s["type"]}
	}
	switch kind := rapid.SampledFrom(types).Draw(t, name); kind {
	case "object":
		return g.mapping(t, s, name)
	case "array":
		items := []any{}
		for i := range rapid.IntRange(int(number(s["minItems"])), 2).Draw(t, name) {
			items = append(items, g.draw(t, s["items"].(object), fmt.Sprint(name, i)))
		}
		return items
	case "string":
		return rapid.SampledFrom([]string{"a", "Acme", "jane@acme.example", "https://a.example", "113"}).Draw(t, name)
	case "boolean":
		return rapid.Bool().Draw(t, name)
	case "integer", "number":
		return rapid.IntRange(1, 99).Draw(t, name)
	}
	return nil
}

func number(v any) float64 {
	f, _ := v.(float64)
	return f
}

func (g *generator) mapping(t *rapid.T, s object, name string) object {
	out := object{}
	required, _ := s["required"].([]any)
	properties, _ := s["properties"].(object)
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		if slices.Contains(required, any(key)) || rapid.Bool().Draw(t, name+"."+key+"?") {
			out[key] = g.draw(t, properties[key].(object), name+"."+key)
		}
	}
	patterns, _ := s["patternProperties"].(object)
	for _, pattern := range slices.Sorted(maps.Keys(patterns)) {
		key := rapid.SampledFrom(keysFor(pattern)).Draw(t, name+" key")
		if below := patterns[pattern].(object); below["type"] != nil || below["$ref"] != nil {
			out[key] = g.draw(t, below, name+"."+key)
		} else if rapid.Bool().Draw(t, "extension?") {
			out[key] = []any{nil, 1}
		}
	}
	if extra, ok := s["additionalProperties"].(object); ok {
		key := rapid.SampledFrom([]string{"jane@acme.example", "x-men@acme.example"}).Draw(t, name+" key")
		out[key] = g.draw(t, extra, name+"."+key)
	}
	if g.break_--; g.break_ == 0 {
		out[rapid.SampledFrom([]string{"nonsense", "teams", "labels", "name", "X", "a b", "9", "x", "xx", "x-", "é",
			"id"}).Draw(t, "odd key")] = "a"
	}
	return out
}

// keysFor are keys that fit a pattern.
func keysFor(pattern string) []string {
	switch {
	case strings.HasPrefix(pattern, "^x-"):
		return []string{"x-a", "x-"}
	case strings.HasPrefix(pattern, "^[A-Za-z$_]"):
		return []string{"A", "$b", "_9"}
	}
	return []string{"a", "x", "xa", "a-b", "9", "-"}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	problems := spec.Check(schema.Document(),
		[]byte(
			`{"apiVersion": "hunter2", "organizations": {"acme": {"profiles": ["a", 5], "nonsense": 1,`+
				` "id": "hunter2", "purge": ["hunter2"]}}}`))
	var got []string
	for _, p := range problems {
		got = append(got, p.Path+": "+p.Message)
		if p.Rule != spec.RuleSchema || p.Severity != spec.Error {
			t.Errorf("%+v", p)
		}
	}
	want := []string{
		"apiVersion: the value is none of those allowed here",
		"organizations.acme: unknown key `nonsense`",
		"organizations.acme.id: this is string, not integer",
		"organizations.acme.profiles[1]: this is integer, not string",
		"organizations.acme.purge[0]: the value is none of those allowed here",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, data := range []string{"", "{", "{} {}", "nonsense"} {
		if problems := spec.Check(schema.Document(), []byte(data)); len(problems) != 1 {
			t.Errorf("%q: %v", data, problems)
		}
	}
	if problems := spec.Check([]byte(`{"type": 5}`), []byte("{}")); len(problems) != 1 {
		t.Errorf("a broken schema: %v", problems)
	}
	if problems := spec.Check(schema.Document(),
		[]byte(`{"apiVersion": "makesync/v1", "x-mine": 1}`)); len(problems) != 0 {
		t.Error(problems)
	}
}

func TestSchemasAreEmbedded(t *testing.T) {
	t.Parallel()
	for _, name := range schema.Names() {
		text, ok := schema.Named(name)
		if problems := spec.Check(text, []byte("{}")); !ok || len(problems) > 0 &&
			strings.HasPrefix(problems[0].Message, "the schema itself") {
			t.Errorf("%s: %v", name, problems)
		}
	}
	if !slices.Contains(schema.Names(), "document") || schema.Document() == nil {
		t.Error(schema.Names())
	}
	if _, ok := schema.Named("nosuch"); ok {
		t.Error("a schema that is not there")
	}
}
