package render

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
)

// Problems writes problems as text, one after the other, and the last line:
//
//	acme.yaml:12:5: unknown key `timezon`
//	   12 |     timezon: Europe/Prague
//	      |     ^
//	      at organizations.acme.timezon  [unknown-key]
//	      hint: did you mean `timezone`?
func Problems(w io.Writer, problems []spec.Problem, code exit.Code, o Options) error {
	p := newPrinter(w, o)
	problems = withFailures(problems, code)
	for i := range problems {
		if i > 0 {
			p.gap()
		}
		writeProblem(p, &problems[i])
	}
	if len(problems) > 0 {
		p.gap()
	}
	p.last(p.verb("validate"), problemCounts(problems), code)
	return p.flush()
}

// withFailures makes an error of why no zone gave anything, where that is how a command ends.
func withFailures(problems []spec.Problem, code exit.Code) []spec.Problem {
	if code != exit.Refused && code != exit.Unreachable {
		return problems
	}
	problems = slices.Clone(problems)
	for i := range problems {
		if p := &problems[i]; p.Rule == notReadRule && p.Address == "" {
			p.Severity = spec.Error
		}
	}
	return problems
}

// problemCounts is the part of the last line that counts: "1 error, 2 warnings".
func problemCounts(problems []spec.Problem) string {
	errors, warnings := severities(problems)
	if slices.ContainsFunc(problems, isDeclined) {
		return DeclinedCounts
	}
	return fmt.Sprintf(
		"%d %s, %d %s",
		errors,
		text.Word(errors, "error", "errors"),
		warnings,
		text.Word(warnings, "warning", "warnings"),
	)
}

// isDeclined: somebody was asked and said no, which is no error.
func isDeclined(p spec.Problem) bool { return p.Rule == RuleDeclined }

func severities(problems []spec.Problem) (errors, warnings int) {
	for i := range problems {
		if problems[i].Severity == spec.Warning {
			warnings++
		} else {
			errors++
		}
	}
	return errors, warnings
}

// writeProblems writes the problems of a plan or report, below a heading.
func writeProblems(p *printer, problems []spec.Problem, f *organizationNames) {
	if len(problems) == 0 {
		return
	}
	var left, others []spec.Problem
	for _, problem := range problems {
		if problem.Rule == notUndoneRule {
			left = append(left, problem)
		} else {
			others = append(others, problem)
		}
	}
	writeNotUndone(p, left)
	if len(others) == 0 {
		return
	}
	p.gap()
	p.heading(bold, "Problems")
	for _, problem := range groupProblems(others, p.leastGroup()) {
		writeProblemGroup(p, &problem, f)
	}
}

// notUndoneRule is the rule of what an undo leaves as it is.
const notUndoneRule = "not-undone"

// writeNotUndone lists what an undo leaves as it is, and why:
//
//	Not undone (1)
//	  acme/owner  transfer: only the new Owner can transfer back
func writeNotUndone(p *printer, problems []spec.Problem) {
	if len(problems) == 0 {
		return
	}
	p.gap()
	p.heading(bold, fmt.Sprintf("Not undone (%d)", len(problems)))
	width := itemWidth(len(problems), func(i int) string { return Clean(string(problems[i].Address)) })
	for _, problem := range problems {
		what, why, _ := strings.Cut(problem.Message, " is not undone: ")
		op, _, _ := strings.Cut(what, " of ")
		p.item(Clean(string(problem.Address)), width, op+": "+why)
	}
}

// writeProblemGroup writes a problem once, with the organizations that have it.
func writeProblemGroup(p *printer, g *problemGroup, f *organizationNames) {
	writeProblem(p, &g.Problem)
	if len(g.organizations)+len(g.places) > 0 {
		p.labelled(belowPlace, plain, g.label(), 0, g.in(f.listed, mostNames(p.Options, plan.RiskDestructive)))
	}
}

func writeProblem(p *printer, problem *spec.Problem) {
	if isDeclined(*problem) {
		p.heading(bold, Declined)
		return
	}
	colour := red
	if problem.Severity == spec.Warning {
		colour = yellow
	}
	where := problemPlace(problem)
	if problem.Severity == spec.Warning {
		where += "warning: "
	} else if problem.Source == nil {
		where += "error: "
	}
	message := problem.Message
	if problem.Source == nil && problem.Rule != "" {
		message += " [" + problem.Rule + "]"
	}
	writeFirstLine(p, colour, where, message, problem.Source)
	writeExcerpt(p, problem)
	var facts []string
	if problem.Path != "" {
		facts = append(facts, "at "+Clean(problem.Path))
	}
	if problem.Related != nil {
		facts = append(facts, "see also "+Clean(problem.Related.String()))
	}
	if problem.Rule != "" && problem.Source != nil {
		facts = append(facts, "["+Clean(problem.Rule)+"]")
	}
	if len(facts) > 0 {
		p.labelled(6, plain, "", 0, strings.Join(facts, " "))
	}
	if answer := answerWords(problem.Error); answer != "" && !tells(problem.Message, answer) {
		p.labelled(6, plain, "answer:", 7, answer)
	}
	if problem.Hint != "" {
		p.labelled(6, cyan, "hint:", 5, problem.Hint)
	}
}

// tells whether a message holds an answer already, with a colon behind its code or without.
func tells(message, answer string) bool {
	return strings.Contains(strings.ReplaceAll(Clean(message), ":", ""), strings.ReplaceAll(answer, ":", ""))
}

// writeFirstLine is `file:line:column: message`: whole off a terminal, whatever its length, as
// editors and scripts read it; on one the message is folded. A problem without a position is a
// sentence.
func writeFirstLine(p *printer, colour style, where, message string, source *spec.Source) {
	switch place := p.link(p.Links.file(source), p.paint(colour, where)); {
	case source == nil:
		p.hanging(0, colour, where, message)
	case p.Width == 0:
		p.line("%s%s", place, Clean(message))
	case columns(where)+leastText > p.width():
		p.line("%s", p.link(p.Links.file(source), p.paint(colour, strings.TrimRight(where, " "))))
		p.labelled(belowPlace, plain, "", 0, message)
	default:
		for i, line := range fold(strings.Repeat("x", columns(where)-1)+" "+Clean(message), p.width()-belowPlace) {
			if i == 0 {
				p.line("%s", place+line[min(columns(where), len(line)):])
			} else {
				p.line("%s", strings.Repeat(" ", belowPlace)+line)
			}
		}
	}
}

// belowPlace is the margin of what is told below the place of a problem.
const belowPlace = 6

// problemPlace is "file:line:column: ", "address: " or "".
func problemPlace(problem *spec.Problem) string {
	switch {
	case problem.Source != nil && problem.Source.Line > 0:
		return Clean(problem.Source.String()) + ": "
	case problem.Source != nil && problem.Source.File != "":
		return Clean(problem.Source.File) + ": "
	case problem.Address != "":
		return Clean(string(problem.Address)) + ": "
	}
	return ""
}

// answerWords is what the API answered: "HTTP 403 SC403: Permission denied".
func answerWords(e *spec.APIError) string {
	if e == nil {
		return ""
	}
	var words []string
	if e.Status != 0 {
		words = append(words, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Code != "" {
		words = append(words, Clean(e.Code))
	}
	head := strings.Join(words, " ")
	message := Clean(e.Message)
	switch {
	case head == "":
		return message
	case message == "":
		return head
	}
	return head + ": " + message
}

// writeExcerpt shows the source line with a caret under the column. A long line is shown from a
// little before the column.
func writeExcerpt(p *printer, problem *spec.Problem) {
	if problem.Excerpt == "" || problem.Source == nil {
		return
	}
	line := []rune(strings.TrimRight(problem.Excerpt, "\r\n"))
	at := min(max(problem.Source.Column-1, 0), len(line))
	before, after := tabs(line[:at]), tabs(line[at:])
	room := p.width() - 8
	if extra := columns(before) - room*2/3; extra > 0 {
		before = "…" + lastColumns(before, columns(before)-extra-1)
	}
	after = cutEnd(after, room-columns(before))
	p.line("%s%s", p.paint(dim, fmt.Sprintf("%5d | ", problem.Source.Line)), before+after)
	p.line("%s%s", p.paint(dim, "      | "), strings.Repeat(" ", columns(before))+p.paint(redBold, "^"))
}

// tabs is Clean with tabs as two spaces: an escape would move what stands below.
func tabs(line []rune) string {
	return Clean(strings.ReplaceAll(string(line), "\t", "  "))
}

// cutEnd shortens clean text at its end.
func cutEnd(s string, max int) string {
	if columns(s) <= max {
		return s
	}
	return takeColumns(s, max-1) + "…"
}

// Annotations writes problems as GitHub workflow commands, which GitHub shows beside the lines of
// the diff: `::error file=a.yaml,line=3,col=5,title=unknown-key::message`. Paths are written with
// slashes.
func Annotations(w io.Writer, problems []spec.Problem) error {
	p := newPrinter(w, Options{})
	for i := range problems {
		p.out.WriteString(annotation(&problems[i]))
	}
	return p.flush()
}

func annotation(problem *spec.Problem) string {
	level := "error"
	if problem.Severity == spec.Warning {
		level = "warning"
	}
	var properties []string
	add := func(name, value string) { properties = append(properties, name+"="+annotationProperty(value)) }
	if s := problem.Source; s != nil && s.File != "" {
		add("file", filepath.ToSlash(s.File))
		if s.Line > 0 {
			add("line", fmt.Sprint(s.Line))
			add("col", fmt.Sprint(s.Column))
		}
	}
	if problem.Rule != "" {
		add("title", problem.Rule)
	}
	message := problem.Message
	if problem.Source == nil {
		message = problemPlace(problem) + message
	}
	if problem.Hint != "" {
		message += "\nhint: " + problem.Hint
	}
	separator := " "
	if len(properties) == 0 {
		separator = ""
	}
	return "::" + level + separator + strings.Join(properties, ",") + "::" + annotationData(message) + "\n"
}
