package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"makesync/schema"
)

// hiddenFromPolicies are keys of a plan that are no facts to judge by: what is sent, salts and
// fingerprints of secrets, and what only people read.
var hiddenFromPolicies = []string{
	"Plan.seal", "Plan.salt", "Plan.problems", "Plan.exit", "Plan.groups", "Plan.changedSince", "Plan.against", "Plan.undoes", "Step.arguments", "Step.precondition",
	"Organization.licence", "Plan.policies", "Plan.guardsDigest", "Plan.unmanagedOrganizations",
}

// TestFieldTypesFollowTheSchema: what a plan can say a policy can read, and of the same type.
func TestFieldTypesFollowTheSchema(t *testing.T) {
	t.Parallel()
	var root map[string]any
	if err := json.Unmarshal(schema.Plan(), &root); err != nil {
		t.Fatal(err)
	}
	definitions := root["definitions"].(map[string]any)
	definitions["plan"] = root
	compared := 0
	for name := range definitions {
		object := strings.ToUpper(name[:1]) + name[1:]
		fields, ours := fieldTypes[object]
		if !ours {
			continue
		}
		for key, s := range definitions[name].(map[string]any)["properties"].(map[string]any) {
			if slices.Contains(hiddenFromPolicies, object+"."+key) {
				continue
			}
			compared++
			if amount := amounts[object+"."+key]; amount != "" {
				s = amount
			}
			if got, want := fields[key], notationOf(s); got != want && got != "LastChange" {
				t.Errorf("%s.%s is %q here and %q in the schema", object, key, got, want)
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d keys were compared", compared)
	}
}

// TestWordsFollowTheSchema: what a key can hold, as the schema lists it, and nothing else.
func TestWordsFollowTheSchema(t *testing.T) {
	t.Parallel()
	var root struct {
		Definitions map[string]struct {
			Properties map[string]struct {
				Enum  []string
				Items struct{ Enum []string }
			}
		}
	}
	if err := json.Unmarshal(schema.Plan(), &root); err != nil {
		t.Fatal(err)
	}
	for name, d := range root.Definitions {
		object := strings.ToUpper(name[:1]) + name[1:]
		if fieldTypes[object] == nil {
			continue
		}
		for key, property := range d.Properties {
			want := slices.Concat(property.Enum, property.Items.Enum)
			if got := words[object][key]; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
				t.Errorf("%s.%s: %v here, %v in the schema", object, key, got, want)
			}
		}
	}
}

// amounts are the keys with money, which JSON has as text and policies read as numbers.
var amounts = map[string]string{"Money.amount": "double", "Plan.money": "map(double)"}

func notationOf(schema any) string {
	s, is := schema.(map[string]any)
	if !is {
		return schema.(string)
	}
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/definitions/")
		if name == "scalar" {
			return "dyn"
		}
		return strings.ToUpper(name[:1]) + name[1:]
	}
	if all, ok := s["allOf"].([]any); ok {
		return notationOf(all[0])
	}
	switch s["type"] {
	case "array":
		return "list(" + notationOf(s["items"]) + ")"
	case "integer":
		return "int"
	case "boolean":
		return "bool"
	case "object":
		return "map(int)"
	}
	return "string"
}

func TestEveryNotationIsAType(t *testing.T) {
	t.Parallel()
	for name, s := range shapes() {
		for key, field := range s.fields {
			if field.cel == nil {
				t.Errorf("%s.%s has no type", name, key)
			}
		}
	}
}

// TestGuardsSchemaHasTheKeysOfTheDecoder: an editor offers exactly what is read.
func TestGuardsSchemaHasTheKeysOfTheDecoder(t *testing.T) {
	t.Parallel()
	var root struct {
		Definitions map[string]struct {
			Required   []string       `json:"required"`
			Properties map[string]any `json:"properties"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal(schema.Guards(), &root); err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string]map[string]bool{"policy": policyKeys, "suppression": suppressionKeys, "test": testKeys} {
		definition := root.Definitions[name]
		if got, want := joinKeys(definition.Properties), joinKeys(keys); got != want {
			t.Errorf("%s: the schema has %s, the decoder %s", name, got, want)
		}
		for key, required := range keys {
			if slices.Contains(definition.Required, key) != required {
				t.Errorf("%s.%s: required by one of schema and decoder only", name, key)
			}
		}
	}
}
