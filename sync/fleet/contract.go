package fleet

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"makesync/spec/text"
)

// Contract is what a zone's own openapi.json says of its operations, by method and path below
// /api/v2, in which every parameter is {}.
type Contract map[string]Promise

// Promise is one operation of a contract.
type Promise struct {
	Body     map[string]string // keys with their types; nil: none is described
	Required []string          // keys of the body
	// Asked are the parameters of the query that have to be there; Words are what a parameter or a
	// key of the body takes, where those are few.
	Asked []string
	Words map[string][]string
	Reply map[string]bool // dotted keys, lists left out; nil: none is described
}

// schema is the part of an OpenAPI schema that counts.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Required   any                `json:"required"`
	Items      *schema            `json:"items"`
	AllOf      []*schema          `json:"allOf"`
	OneOf      []*schema          `json:"oneOf"`
	AnyOf      []*schema          `json:"anyOf"`
	Enum       []any              `json:"enum"`
}

// parameter is one of a path or of a query; cols[] and cols are one.
type parameter struct {
	Name     string  `json:"name"`
	In       string  `json:"in"`
	Required bool    `json:"required"`
	Schema   *schema `json:"schema"`
}

type content struct {
	Content map[string]struct {
		Schema *schema `json:"schema"`
	} `json:"content"`
}

type document struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	Parameters []parameter         `json:"parameters"`
	Body       *content            `json:"requestBody"`
	Responses  map[string]*content `json:"responses"`
}

// pathParameter is a parameter of a path; its name says nothing.
var pathParameter = regexp.MustCompile(`\{[^{}/]*\}`)

// methods are those of operations; a path has other keys too.
var methods = []string{"get", "post", "put", "patch", "delete"}

// ParseContract reads an openapi.json. What it says in forms that are not understood counts as not
// said.
func ParseContract(data []byte) (Contract, error) {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("it is no OpenAPI document: %w", err)
	}
	if len(d.Paths) == 0 {
		return nil, fmt.Errorf("it is no OpenAPI document: it has no paths")
	}
	contract := Contract{}
	for path, item := range d.Paths {
		path = pathParameter.ReplaceAllString(strings.TrimPrefix(path, "/api/v2"), "{}")
		for _, method := range methods {
			var op operation
			if raw, has := item[method]; has && json.Unmarshal(raw, &op) == nil {
				contract[strings.ToUpper(method)+" "+path] = d.promise(&op)
			}
		}
	}
	return contract, nil
}

func (d *document) promise(op *operation) Promise {
	p := Promise{Words: map[string][]string{}}
	d.queryKeys(op.Parameters, &p)
	if body := jsonOf(op.Body); body != nil {
		p.Body = map[string]string{}
		d.bodyKeys(body, &p, 0)
	}
	if reply := jsonOf(op.Responses["200"]); reply != nil {
		p.Reply = map[string]bool{}
		d.replyKeys(reply, "", p.Reply, 0)
	}
	if len(p.Reply) == 0 {
		p.Reply = nil
	}
	if len(p.Body) == 0 {
		p.Body = nil
	}
	return p
}

// queryKeys reads the parameters of a query. One with keys of its own, as pg, is a parameter for
// each: pg[limit].
func (d *document) queryKeys(parameters []parameter, p *Promise) {
	for _, q := range parameters {
		if q.In != "query" {
			continue
		}
		name := strings.TrimSuffix(q.Name, "[]")
		p.Words[name] = d.wordsOf(q.Schema, 0)
		for _, part := range d.parts(q.Schema, 0) {
			for key, value := range part.Properties {
				inner := name + "[" + key + "]"
				p.Words[inner] = d.wordsOf(value, 0)
			}
		}
		if q.Required {
			p.Asked = append(p.Asked, name)
		}
	}
}

// wordsOf are the few words that a value, or each of a list, takes; nil: any.
func (d *document) wordsOf(s *schema, depth int) (words []string) {
	for _, part := range d.parts(s, depth) {
		if part.Items != nil {
			words = append(words, d.wordsOf(part.Items, depth+1)...)
		}
		for _, word := range part.Enum {
			words = append(words, fmt.Sprint(word))
		}
	}
	return words
}

func jsonOf(c *content) *schema {
	if c == nil {
		return nil
	}
	return c.Content["application/json"].Schema
}

// deepest bounds schemas that refer to themselves.
const deepest = 12

// parts are a schema and those that it is made of, references followed.
func (d *document) parts(s *schema, depth int) []*schema {
	if s == nil || depth > deepest {
		return nil
	}
	if name, is := strings.CutPrefix(s.Ref, "#/components/schemas/"); is {
		return d.parts(d.Components.Schemas[name], depth+1)
	}
	all := []*schema{s}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		all = append(all, d.parts(part, depth+1)...)
	}
	return all
}

func (d *document) bodyKeys(s *schema, p *Promise, depth int) {
	for _, part := range d.parts(s, depth) {
		for key, value := range part.Properties {
			p.Body[key], p.Words[key] = d.typeOf(value), d.wordsOf(value, 0)
		}
		p.Required = append(p.Required, textsOf(part.Required)...)
	}
	slices.Sort(p.Required)
	p.Required = slices.Compact(p.Required)
}

// replyKeys lists the keys of a reply. A list counts by its rows.
func (d *document) replyKeys(s *schema, prefix string, keys map[string]bool, depth int) {
	for _, part := range d.parts(s, depth) {
		if part.Items != nil {
			d.replyKeys(part.Items, prefix, keys, depth+1)
		}
		for _, key := range slices.Sorted(maps.Keys(part.Properties)) {
			path := strings.TrimPrefix(prefix+"."+key, ".")
			keys[path] = true
			d.replyKeys(part.Properties[key], path, keys, depth+1)
		}
	}
}

// typeOf is the one type of a value; "" where several are possible or none is said.
func (d *document) typeOf(s *schema) string {
	found := map[string]bool{}
	for _, part := range d.parts(s, 0) {
		if name, is := part.Type.(string); is {
			found[name] = true
		}
		for _, name := range textsOf(part.Type) {
			found[name] = name != "null"
		}
	}
	maps.DeleteFunc(found, func(_ string, counts bool) bool { return !counts })
	if len(found) != 1 {
		return ""
	}
	return slices.Collect(maps.Keys(found))[0]
}

func textsOf(value any) []string {
	list, _ := value.([]any)
	var texts []string
	for _, item := range list {
		if text, is := item.(string); is {
			texts = append(texts, text)
		}
	}
	return texts
}

// CompareContract tells, in the order of the operations, where a zone's contract is not as this
// build knows it: an operation that is gone, a key that is sent and not taken or of another type,
// one that is required now, one that is read and not answered.
func CompareContract(c Contract) []string {
	var drift []string
	for _, op := range operations {
		name := op.Method + " " + op.Path
		promise, there := c[name]
		if !there {
			drift = append(drift, name+" is gone")
			continue
		}
		drift = append(drift, compareQuery(name, promise)...)
		drift = append(drift, compareBody(name, op, promise)...)
		drift = append(drift, compareReply(name, op, promise)...)
	}
	return drift
}

// compareQuery is about parameters: one that is not taken any more is ignored by a zone, and no
// news, but what it takes and what it requires are.
func compareQuery(name string, p Promise) []string {
	var drift []string
	sent := map[string]bool{}
	for _, field := range strings.Fields(queries[name]) {
		key, words, _ := strings.Cut(field, "=")
		sent[key] = true
		drift = append(drift, compareWords(name, key, words, p)...)
	}
	for _, key := range p.Asked {
		if !sent[key] {
			drift = append(drift, fmt.Sprintf("%s requires the parameter %s now", name, text.Backquote(key)))
		}
	}
	return drift
}

// compareWords is about a value that is one of a few words: those that are sent have to be among
// them.
func compareWords(name, key, sent string, p Promise) []string {
	var drift []string
	for word := range strings.SplitSeq(sent, "|") {
		if takes := p.Words[key]; word != "" && len(takes) > 0 && !slices.Contains(takes, word) {
			drift = append(drift, fmt.Sprintf("%s does not take %s for %s any more", name, text.Backquote(word),
				text.Backquote(key)))
		}
	}
	return drift
}

func compareBody(name string, op Operation, p Promise) []string {
	var drift []string
	sent := map[string]bool{}
	for _, field := range strings.Fields(op.Sends) {
		key, kind, _ := strings.Cut(field, ":")
		kind, words, _ := strings.Cut(kind, "=")
		sent[key] = true
		drift = append(drift, compareWords(name, key, words, p)...)
		takes, known := p.Body[key]
		switch {
		case p.Body == nil:
		case !known:
			drift = append(drift, fmt.Sprintf("%s does not take %s any more", name, text.Backquote(key)))
		case !sameType(kind, takes):
			drift = append(drift, fmt.Sprintf("%s takes %s as %s, no longer as %s",
				name, text.Backquote(key), text.Backquote(takes), kind))
		}
	}
	for _, key := range p.Required {
		if !sent[key] && knownMistakes[name] != key {
			drift = append(drift, fmt.Sprintf("%s requires %s now", name, text.Backquote(key)))
		}
	}
	return drift
}

// sameType holds integers and numbers for the same.
func sameType(ours, theirs string) bool {
	return ours == "any" || theirs == "" || ours == theirs || ours == "integer" && theirs == "number"
}

func compareReply(name string, op Operation, p Promise) []string {
	var drift []string
	for _, keys := range strings.Fields(op.Reads) {
		each := strings.Split(keys, "|")
		if p.Reply != nil && !slices.ContainsFunc(each, func(key string) bool { return p.Reply[key] }) {
			drift = append(drift, fmt.Sprintf("%s does not answer %s any more", name, text.Or(backquoted(each))))
		}
	}
	return drift
}

func backquoted(words []string) []string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = text.Backquote(word)
	}
	return quoted
}
