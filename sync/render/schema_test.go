package render

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"makesync/schema"
	"makesync/spec"
	"makesync/sync/compare"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
	"makesync/sync/state"
)

// node is the part of a JSON Schema that the comparison with Go types needs.
type node struct {
	Ref         string           `json:"$ref"`
	AllOf       []node           `json:"allOf"`
	Description string           `json:"description"`
	Properties  map[string]*node `json:"properties"`
	Required    []string         `json:"required"`
	Items       *node            `json:"items"`
	Additional  any              `json:"additionalProperties"`
	Definitions map[string]*node `json:"definitions"`
}

// TestSchemasFitTheTypes: each published schema has exactly the properties of
// the Go type that is written, requires those that are always written, and describes every one.
func TestSchemasFitTheTypes(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"plan": plan.Plan{}, "report": report.Report{}, "problems": ProblemsDocument{}, "compare": compare.Comparison{}} {
		text, ok := schema.Named(name)
		if !ok {
			t.Fatalf("there is no schema %s", name)
		}
		var root node
		if err := json.Unmarshal(text, &root); err != nil {
			t.Fatalf("schema %s: %v", name, err)
		}
		compareSchema(t, name, &root, &root, reflect.TypeOf(value))
	}
}

// TestOutputFitsTheSchemas: what is written is valid, also when nothing is in it, and what is not is refused.
func TestOutputFitsTheSchemas(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, schema string
		write        func(*bytes.Buffer) error
	}{
		{"plan", "plan", func(b *bytes.Buffer) error { return PlanJSON(b, samplePlan()) }},
		{"zero plan", "plan", func(b *bytes.Buffer) error { return PlanJSON(b, &plan.Plan{Exit: exit.OK}) }},
		{"report", "report", func(b *bytes.Buffer) error { return ReportJSON(b, sampleReport()) }},
		{"zero report", "report", func(b *bytes.Buffer) error { return ReportJSON(b, &report.Report{Exit: exit.OK}) }},
		{"problems", "problems", func(b *bytes.Buffer) error { return ProblemsJSON(b, sampleProblems(), exit.Invalid) }},
		{"no problems", "problems", func(b *bytes.Buffer) error { return ProblemsJSON(b, nil, exit.OK) }},
		{"comparison", "compare", func(b *bytes.Buffer) error { return CompareJSON(b, sampleComparison()) }},
	}
	for _, test := range tests {
		text, ok := schema.Named(test.schema)
		if !ok {
			t.Fatalf("there is no schema %s", test.schema)
		}
		document := rendered(t, test.write)
		for _, problem := range spec.Check(text, document) {
			t.Errorf("%s: %s: %s", test.name, problem.Path, problem.Message)
		}
		if broken := bytes.Replace(document, []byte(`"format"`), []byte(`"fromat"`), 1); len(spec.Check(text, broken)) == 0 {
			t.Errorf("%s: the schema takes a document without its format", test.name)
		}
	}
}

func compareSchema(t *testing.T, path string, root, n *node, typ reflect.Type) {
	n = resolve(root, n)
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ.Kind() == reflect.Slice && n.Items != nil {
		compareSchema(t, path+"[]", root, n.Items, typ.Elem())
		return
	}
	text := typ.Implements(reflect.TypeFor[encoding.TextMarshaler]()) // one string in JSON
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[state.Scalar]() || text {
		return
	}
	var all, required, have []string
	for i := range typ.NumField() {
		tag, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if tag == "" || tag == "-" {
			continue
		}
		all = append(all, tag)
		if options != "omitempty" && options != "omitzero" {
			required = append(required, tag)
		}
		property := n.Properties[tag]
		if property == nil {
			t.Errorf("%s.%s is not in the schema", path, tag)
			continue
		}
		if property.Description == "" {
			t.Errorf("%s.%s has no description", path, tag)
		}
		compareSchema(t, path+"."+tag, root, property, typ.Field(i).Type)
	}
	for name := range n.Properties {
		have = append(have, name)
	}
	for _, names := range [][]string{all, required, have, n.Required} {
		sort.Strings(names)
	}
	if diff := cmp.Diff(all, have); diff != "" {
		t.Errorf("%s: properties, -type +schema\n%s", path, diff)
	}
	if strings.Join(required, " ") != strings.Join(n.Required, " ") {
		t.Errorf("%s: required, -type +schema\n%s", path, cmp.Diff(required, n.Required))
	}
	if n.Additional != false {
		t.Errorf("%s allows additional properties", path)
	}
}

// resolve follows a reference, direct or as the only part of an allOf.
func resolve(root, n *node) *node {
	ref := n.Ref
	if len(n.AllOf) == 1 {
		ref = n.AllOf[0].Ref
	}
	if ref == "" {
		return n
	}
	return root.Definitions[strings.TrimPrefix(ref, "#/definitions/")]
}
