package sandbox_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"makesync/sync/sandbox"
)

// contractOf is what the zone says that it serves.
func contractOf(t *testing.T, c client) map[string]map[string]map[string]any {
	t.Helper()
	var d struct {
		Paths map[string]map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(c.call(200, "GET", "/openapi.json", "").text), &d); err != nil {
		t.Fatal(err)
	}
	return d.Paths
}

// inside walks down a decoded JSON document.
func inside(v any, keys ...string) map[string]any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	m, _ := v.(map[string]any)
	return m
}

func replySchema(operation map[string]any) map[string]any {
	return inside(operation, "responses", "200", "content", "application/json", "schema")
}

func bodySchema(operation map[string]any) map[string]any {
	return inside(operation, "requestBody", "content", "application/json", "schema")
}

// TestContractNamesEveryOperation: those of the table, and no other.
func TestContractNamesEveryOperation(t *testing.T) {
	t.Parallel()
	c := starter(t)
	var named []string
	for path, methods := range contractOf(t, c) {
		for method, operation := range methods {
			named = append(named, strings.ToUpper(method)+" "+path)
			if len(replySchema(operation)) == 0 {
				t.Errorf("%s %s has no reply", method, path)
			}
		}
	}
	for _, op := range c.world.Operations() {
		if !slices.Contains(named, op) {
			t.Errorf("%s is missing", op)
		}
	}
	if len(named) != len(c.world.Operations()) {
		t.Errorf("%d operations, served are %d", len(named), len(c.world.Operations()))
	}
}

// TestContractIsServed holds it to the examples: what the zone answers fits the schema, and a body
// without something that is required is refused.
func TestContractIsServed(t *testing.T) {
	t.Parallel()
	paths := contractOf(t, starter(t))
	for name, x := range wireExamples(t) {
		if x.Response.Status != 200 || x.Switches != nil {
			continue
		}
		method, path, _ := strings.Cut(x.Operation, " ")
		operation := paths[path][strings.ToLower(method)]
		c := starter(t)
		for _, r := range x.Setup {
			r.send(c)
		}
		a := x.Request.send(c)
		var reply any
		if err := json.Unmarshal([]byte(a.text), &reply); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range misfits("", replySchema(operation), reply) {
			t.Errorf("%s: %s", name, wrong)
		}
		required, _ := bodySchema(operation)["required"].([]any)
		for _, key := range required {
			body := map[string]any{}
			if err := json.Unmarshal(x.Request.Body, &body); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			delete(body, key.(string))
			incomplete, fresh := x.Request, starter(t)
			incomplete.Body = json.RawMessage(mustJSON(body))
			for _, r := range x.Setup {
				r.send(fresh)
			}
			if a := incomplete.send(fresh); a.status != 400 {
				t.Errorf("%s without %s: %d", name, key, a.status)
			}
		}
		for key := range bodyKeys(x.Request.Body) {
			if inside(bodySchema(operation), "properties", key) == nil {
				t.Errorf("%s: %s is in no schema of the body", name, key)
			}
		}
	}
}

func bodyKeys(b json.RawMessage) map[string]any {
	keys := map[string]any{}
	_ = json.Unmarshal(b, &keys) // no object, no keys
	return keys
}

// misfits lists where a value is not as a schema says.
func misfits(at string, s map[string]any, v any) []string {
	if len(s) == 0 || v == nil && s["nullable"] == true {
		return nil
	}
	if kinds, ok := s["oneOf"].([]any); ok {
		for _, kind := range kinds {
			if len(misfits(at, kind.(map[string]any), v)) == 0 {
				return nil
			}
		}
		return []string{fmt.Sprintf("%s: %v fits none of %v", at, v, kinds)}
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		return []string{fmt.Sprintf("%s: %v is none of %v", at, v, enum)}
	}
	var wrong []string
	fits := false
	switch v := v.(type) {
	case map[string]any:
		fits = s["type"] == "object"
		properties, known := s["properties"].(map[string]any)
		for key, inner := range v {
			p, has := properties[key].(map[string]any)
			if known && !has {
				wrong = append(wrong, at+"."+key+" is in no schema")
			}
			wrong = append(wrong, misfits(at+"."+key, p, inner)...)
		}
	case []any:
		fits = s["type"] == "array"
		for i, inner := range v {
			wrong = append(wrong, misfits(fmt.Sprint(at, ".", i), inside(s, "items"), inner)...)
		}
	case string:
		fits = s["type"] == "string"
	case bool:
		fits = s["type"] == "boolean"
	case float64:
		fits = s["type"] == "number" || s["type"] == "integer" && v == float64(int64(v))
	}
	if !fits {
		wrong = append(wrong, fmt.Sprintf("%s: %v is no %v", at, v, s["type"]))
	}
	return wrong
}

// TestContractNeedsNoToken and names the scopes that the zone asks for.
func TestContractNeedsNoToken(t *testing.T) {
	t.Parallel()
	c := starter(t)
	paths := contractOf(t, c.as("nobody"))
	if got := mustJSON(paths["/users"]["get"]["security"]); got != `[{"token":["user:read"]}]` {
		t.Errorf("security of GET /users: %s", got)
	}
}

// TestPublishedContract has the mistakes that Make's document is known for, and a zone whose contract
// has moved says so.
func TestPublishedContract(t *testing.T) {
	t.Parallel()
	invite := func(c client) string {
		return mustJSON(bodySchema(contractOf(t, c)["/organizations/{organizationId}/invite"]["post"])["required"])
	}
	if got := invite(starter(t)); got != `["email","name"]` {
		t.Errorf("required: %s", got)
	}
	published := starter(t, with("contract", "published"))
	if got := invite(published); got != `["email","name","userRoleId"]` {
		t.Errorf("required: %s", got)
	}
	paths := contractOf(t, published)
	for path, key := range map[string]string{"/organizations/{organizationId}/variables": "organizationVariables"} {
		if got := inside(replySchema(paths[path]["get"]), "properties", key)["type"]; got != "object" {
			t.Errorf("%s is of type %v", key, got)
		}
	}
	if inside(replySchema(paths["/organizations"]["post"]), "properties", "userOrganizationRole") != nil {
		t.Error("the role of the creator is in the schema")
	}
	moved := starter(t, func(s *sandbox.State) {
		s.Zones[0].Contract = json.RawMessage(`{"paths":{"/teams":null,"/users":{"get":{"deprecated":true}}}}`)
	})
	paths = contractOf(t, moved)
	if paths["/teams"] != nil || paths["/users"]["get"]["deprecated"] != true || paths["/ping"] == nil {
		t.Errorf("the contract has not moved: %v", paths["/users"])
	}
}
