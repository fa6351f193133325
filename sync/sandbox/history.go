package sandbox

import (
	"encoding/json"
	"slices"
)

const (
	variableCreated = "organization_variable_created"
	variableEdited  = "organization_variable_edited"
)

// firstEdit is the lowest id of entries that the API causes. Those of variables that a seed
// brings lie below: they are no part of the state until the variable is first changed, and keep
// their ids then.
const firstEdit = 1_000_001

// seeded is the entry of a variable's creation that a seed does not tell: its author is the
// Owner, its time that of the organization.
func (c *call) seeded(v Variable) Edit {
	return Edit{ID: number("edit", c.org.ID, v.Name), Action: variableCreated, At: c.org.Created,
		Author: c.founder(), TypeID: v.Type, Value: v.Value}
}

// founder is the name of the Owner, who is taken for the author of what was there before.
func (c *call) founder() string {
	if m := c.org.owner(); m != nil && c.w.index.users[m.UserID] != nil {
		return c.w.index.users[m.UserID].Name
	}
	return ""
}

// rememberCreation begins the history of a variable.
func (c *call) rememberCreation(v Variable) {
	c.remember(v.Name, Edit{Action: variableCreated, TypeID: v.Type, Value: v.Value})
}

// rememberEdit adds a change to the history of a variable, and before the first one the entry
// of its creation.
func (c *call) rememberEdit(before, after Variable) {
	if len(c.org.History[after.Name]) == 0 {
		c.store(after.Name, c.seeded(before))
	}
	c.remember(after.Name, Edit{Action: variableEdited, TypeID: after.Type, Value: after.Value,
		OldTypeID: before.Type, OldValue: before.Value})
}

func (c *call) remember(name string, e Edit) {
	e.ID, e.At, e.Author = next(&c.w.state.Next.Edit), c.now.UTC(), c.user.Name
	c.store(name, e)
}

func (c *call) store(name string, e Edit) {
	if c.org.History == nil {
		c.org.History = map[string][]Edit{}
	}
	c.org.History[name] = append(c.org.History[name], e)
}

// variableHistory: GET /organizations/{organizationId}/variables/{variableName}/history without
// pages. Its order is said to be newest first and shown the other way; what an entry of a change
// looks like stands in an example only: both are switches.
func variableHistory(c *call) (any, error) {
	if err := c.licensed(); err != nil {
		return nil, err
	}
	v, err := c.variable()
	if err != nil {
		return nil, err
	}
	edits := slices.Clone(c.org.History[v.Name])
	if len(edits) == 0 {
		edits = []Edit{c.seeded(*v)}
	}
	if c.is("history-order", "newest-first") {
		slices.Reverse(edits)
	}
	rows := make([]object, len(edits))
	for i, e := range edits {
		rows[i] = object{{"id", e.ID}, {"diffObject", c.diffObject(v.Name, e)}, {"changed", e.At}, {"action", e.Action},
			{"author", e.Author}}
	}
	return object{{"organizationVariableHistory", rows}}, nil
}

// diffObject of a creation is flat (published); that of a change has the values before and after
// it, and no name (published in an example).
func (c *call) diffObject(name string, e Edit) object {
	now := object{{"value", c.historic(e.Value)}, {"typeId", int(e.TypeID)}}
	if e.Action == variableCreated || c.is("history-diff", "flat") || e.OldValue == nil {
		return append(object{{"name", name}}, now...)
	}
	was := object{{"value", c.historic(e.OldValue)}, {"typeId", int(e.OldTypeID)}}
	return object{{"old", was}, {"new", now}}
}

// historic is a value as the history shows it; the schema says a string, the example has a number.
func (c *call) historic(value json.RawMessage) any {
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
