package render

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/plan"
)

// Limits of single names, values and sentences, in columns.
const maxName, maxValue, maxProse = 500, 200, 500

// markdownRows are the table rows of a step, one for each field. A row of the collapsible table has
// no risk column.
func markdownRows(step plan.Step, where string) string {
	risk := ""
	if step.Risk != plan.RiskNone {
		risk = "| **" + risks[riskRank(step.Risk)].heading + "** "
	}
	head := risk + "| " + entities(changeOp(step)) + " | " + code(cut(object(step.Address), maxName))
	if where != "" {
		head += "<br>" + where
	}
	for _, note := range notesOf(step) {
		head += "<br>" + prose(cut(Clean(note), maxProse))
	}
	fields := toldFields(step)
	if len(fields) == 0 {
		return head + " | | | |\n"
	}
	var b strings.Builder
	for i, field := range fields {
		switch {
		case i == 0:
			b.WriteString(head)
		case risk != "":
			b.WriteString("| | | ")
		default:
			b.WriteString("| | ")
		}
		from, to := showPair(field.From, field.To)
		from, to = shorten(from, to, maxValue)
		path := entities(cut(Clean(field.Path), maxName))
		b.WriteString(" | " + path + " | " + code(from) + " | " + code(to) + " |\n")
	}
	return b.String()
}

func markdownHeldRule(held []plan.Held, rule string) string {
	return "- **Held** by " + entities(held[0].Guard) + ": " + text.Count(len(held), "change", "changes") +
		markdownAllow(rule) + "\n"
}

func markdownAllow(rule string) string {
	if rule == "" {
		return ""
	}
	return "; to let through: " + code("--allow "+text.ShellQuote(cut(Clean(rule), maxName)))
}

// markdownHeld tells of changes that one guard holds for the same reason; where is in which
// organizations, "" for one.
func markdownHeld(held []plan.Held, reason, rule, where string) string {
	names := make([]string, len(held))
	for i, h := range held {
		names[i] = entities(heldOp(h)) + " " + code(cut(object(h.Address), maxName))
		if words := lastChangeWords(h.LastChange); words != "" {
			names[i] += ": " + prose(cut(words, maxProse))
		}
	}
	line := "- **Held** by " + entities(held[0].Guard) + ": " + prose(cut(Clean(reason), maxProse)) +
		" (" + strings.Join(names, ", ") + ")"
	if where != "" {
		line += " " + where
	}
	return line + markdownAllow(rule) + "\n"
}

func markdownWaiting(waiting []plan.Waiting, reason, where string) string {
	names := make([]string, len(waiting))
	for i, w := range waiting {
		names[i] = code(cut(object(w.Address), maxName))
	}
	line := "- **Waiting** " + strings.Join(names, ", ") + " " + prose(cut(Clean(reason), maxProse))
	if where != "" {
		line += " (" + where + ")"
	}
	return line + "\n"
}

func markdownProblem(problem *spec.Problem) string {
	level := "Error"
	if problem.Severity == spec.Warning {
		level = "Warning"
	}
	line := "- **" + level + "** "
	if place := strings.TrimSuffix(problemPlace(problem), ": "); place != "" {
		line += code(cut(place, maxName)) + " "
	}
	line += prose(cut(Clean(problem.Message), maxProse))
	if answer := answerWords(problem.Error); answer != "" {
		line += " (" + prose(cut(answer, maxProse)) + ")"
	}
	if problem.Related != nil {
		line += " (see also " + code(cut(Clean(problem.Related.String()), maxName)) + ")"
	}
	if problem.Hint != "" {
		line += ". *" + prose(cut(Clean(problem.Hint), maxProse)) + "*"
	}
	return line + "\n"
}
