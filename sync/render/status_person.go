package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"makesync/spec/text"
	"makesync/sync/fleet"
)

// person writes where a person is, what speaks of her, and what takes her out.
func writePerson(p *printer, v *fleet.PersonView) {
	p.gap()
	if len(v.Organizations) == 0 {
		p.heading(bold, v.Email+" is in none of the organizations that could be looked into.")
	} else {
		n := text.Count(len(v.Organizations), "organization", "organizations")
		p.heading(bold, v.Email+" is in "+n)
	}
	writePlaces(p, v)
	if len(v.NotLookedInto) > 0 {
		p.gap()
		p.line("%s", p.paint(yellow, "Could not be looked into"))
		for _, group := range groupUnseen(v.NotLookedInto) {
			p.labelled(4, plain, "", 0, group[0].Reason+": "+unseenNames(group))
		}
	}
	writeLines(p, v.Lines)
	writeEdits(p, v.Edits)
}

// writePlaces lists the organizations; those in which she is the same are one.
func writePlaces(p *printer, v *fleet.PersonView) {
	groups := equalPlaces(v.Organizations, p.leastGroup())
	width := itemWidth(len(groups), func(i int) string { return Clean(groups[i][0].Key) })
	for _, group := range groups {
		if len(group) == 1 {
			p.item(Clean(group[0].Key), width, placeWords(&group[0])+" "+placeNumbers(&group[0]))
			continue
		}
		p.labelled(4, bold, placeWords(&group[0]), 0, fmt.Sprintf("(zone %s)", Clean(group[0].Zone)))
		keys := make([]string, len(group))
		for i := range group {
			keys[i] = group[i].Key
		}
		p.labelled(belowPlace, dim, "in", 0, keyWords(keys))
	}
}

// keyWords are "3 organizations: a, b and c", or the one.
func keyWords(keys []string) string {
	if len(keys) == 1 {
		return Clean(keys[0])
	}
	return text.Count(len(keys), "organization", "organizations") + ": " + text.And(cleaned(keys))
}

// equalPlaces puts at least so many organizations together in which she is the same.
func equalPlaces(places []fleet.PersonOrganization, least int) (groups [][]fleet.PersonOrganization) {
	key := func(o *fleet.PersonOrganization) string { return o.Zone + "\x00" + placeWords(o) }
	counts, at := map[string]int{}, map[string]int{}
	for i := range places {
		counts[key(&places[i])]++
	}
	for i := range places {
		k := key(&places[i])
		n, known := at[k]
		if !known || least < 2 || counts[k] < least {
			n, at[k] = len(groups), len(groups)
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], places[i])
	}
	return groups
}

// writeLines lists the lines of documents, each once, with all that it is about.
func writeLines(p *printer, lines []fleet.Line) {
	if len(lines) == 0 {
		return
	}
	p.gap()
	p.heading(bold, "Documents speak of her at")
	for i := 0; i < len(lines); {
		about := []string{}
		first := lines[i]
		for ; i < len(lines) && lines[i].File == first.File && lines[i].Line == first.Line; i++ {
			about = append(about, Clean(lines[i].About))
		}
		p.labelled(2, plain, Clean(first.File)+":"+strconv.Itoa(first.Line), 0, aboutWords(about))
	}
}

// aboutWords are the addresses that a line is about: the first ones, as one profile can be about
// all.
func aboutWords(about []string) string {
	const most = 3
	return text.AndMore(about, most)
}

// editWords say where to write; the organizations follow.
var editWords = map[fleet.EditPlace]string{
	fleet.AtOwner:    "first, as she is the Owner of ",
	fleet.AtMembers:  "below `members:` of ",
	fleet.InDocument: "in a document of its own, as none declares ",
}

// writeEdits tells how to take her out: what to write where.
func writeEdits(p *printer, edits []fleet.Edit) {
	if len(edits) == 0 {
		return
	}
	p.gap()
	p.heading(bold, "To take her out, write")
	for _, e := range edits {
		p.labelled(2, plain, "", 0, editPlace(&e))
		for _, line := range e.Write {
			p.line("      %s", p.paint(cyan, Clean(line)))
		}
	}
}

func editPlace(e *fleet.Edit) string {
	if e.Where == fleet.AtLine {
		where := keyWords(e.Organizations)
		if n := len(e.Organizations); n > fewestForGroup { // they stand above
			where = text.Number(n) + " organizations"
		}
		return fmt.Sprintf("at %s:%d, in place of what it says of her, for %s", e.File, e.Line, where)
	}
	return editWords[e.Where] + keyWords(e.Organizations)
}

// groupUnseen unites organizations of equal reasons; the order stays.
func groupUnseen(list []fleet.Unseen) [][]fleet.Unseen {
	var groups [][]fleet.Unseen
	for _, unseen := range list {
		i := slices.IndexFunc(groups, func(g []fleet.Unseen) bool { return g[0].Reason == unseen.Reason })
		if i < 0 {
			groups, i = append(groups, nil), len(groups)
		}
		groups[i] = append(groups[i], unseen)
	}
	return groups
}

// unseenNames are all of them: in each she may be.
func unseenNames(group []fleet.Unseen) string {
	names := make([]string, len(group))
	for i, unseen := range group {
		names[i] = Clean(unseen.Organization)
	}
	return text.And(names)
}

// placeWords are "Owner, teams Ops and Sales, no two-factor authentication".
func placeWords(o *fleet.PersonOrganization) string {
	words := []string{Clean(o.Role)}
	if o.Owner && o.Role != "Owner" {
		words = append(words, "the Owner")
	}
	if o.Invitation != "" {
		words = append(words, "invitation "+Clean(o.Invitation))
	}
	if len(o.Teams) > 0 {
		teams := make([]string, len(o.Teams))
		for i, team := range o.Teams {
			teams[i] = Clean(team)
		}
		words = append(words, text.Word(len(teams), "team ", "teams ")+text.And(teams))
	}
	switch {
	case o.TwoFactor == nil:
	case *o.TwoFactor:
		words = append(words, "two-factor authentication")
	default:
		words = append(words, "no two-factor authentication")
	}
	return strings.Join(words, ", ")
}

// placeNumbers say which organization it is.
func placeNumbers(o *fleet.PersonOrganization) string {
	return fmt.Sprintf("(zone %s, id %d)", Clean(o.Zone), o.ID)
}
