package document

import (
	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// longVariable is a variable's mapping while it is read.
type longVariable struct {
	value scalar
	longForm
}

var variableFields = fields[longVariable]{
	"type":        readVariableType,
	"value":       readVariableValue,
	"literal":     scalarField(func(v *longVariable) *scalar { return &v.literal }, "a boolean", formBoolean),
	"ignoreValue": scalarField(func(v *longVariable) *scalar { return &v.ignore }, "a boolean", formBoolean),
	"state":       stateField(func(v *longVariable) *scalar { return &v.state }),
}

const wantValue = "a text, a number or a boolean"

func readVariables(d *decoder, l *layer, n *yaml.Node, t *keyPath) {
	openBlock(d, &l.variables, n, t, func(key, value *yaml.Node, t *keyPath) {
		if !checkVariableName(d, key, t) {
			return
		}
		v := writtenVariable{at: d.at(key), name: key.Value}
		if decodeVariable(d, &v, value, t) {
			l.variables.items = append(l.variables.items, v)
		}
	})
}

func decodeVariable(d *decoder, v *writtenVariable, n *yaml.Node, t *keyPath) bool {
	node := follow(n)
	switch {
	case node.Kind == yaml.MappingNode:
		var long longVariable
		ok := decodeFields(d, node, t, variableFields, false, &long)
		v.value, v.long = long.value, &long.longForm
		return ok
	case isNull(node):
		v.null = true
		return d.untagged(node, t)
	}
	s, ok := readVariableScalar(d, n, t, wantValue+", nor a mapping")
	v.short, v.value = true, s
	return ok
}

func readVariableValue(d *decoder, v *longVariable, n *yaml.Node, t *keyPath) {
	if isNull(follow(n)) {
		v.value, _ = d.scalar(n, t, wantValue)
		return
	}
	v.value, _ = readVariableScalar(d, n, t, wantValue)
}

// readVariableScalar reads a value, in which references may stand and, in a profile, what speaks
// of the organization. In an organization Resolve tells of that, since `literal: true` may mean
// it so.
func readVariableScalar(d *decoder, n *yaml.Node, t *keyPath, want string) (scalar, bool) {
	s, ok := d.value(n, t, want, formText, formNumber, formBoolean)
	if ok && d.profile && !checkTemplate(d, s, n, t) {
		return d.broken(n), false
	}
	return s, ok
}

var variableTypes = spec.VariableTypeNames()

func readVariableType(d *decoder, v *longVariable, n *yaml.Node, t *keyPath) {
	if isNull(follow(n)) {
		v.kind, _ = d.scalar(n, t, "a text")
		return
	}
	v.kind, _ = d.choice(n, t, variableTypes...)
}

// checkVariableName checks a name as Make's help states it: letters, digits, $ and _,
// not beginning with a digit, at most 128.
func checkVariableName(d *decoder, key *yaml.Node, t *keyPath) bool {
	why := spec.RefusedVariableName(key.Value)
	if why != "" {
		d.report(ruleVariableName, key, t, "Make refuses the variable name "+text.BackquoteKey(key.Value)+": "+why,
			"use letters, digits, $ and _, not beginning with a digit, at most 128 characters")
	}
	return why == ""
}
