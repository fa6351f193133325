package sandbox

import (
	"encoding/json"
	"slices"
)

const (
	variableCreated = "organization_variable_created"
	variableEdited  = "organization_variable_edited"
	variableDeleted = "organization_variable_deleted"
)

// firstEdit is the lowest id of entries that the API causes. Those of variables that a seed
// brings lie below: they are no part of the state until the variable is first changed, and keep
// their ids then.
const firstEdit = 1_000_001

// seeded is the entry of a variable's creation that a seed does not tell: its author is the
// Owner, its time that of the organization.
func seeded(c *call, v Variable) Edit {
	return Edit{ID: number("edit", c.org.ID, v.Name), Action: variableCreated, At: c.org.Created,
		Author: founder(c), TypeID: v.Type, Value: v.Value}
}

// founder is the name of the Owner, who is taken for the author of what was there before.
func founder(c *call) string {
	if m := c.org.owner(); m != nil && c.w.index.users[m.UserID] != nil {
		return c.w.index.users[m.UserID].Name
	}
	return ""
}

// rememberCreation begins the history of a variable.
func rememberCreation(c *call, v Variable) {
	rememberChange(c, v.Name, Edit{Action: variableCreated, TypeID: v.Type, Value: v.Value})
}

// rememberEdit adds a change to the history of a variable, and before the first one the entry
// of its creation.
func rememberEdit(c *call, before, after Variable) {
	if len(c.org.History[after.Name]) == 0 {
		storeEdit(c, after.Name, seeded(c, before))
	}
	rememberChange(c, after.Name, Edit{Action: variableEdited, TypeID: after.Type, Value: after.Value,
		OldTypeID: before.Type, OldValue: before.Value})
}

func rememberChange(c *call, name string, e Edit) {
	e.ID, e.At, e.Author = next(&c.w.state.Next.Edit), c.now.UTC(), c.user.Name
	storeEdit(c, name, e)
}

func storeEdit(c *call, name string, e Edit) {
	if c.org.History == nil {
		c.org.History = map[string][]Edit{}
	}
	c.org.History[name] = append(c.org.History[name], e)
}

// variableHistory: GET /organizations/{organizationId}/variables/{variableName}/history without
// pages. Its order is said to be newest first and shown the other way; what an entry of a change
// looks like stands in an example only: both are switches.
func variableHistory(c *call) (any, error) {
	if err := requireVariablesLicence(c); err != nil {
		return nil, err
	}
	name := c.param("variableName")
	edits := slices.Clone(c.org.History[name])
	if c.org.variable(name) == nil && len(edits) == 0 {
		_, err := variableOfPath(c)
		return nil, err
	}
	if len(edits) == 0 {
		edits = []Edit{seeded(c, *c.org.variable(name))}
	}
	if c.is("history-order", "newest-first") {
		slices.Reverse(edits)
	}
	rows := make([]object, len(edits))
	for i, e := range edits {
		rows[i] = object{{"id", e.ID}, {"diffObject", diffObject(c, name, e)}, {"changed", e.At},
			{"action", e.Action}, {"author", e.Author}}
	}
	return object{{"organizationVariableHistory", rows}}, nil
}

// forgetVariable ends the history of a variable. No source knows an entry for a deletion; a switch
// keeps one, as a zone may.
func forgetVariable(c *call, v Variable) {
	if !c.is("history-deletion", "kept") {
		delete(c.org.History, v.Name)
		return
	}
	if len(c.org.History[v.Name]) == 0 {
		storeEdit(c, v.Name, seeded(c, v))
	}
	rememberChange(c, v.Name, Edit{Action: variableDeleted, TypeID: v.Type, Value: v.Value})
}

// diffObject of a creation is flat (published); that of a change has the values before and after
// it, and no name (published in an example).
func diffObject(c *call, name string, e Edit) object {
	now := object{{"value", historic(c, e.Value)}, {"typeId", int(e.TypeID)}}
	if e.Action == variableCreated || c.is("history-diff", "flat") || e.OldValue == nil {
		return append(object{{"name", name}}, now...)
	}
	was := object{{"value", historic(c, e.OldValue)}, {"typeId", int(e.OldTypeID)}}
	return object{{"old", was}, {"new", now}}
}

// historic is a value as the history shows it; the schema says a string, the example has a number.
func historic(c *call, value json.RawMessage) any {
	if c.is("history-value", "string") {
		return text(value)
	}
	return value
}

// text is a value as a string: a string's content, the JSON of anything else.
func text(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}
