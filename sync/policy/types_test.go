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
	"Plan.seal", "Plan.salt", "Plan.problems", "Plan.exit", "Plan.groups", "Step.arguments", "Step.precondition",
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
			if got, want := fields[key], notationOf(s.(map[string]any)); got != want && got != "LastChange" {
				t.Errorf("%s.%s is %q here and %q in the schema", object, key, got, want)
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d keys were compared", compared)
	}
}

func notationOf(s map[string]any) string {
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/definitions/")
		if name == "scalar" {
			return "dyn"
		}
		return strings.ToUpper(name[:1]) + name[1:]
	}
	if all, ok := s["allOf"].([]any); ok {
		return notationOf(all[0].(map[string]any))
	}
	switch s["type"] {
	case "array":
		return "list(" + notationOf(s["items"].(map[string]any)) + ")"
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
