package fleet

import (
	"fmt"

	"makesync/spec"
)

// Edit is what to write at one place of the documents so that a person goes, and the organizations
// that she goes from by it:
//
//	line      in place of what a line says of her: that of a profile takes her out of many
//	members   below `members:` of organizations that do not speak of her
//	document  in a document of its own, for organizations that none declares
//	owner     first, in organizations that she owns: nobody can remove an Owner
type Edit struct {
	Where         EditPlace `json:"where"`
	File          string    `json:"file,omitempty"`
	Line          int       `json:"line,omitempty"`
	Organizations []string  `json:"organizations"`
	Write         []string  `json:"write"`
}

// EditPlace is where an Edit is to be written.
type EditPlace string

// The places, in the order in which they are shown.
const (
	AtOwner    EditPlace = "owner"
	AtLine     EditPlace = "line"
	AtMembers  EditPlace = "members"
	InDocument EditPlace = "document"
)

// statement is where the documents speak of a person in an organization, and whether she is to go.
type statement struct {
	source spec.Source
	absent bool
}

// edits are the fewest places to edit. Where the documents want her gone already, an apply is all.
func (v *PersonView) edits(declared func(key string) bool) (edits []Edit) {
	absent := v.Email + ": {state: absent}"
	add := func(e Edit, key string) {
		for i := range edits {
			if edits[i].Where == e.Where && edits[i].File == e.File && edits[i].Line == e.Line {
				edits[i].Organizations = append(edits[i].Organizations, key)
				if e.Where == InDocument {
					edits[i].Write = append(edits[i].Write, e.Write[1:]...)
				}
				return
			}
		}
		e.Organizations = []string{key}
		edits = append(edits, e)
	}
	for _, where := range []EditPlace{AtOwner, AtLine, AtMembers, InDocument} {
		for _, o := range v.Organizations {
			said, speaks := v.statements[o.Key]
			e := Edit{Where: AtMembers, Write: []string{absent}}
			switch {
			case o.Owner:
				e = Edit{Where: AtOwner, Write: []string{"owner: SOMEBODY ELSE"}}
			case speaks:
				e.Where, e.File, e.Line = AtLine, said.source.File, said.source.Line
			case !declared(o.Key):
				e = Edit{Where: InDocument, Write: []string{"organizations:", "  " + o.Key + ":",
					fmt.Sprintf("    id: %d", o.ID), "    members:", "      " + absent}}
			}
			if e.Where == where && !said.absent {
				add(e, o.Key)
			}
		}
	}
	return edits
}
