package makeapi

import (
	"encoding/json"
	"errors"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/state"
)

// variableBody is type and value, always together: the zone checks one against the other only
// when both are in the same request (published).
type variableBody struct {
	Name   string            `json:"name,omitempty"`
	TypeID spec.VariableType `json:"typeId"`
	Value  json.RawMessage   `json:"value"`
}

// wireForm is a value on the wire: a number as JSON number with its exact text, a boolean
// as JSON boolean, a string and a date as JSON strings.
func wireForm(t spec.VariableType, value *state.Scalar) (json.RawMessage, error) {
	switch {
	case t.String() == "":
		return nil, errors.New("the variable's type is unknown")
	case value == nil || value.IsNone():
		return nil, errors.New("the variable's value is missing")
	}
	text := value.Value().Reveal()
	switch t {
	case spec.TypeNumber:
		var number json.Number
		if json.Unmarshal([]byte(text), &number) != nil || number.String() != text {
			return nil, errors.New("the variable's value is not a number")
		}
		return json.RawMessage(text), nil
	case spec.TypeBoolean:
		if text != "true" && text != "false" {
			return nil, errors.New("the variable's value is not a boolean")
		}
		return json.RawMessage(text), nil
	}
	return encode(text)
}

// variableName is the name in the arguments, else that in the address.
func variableName(w plan.Write) (string, error) {
	name := w.Arguments.Name
	if name == "" {
		name = w.Address.Name()
	}
	if name == "" {
		return "", errors.New("the variable's name is missing")
	}
	return name, nil
}

func createVariable(w plan.Write) (writeRequest, error) {
	name, err := variableName(w)
	if err != nil {
		return writeRequest{}, err
	}
	value, err := wireForm(w.Arguments.Type, w.Arguments.Value)
	return writeRequest{
		doing: "create", method: post, path: ofOrganization(w.Organization, "/variables"), scope: scopeVariablesWrite,
		body: variableBody{Name: name, TypeID: w.Arguments.Type, Value: value},
	}, err
}

func updateVariable(w plan.Write) (writeRequest, error) {
	name, err := variableName(w)
	if err != nil {
		return writeRequest{}, err
	}
	value, err := wireForm(w.Arguments.Type, w.Arguments.Value)
	return writeRequest{
		doing: "update", method: patch, path: variablePath(w.Organization, name), scope: scopeVariablesWrite,
		body: variableBody{TypeID: w.Arguments.Type, Value: value},
	}, err
}

// deleteVariable always confirms: without it the answer is 406 and the code IM004 (published).
func deleteVariable(w plan.Write) (writeRequest, error) {
	name, err := variableName(w)
	return writeRequest{
		doing: "delete", method: remove, path: variablePath(w.Organization, name), scope: scopeVariablesWrite,
		query: confirmed(true),
	}, err
}
