package makeapi

import (
	"cmp"
	"context"
	"io"
	"net/http"

	"makesync/spec"
)

// Change is one entry of a variable's history, newest first in a list. The prose of the published
// page and its schema disagree about what lies inside diffObject, so any field may be empty.
type Change struct {
	ID     int64
	When   string // as the zone writes it
	Action string // organization_variable_created or organization_variable_edited
	Author string
	Value  spec.Value // masked: whether it may be shown depends on the variable's address
}

type changeRow struct {
	ID      integer   `json:"id"`
	Changed looseText `json:"changed"`
	Action  looseText `json:"action"`
	Author  looseText `json:"author"`
	Diff    looseDiff `json:"diffObject"`
}

// looseDiff takes of diffObject what it can. That of a creation is flat; that of an edit has, in
// the published example alone, the values before and after it.
type looseDiff struct {
	Value     wireValue `json:"value"`
	New       looseNew  `json:"new"`
	Timestamp looseText `json:"timestamp"`
	Author    looseText `json:"author"`
}

// after is the value that the change has left.
func (d *looseDiff) after() string {
	return string(cmp.Or(d.New.Value.text, d.Value.text))
}

// looseNew is the value after an edit, where an object holds it.
type looseNew struct {
	Value wireValue `json:"value"`
}

// UnmarshalJSON takes objects; anything else says nothing.
func (n *looseNew) UnmarshalJSON(data []byte) error {
	type plain looseNew
	*n = looseNew{}
	if data[0] != '{' {
		return nil
	}
	return unmarshal(data, (*plain)(n))
}

// UnmarshalJSON takes objects; anything else says nothing.
func (d *looseDiff) UnmarshalJSON(data []byte) error {
	type plain looseDiff
	*d = looseDiff{}
	if data[0] != '{' {
		return nil
	}
	return unmarshal(data, (*plain)(d))
}

func readHistory(ctx context.Context, c caller, organization int64, name string) ([]Change, error) {
	rows, err := readRows(ctx, c, call{
		method: http.MethodGet, path: variablePath(organization, name) + "/history", organization: organization,
		doing: "read the history of variable", object: name, scope: scopeVariablesRead, holdsValues: true,
	}, func(body io.Reader) (page[changeRow], error) {
		p, err := decodePage[changeRow](body, "organizationVariableHistory")
		for _, row := range p.rows {
			told := row.Changed + row.Action + row.Author + row.Diff.Timestamp + row.Diff.Author
			if c.own.in([]byte(told)) {
				return p, errRepeats
			}
		}
		return p, err
	})
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(rows))
	for i, row := range rows {
		changes[i] = Change{
			ID: row.ID.n, When: string(cmp.Or(row.Changed, row.Diff.Timestamp)), Action: string(row.Action),
			Author: string(cmp.Or(row.Author, row.Diff.Author)), Value: spec.Sensitive(row.Diff.after()),
		}
	}
	return changes, nil
}
