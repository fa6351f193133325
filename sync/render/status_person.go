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
	width := itemWidth(len(v.Organizations), func(i int) string { return Clean(v.Organizations[i].Key) })
	for i := range v.Organizations {
		o := &v.Organizations[i]
		p.item(Clean(o.Key), width, placeWords(o))
	}
	if len(v.NotLookedInto) > 0 {
		p.gap()
		p.line("%s", p.paint(yellow, "Could not be looked into"))
		for _, group := range groupUnseen(v.NotLookedInto) {
			p.labelled(4, plain, "", 0, group[0].Reason+": "+unseenNames(group))
		}
	}
	if len(v.Lines) > 0 {
		p.gap()
		p.line("%s", p.paint(bold, "Documents speak of her at"))
		for _, line := range v.Lines {
			p.labelled(2, plain, Clean(line.File)+":"+strconv.Itoa(line.Line), 0, line.About)
		}
	}
	if len(v.Write) > 0 {
		p.gap()
		p.line("%s", p.paint(bold, "To take her out, write"))
		for _, line := range v.Write {
			writeDocumentLine(p, "  "+Clean(line))
		}
	}
}

// writeDocumentLine is a line of a document to paste: only a comment is folded.
func writeDocumentLine(p *printer, line string) {
	margin, comment, isComment := strings.Cut(line, "# ")
	if !isComment || strings.TrimSpace(margin) != "" {
		p.line("%s", line)
		return
	}
	for _, words := range fold(comment, p.width()-len(margin)-2) {
		p.line("%s", margin+"# "+words)
	}
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
	return fmt.Sprintf("%s (zone %s, id %d)", strings.Join(words, ", "), Clean(o.Zone), o.ID)
}
