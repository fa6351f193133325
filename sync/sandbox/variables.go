package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// variableName is the published rule: letters, digits, $ and _, not beginning with a digit.
var variableName = regexp.MustCompile(`^[\p{L}$_][\p{L}\p{N}$_]*$`)

// maxVariableName, in characters, is no part of the expression: there it would be compiled into as
// many copies of the class of letters, at each start of the program.
const maxVariableName = 128

// completeVariables finds the types that a seed leaves out.
func completeVariables(o *Organization) error {
	seen := make(map[string]bool, len(o.Variables))
	for i := range o.Variables {
		v := &o.Variables[i]
		if v.Name == "" || seen[v.Name] || v.Value == nil {
			return fmt.Errorf("variable %q: a name of its own and a value are needed", v.Name)
		}
		seen[v.Name] = true
		if v.Type == 0 {
			v.Type = typeOf(v.Value)
		}
		var err error
		if v.Value, err = compact(v.Value); err != nil {
			return fmt.Errorf("variable %q: %w", v.Name, err)
		}
	}
	return nil
}

// compact takes spaces out, so that a value survives the indented state file.
func compact(b json.RawMessage) (json.RawMessage, error) {
	if !bytes.ContainsAny(b, " \n\t\r") || len(b) > 0 && b[0] == '"' {
		return b, nil
	}
	var buf bytes.Buffer
	err := json.Compact(&buf, b)
	return buf.Bytes(), err
}

func typeOf(value json.RawMessage) VariableType {
	switch value[0] {
	case 't', 'f':
		return 3
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return 1
	}
	return 2
}

// fits says whether a value is one of the type. Make checks that only where type
// and value are sent together (published); how strictly is a switch.
func (t VariableType) fits(value json.RawMessage, strict bool) bool {
	var s string
	text := json.Unmarshal(value, &s) == nil
	switch t {
	case 1:
		return typeOf(value) == 1 || text && !strict && isDecimal(s)
	case 2:
		return text
	case 3:
		return typeOf(value) == 3 || text && !strict && (s == "true" || s == "false")
	case 4:
		at, err := time.Parse(dateForm, s)
		return text && err == nil && at.Format(dateForm) == s // Parse alone takes 1:00 and a comma, too
	}
	return false
}

// dateForm is the form of dates (published).
const dateForm = "2006-01-02T15:04:05.000Z"

// isDecimal says whether a text is a number as people write it: no NaN, no infinity, not
// hexadecimal.
func isDecimal(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && strings.Trim(s, "+-.0123456789eE") == ""
}

// shownValue is the value as replies have it; for numbers that is a switch.
func shownValue(c *call, t VariableType, value json.RawMessage) json.RawMessage {
	if t != 1 || c.is("number-value", "stored") {
		return value
	}
	bare := bytes.Trim(value, `"`)
	if c.is("number-value", "string") && typeOf(value) == 1 {
		return quoted(string(bare))
	}
	if c.is("number-value", "number") && t.fits(value, false) && json.Valid(bare) {
		return bare
	}
	return value
}

func variableRow(c *call, v Variable, system bool) object {
	value := shownValue(c, v.Type, v.Value)
	return object{{"typeId", int(v.Type)}, {"name", v.Name}, {"value", value}, {"isSystem", system}}
}

// systemVariables come with every list, before the custom ones. Make publishes
// what they tell, but not their names; these names are made up.
func systemVariables(c *call) []Variable {
	left := meter{c.org}.unused(c.now)
	return []Variable{
		{"organizationId", 1, json.RawMessage(strconv.Itoa(c.org.ID))},
		{"organizationName", 2, quoted(c.org.Name)},
		{"organizationOperationsLeft", 1, json.RawMessage(strconv.Itoa(left.operations))},
		{"organizationDataTransferLeft", 1, json.RawMessage(strconv.Itoa(left.transfer))},
		{"organizationZoneDomain", 2, quoted(homeOf(c).zone.Host)},
	}
}

func isSystem(c *call, name string) bool {
	return slices.ContainsFunc(systemVariables(c), func(v Variable) bool { return v.Name == name })
}

// listVariables: GET /organizations/{organizationId}/variables is a list of all
// variables, without pages; where the licence has no custom variables, of the
// system variables only, and still a 200 (published). The documents say an object where working
// clients read a list: a switch.
func listVariables(c *call) (any, error) {
	rows, single := []object{}, c.is("variables-list", "object")
	if !single {
		for _, v := range systemVariables(c) {
			rows = append(rows, variableRow(c, v, true))
		}
	}
	if c.org.has("customVariables") {
		for _, v := range c.org.Variables {
			rows = append(rows, variableRow(c, v, false))
		}
	}
	if single && len(rows) == 1 {
		return object{{"organizationVariables", rows[0]}}, nil
	}
	return object{{"organizationVariables", rows}}, nil
}

// requireVariablesLicence is the 404 of every write where the licence has no custom variables
// (published).
func requireVariablesLicence(c *call) error {
	switch {
	case c.org.has("customVariables"):
		return nil
	case c.is("variables-404", "plain"):
		return &problem{status: http.StatusNotFound, text: "Not Found"}
	case c.is("variables-404", "IM027"):
		return &problem{status: http.StatusNotFound, code: "IM027", message: "Feature is not enabled"}
	}
	return notFound("Custom variables feature")
}

type variableInput struct {
	Name   *string         `json:"name"`
	TypeID *int            `json:"typeId"`
	Value  json.RawMessage `json:"value"`
}

func decodeVariable(c *call) (variableInput, error) {
	var in variableInput
	if err := requireVariablesLicence(c); err != nil {
		return in, err
	}
	if err := c.input(&in); err != nil {
		return in, err
	}
	if in.TypeID != nil && (*in.TypeID < 1 || *in.TypeID >= len(variableTypes)) {
		return in, invalid("Invalid value of parameter 'typeId'.")
	}
	if v := string(in.Value); v == `""` || v == "null" {
		return in, invalid("The value of a variable must not be empty.")
	}
	if in.TypeID != nil && in.Value != nil && !VariableType(*in.TypeID).fits(in.Value, c.is("value-check", "strict")) {
		return in, invalid("The value does not match the type of the variable.")
	}
	var err error
	in.Value, err = compact(in.Value)
	return in, err
}

// createVariable: POST /organizations/{organizationId}/variables.
func createVariable(c *call) (change, error) {
	in, err := decodeVariable(c)
	if err != nil {
		return change{}, err
	}
	if err := missing("name", in.Name == nil, "typeId", in.TypeID == nil, "value", in.Value == nil); err != nil {
		return change{}, err
	}
	if !variableName.MatchString(*in.Name) || utf8.RuneCountInString(*in.Name) > maxVariableName {
		return change{}, invalid("Invalid variable name.")
	}
	if c.org.variable(*in.Name) != nil || isSystem(c, *in.Name) {
		return change{}, duplicate("Variable with this name already exists.")
	}
	v := Variable{*in.Name, VariableType(*in.TypeID), in.Value}
	return change{"variable/" + v.Name, func() any {
		c.org.Variables = append(c.org.Variables, v)
		rememberCreation(c, v)
		return object{{"organizationVariable", variableRow(c, v, false)}}
	}}, nil
}

// variableOfPath finds the custom variable of the path.
func variableOfPath(c *call) (*Variable, error) {
	name := c.param("variableName")
	if v := c.org.variable(name); v != nil {
		return v, nil
	}
	if isSystem(c, name) {
		return nil, duplicate("System variables cannot be changed.")
	}
	return nil, notFound("Variable")
}

// updateVariable: PATCH /organizations/{organizationId}/variables/{variableName}
// changes what is sent. Sent alone, a type or a value can disagree with the other
// (published).
func updateVariable(c *call) (change, error) {
	in, err := decodeVariable(c)
	if err != nil {
		return change{}, err
	}
	v, err := variableOfPath(c)
	if err != nil {
		return change{}, err
	}
	return change{"variable/" + v.Name, func() any {
		before := *v
		if in.TypeID != nil {
			v.Type = VariableType(*in.TypeID)
		}
		if in.Value != nil {
			v.Value = in.Value
		}
		rememberEdit(c, before, *v)
		return object{{"organizationVariable", variableRow(c, *v, false)}}
	}}, nil
}

// deleteVariable: DELETE /organizations/{organizationId}/variables/{variableName},
// 406 IM004 unless confirmed (published).
func deleteVariable(c *call) (change, error) {
	if err := requireVariablesLicence(c); err != nil {
		return change{}, err
	}
	v, err := variableOfPath(c)
	if err != nil {
		return change{}, err
	}
	if !c.flag("confirmed") {
		return change{}, unconfirmed("The variable may be in use.")
	}
	gone, name := *v, v.Name
	return change{"variable/" + name, func() any {
		c.org.Variables = slices.DeleteFunc(c.org.Variables, func(v Variable) bool { return v.Name == name })
		forgetVariable(c, gone)
		return ok()
	}}, nil
}

// ok is the reply of writes that have nothing to say; an integer (published).
func ok() any { return object{{"ok", 1}} }
