package render

import (
	"strings"

	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Whoever was to lose something and has it still stands above the counts, whatever else succeeded:
//
//	still has access  leo@acme.example owns client-07 (transfer waits: jane@acme.example is not a
//	                  member yet) and is Member of 2 organizations: client-03 and client-04 (held by
//	                  guard maxDeletesPerRun)
//	                  could not look into client-20 and client-40
const accessLabel = "still has access"

// accessWords are a line for each person, and one for the organizations whose people nobody could
// see. At most so many names and runs are listed; 0: all.
func accessWords(
	list []plan.Access, unseen []string, f *organizationNames, most int,
) []string {
	var lines []string
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Email == list[0].Email {
			n++
		}
		lines = append(lines, Clean(list[0].Email)+" "+strings.Join(accessPhrases(list[:n], f, most), "; "))
		list = list[n:]
	}
	if len(unseen) > 0 {
		lines = append(lines, unseenWords+f.names(unseen, most))
	}
	return lines
}

// unseenWords begin the line of the organizations whose people nobody could see.
const unseenWords = "could not look into "

// accessPhrases say what one person has, once for each role and reason.
func accessPhrases(list []plan.Access, f *organizationNames, most int) []string {
	type phrase struct{ is, why string }
	var order []phrase
	keys := map[phrase][]string{}
	for _, access := range list {
		one := phrase{"is " + Clean(access.Role) + " of ", Clean(access.Reason)}
		switch access.Role {
		case plan.RoleOwner:
			one.is = "owns "
		case plan.RoleInvited:
			one.is = "is invited to "
		}
		if keys[one] == nil {
			order = append(order, one)
		}
		keys[one] = append(keys[one], access.Address.Key())
	}
	var words []string
	for _, one := range order {
		words = append(words, one.is+f.names(keys[one], most)+" ("+one.why+")")
	}
	return words
}

// writeAccess writes the block, if there is anything to say.
func writeAccess(p *printer, list []plan.Access, unseen []string, f *organizationNames) {
	lines := accessWords(list, unseen, f, mostNames(p.Options, plan.RiskDestructive))
	if len(lines) == 0 {
		return
	}
	p.gap()
	label := accessLabel
	if len(list) == 0 {
		label = "access"
	}
	for _, line := range lines {
		p.labelled(0, redBold, label, len(accessLabel), line)
		label = " "
	}
}

// markdownAccess is the block as a list.
func markdownAccess(list []plan.Access, unseen []string, f *organizationNames) string {
	var b strings.Builder
	for _, line := range accessWords(list, unseen, f, 0) {
		what := "Still has access"
		if strings.HasPrefix(line, unseenWords) {
			what = "Access"
		}
		b.WriteString("- **" + what + "**: " + prose(cut(line, maxAccess)) + "\n")
	}
	return b.String()
}

// accessOfReport is the block for a comment that must keep room for the rest: it is counted where
// it is long.
func accessOfReport(r *report.Report) string {
	const most = 1000
	block := markdownAccess(r.StillHasAccess, r.NotLookedInto, newOrganizationNames(nil))
	if len(block) <= most {
		return block
	}
	people := map[string]bool{}
	for _, access := range r.StillHasAccess {
		people[access.Email] = true
	}
	return "- **Still has access**: " + text.Count(len(people), "person", "people") + " in " +
		text.Count(len(r.StillHasAccess), "place", "places") + "; `--format json` names them\n"
}

// maxAccess is how long the sentence about one person may become in a comment.
const maxAccess = 2000
