package fleet

import (
	"fmt"
	"strings"
	"testing"

	"makesync/spec"
)

// One line of a profile takes her out of all organizations that use it.
func TestEditsAreFew(t *testing.T) {
	t.Parallel()
	const jane = "jane@acme.example"
	profile, own := spec.Source{File: "profiles.yaml", Line: 7}, spec.Source{File: "c.yaml", Line: 3}
	member := func(at spec.Source, state spec.State) []spec.Member {
		return []spec.Member{{Email: jane, Source: at, State: state}}
	}
	desired := &spec.Desired{Organizations: []spec.Organization{
		{Key: "a", Members: member(profile, "")}, {Key: "b", Members: member(profile, "")}, {Key: "c", Members: member(own, "")},
		{Key: "d", Members: member(own, spec.Absent)}, {Key: "e"}, {Key: "f", Owner: jane},
	}}
	v := NewPersonView(jane)
	for i, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		v.Organizations = append(v.Organizations, PersonOrganization{Key: key, ID: int64(i + 1), Owner: key == "f"})
	}
	v.AddDocuments(desired)
	v.Finish(func(key string) bool { return key < "g" })
	var got []string
	for _, e := range v.Edits {
		got = append(got, fmt.Sprintf("%s %s:%d %v %s", e.Where, e.File, e.Line, e.Organizations, strings.Join(strings.Fields(strings.Join(e.Write, " ")), " ")))
	}
	want := []string{
		"owner :0 [f] owner: SOMEBODY ELSE",
		"line profiles.yaml:7 [a b] jane@acme.example: {state: absent}",
		"line c.yaml:3 [c] jane@acme.example: {state: absent}",
		"members :0 [e] jane@acme.example: {state: absent}",
		"document :0 [g h] organizations: g: id: 7 members: jane@acme.example: {state: absent} h: id: 8 members: jane@acme.example: {state: absent}",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
