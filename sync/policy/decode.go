package policy

import (
	"regexp"
	"strconv"
	"strings"
)

// Decode reads the list under the key `policies` of a file, as encoding/json decodes it. All
// problems are found at once; policies without any are given beside them.
func Decode(list any, from From) (policies []Policy, problems []Problem) {
	items, ok := list.([]any)
	switch {
	case !ok:
		message := "policies is " + jsonKind(list) + ", not a list"
		return nil, []Problem{{Origin: from.Origin, List: from.List, Path: "policies", Message: message}}
	case len(items) > maxPolicies:
		message := "there are " +
			strconv.Itoa(len(items)) + " policies, and a file may have " +
			strconv.Itoa(maxPolicies)
		return nil, []Problem{{Origin: from.Origin, List: from.List, Path: "policies", Message: message}}
	}
	for i, item := range items {
		d := decoder{from: from}
		p := d.policy(item, "policies["+strconv.Itoa(i)+"]")
		if len(d.problems) == 0 {
			policies = append(policies, p)
		}
		problems = append(problems, d.problems...)
	}
	return policies, problems
}

type decoder struct {
	from     From
	problems []Problem
}

func (d *decoder) report(path, message, hint string) {
	d.problems = append(d.problems,
		Problem{Origin: d.from.Origin, List: d.from.List, Path: path, Message: message, Hint: hint})
}

// keys of each object in the file; the value says whether it is required.
var (
	policyKeys = map[string]bool{
		"id": true, "on": true, "when": false, "require": true, "severity": false, "message": true,
		"suppress": false, "tests": false,
	}
	suppressionKeys = map[string]bool{"address": false, "reason": false, "until": false}
	testKeys        = map[string]bool{"given": true, "passes": true}
)

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func (d *decoder) policy(value any, path string) Policy {
	m := d.object(value, path, policyKeys)
	p := Policy{
		ID: d.text(m, path, "id"), On: Subject(d.text(m, path, "on")),
		When: d.text(m, path, "when"), Require: d.text(m, path, "require"),
		Severity: Severity(d.text(m, path, "severity")), Message: d.text(m, path, "message"), From: d.from, Path: path,
	}
	if !isText(m, "severity") {
		p.Severity = Error
	}
	if isText(m, "id") && !idForm.MatchString(p.ID) {
		d.report(path+".id", "this is no id", "use a to z, 0 to 9 and -, at most 64 of them")
	}
	if _, known := variables[p.On]; isText(m, "on") && !known {
		d.report(path+".on", "there is no such subject", "write organization, step or plan")
	}
	if p.Severity != Error && p.Severity != Hold && p.Severity != Warning {
		d.report(path+".severity", "there is no such severity", "write error, hold or warning")
	}
	if isText(m, "message") && (len(p.Message) > maxMessage || shown(p.Message) == "") {
		d.report(path+".message", "the message is empty or longer than "+strconv.Itoa(maxMessage)+" bytes", "")
	}
	for i, item := range d.list(m, path, "suppress", maxSuppressions) {
		p.Suppress = append(p.Suppress, d.suppression(item, path+".suppress["+strconv.Itoa(i)+"]"))
	}
	for i, item := range d.list(m, path, "tests", maxTests) {
		p.Tests = append(p.Tests, d.test(item, path+".tests["+strconv.Itoa(i)+"]"))
	}
	return p
}

func (d *decoder) suppression(value any, path string) Suppression {
	m := d.object(value, path, suppressionKeys)
	return Suppression{d.text(m, path, "address"), d.text(m, path, "reason"), d.text(m, path, "until")}
}

func (d *decoder) test(value any, path string) Test {
	m := d.object(value, path, testKeys)
	var t Test
	var ok bool
	if t.Given, ok = m["given"].(map[string]any); !ok && has(m, "given") {
		d.report(path+".given", "given is "+jsonKind(m["given"])+", not an object", "")
	}
	if t.Passes, ok = m["passes"].(bool); !ok && has(m, "passes") {
		d.report(path+".passes", "passes is "+jsonKind(m["passes"])+", not true or false", "")
	}
	return t
}

// object reports what is no object, keys that are unknown, and keys that are required and missing.
func (d *decoder) object(value any, path string, keys map[string]bool) map[string]any {
	m, ok := value.(map[string]any)
	if !ok {
		d.report(path, "this is "+jsonKind(value)+", not an object", "")
		return nil
	}
	for _, key := range sortedKeys(m) {
		if _, known := keys[key]; !known && !strings.HasPrefix(key, "x-") {
			d.report(path, "unknown key `"+shown(key)+"`", "the keys are "+joinKeys(keys))
		}
	}
	for _, key := range sortedKeys(keys) {
		if keys[key] && !has(m, key) {
			d.report(path, "the key `"+key+"` is missing", "")
		}
	}
	return m
}

// text gives a key's text; a missing key is the empty text.
func (d *decoder) text(m map[string]any, path, key string) string {
	value, present := m[key]
	if !present {
		return ""
	}
	text, ok := value.(string)
	if !ok {
		d.report(path+"."+key, key+" is "+jsonKind(value)+", not a text", "put it in quotes")
	}
	return text
}

func (d *decoder) list(m map[string]any, path, key string, most int) []any {
	value, present := m[key]
	if !present {
		return nil
	}
	items, ok := value.([]any)
	switch {
	case !ok:
		d.report(path+"."+key, key+" is "+jsonKind(value)+", not a list", "")
	case len(items) > most:
		d.report(
			path+"."+key,
			"there are "+strconv.Itoa(len(items))+", and at most "+strconv.Itoa(most)+" are read",
			"",
		)
		return nil
	}
	return items
}

func isText(m map[string]any, key string) bool {
	_, ok := m[key].(string)
	return ok
}

func has(m map[string]any, key string) bool {
	_, present := m[key]
	return present
}

func joinKeys[V any](m map[string]V) string { return strings.Join(sortedKeys(m), ", ") }
