package render

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Report writes what an apply did, as text: each organization with its steps,
// worst first, then what to do by hand, what to paste, what to buy, and how to go on.
func Report(w io.Writer, report *report.Report, o Options) error {
	p := newPrinter(w, o)
	if o.Quiet && report.Planned == 0 && len(report.Problems) == 0 {
		return writeQuietReport(p, report)
	}
	if report.Run != "" {
		p.labelled(0, bold, "run", headLabel, report.Run)
	}
	writeZones(p, report.Zones)
	writeShard(p, report.Shard)
	if len(report.ApprovedBy) > 0 {
		p.labelled(0, bold, "signed", headLabel, "by "+text.And(cleaned(report.ApprovedBy)))
	}
	told, f := recapped(report.Steps, o.leastGroup()), fleetOfSteps(report.Steps)
	writeDetails(p, report.Steps, told)
	writeChecks(p, report.Steps, f)
	writeDocumentLines(p, report.Steps)
	writeRequiredPlans(p, report.Steps, f)
	writeProblems(p, untoldProblems(report, o.Told), f)
	writeRecap(p, report.Steps, told, f)
	writeAccess(p, report.StillHasAccess, report.NotLookedInto, newOrganizationNames(nil))
	p.gap()
	writeTotals(p, report)
	writeNextCommand(p, report)
	p.last(p.verb("apply"), lastCounts(report), report.Exit)
	return p.flush()
}

// lastCounts are the counts of the last line, but for a run that could not begin.
func lastCounts(r *report.Report) string {
	if cannotBegin(r) {
		return "nothing was done"
	}
	return ReportCounts(r)
}

// ReportCounts is the part of the last line that counts.
func ReportCounts(r *report.Report) string {
	return fmt.Sprintf("%d planned, %d succeeded, %d failed, %d skipped, %d unknown, %d waiting, %d held",
		r.Planned, r.Succeeded, r.Failed, r.Skipped, r.Unknown, r.Waiting, r.Held)
}

// outcomes are in the order in which a report shows them: what needs attention first.
var outcomes = []struct {
	outcome report.StepOutcome
	mark    string
	style   style
}{
	{report.Failed, "FAILED", red},
	{report.OutcomeUnknown, "UNKNOWN", redBold},
	{report.Skipped, "skipped", yellow},
	{report.Succeeded, "done", green},
}

// mostSucceeded is how many steps that succeeded are listed; more of them are counted.
const mostSucceeded = 20

// writeDetails lists the steps of each organization, but for those that the recap tells and for
// many that succeeded, which are counted.
func writeDetails(p *printer, steps []report.StepReport, told map[int]bool) {
	succeeded := succeededSteps(steps)
	collapse := len(succeeded) > mostSucceeded && !p.Verbose
	var listed []report.StepReport
	for i, step := range steps {
		if !told[i] && !(collapse && step.Outcome == report.Succeeded) {
			listed = append(listed, step)
		}
	}
	for _, steps := range byOrganization(listed) {
		p.gap()
		p.wrapped(0, bold, Clean(steps[0].Address.Key()))
		writeOutcomes(p, steps)
	}
	if collapse {
		p.gap()
		p.labelled(0, green, "done", 0, succeededWords(succeeded))
	}
}

func succeededSteps(steps []report.StepReport) (list []report.StepReport) {
	for _, step := range steps {
		if step.Outcome == report.Succeeded {
			list = append(list, step)
		}
	}
	return list
}

// succeededWords count: "332 steps in 200 organizations: 32 create, 300 update; --verbose lists
// them".
func succeededWords(steps []report.StepReport) string {
	var sum plan.Summary
	for _, step := range steps {
		sum.Count(step.Op)
	}
	return text.Count(len(steps), "step", "steps") + " in " +
		text.Count(len(fleetOfSteps(steps).keys), "organization", "organizations") + ": " + opWords(sum) +
		"; --verbose lists them"
}

// byOrganization splits steps by key, in order of first appearance.
func byOrganization(steps []report.StepReport) [][]report.StepReport {
	var groups [][]report.StepReport
	at := map[string]int{}
	for _, step := range steps {
		key := step.Address.Key()
		i, ok := at[key]
		if !ok {
			i, at[key] = len(groups), len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], step)
	}
	return groups
}

func writeOutcomes(p *printer, steps []report.StepReport) {
	mark, op, name := 0, 0, 0
	for _, step := range steps {
		op, name = max(op, columns(reportedOp(step))), max(name, columns(object(step.Address)))
		for _, o := range outcomes {
			if o.outcome == step.Outcome {
				mark = max(mark, columns(o.mark))
			}
		}
	}
	name = min(name, maxObject, max(p.width()-mark-op-6-leastText, minObject))
	before := ""
	for _, o := range outcomes {
		for _, step := range steps {
			if step.Outcome != o.outcome {
				continue
			}
			why := outcomeWords(step)
			told := why
			if why == before && why != "" {
				told = "the same"
			}
			writeOutcome(p, o.style, []string{pad(o.mark, mark), pad(reportedOp(step), op)}, name, step, told)
			before = why
		}
	}
}

// writeOutcome is the line of a step; an object that is too wide for its column has the rest of the
// line, and why it ended so stands below it.
func writeOutcome(
	p *printer, s style, cells []string, width int, step report.StepReport, why string,
) {
	lead, name := strings.Join(cells, "  "), object(step.Address)
	if columns(name) <= width {
		p.labelled(2, s, lead+"  "+pad(name, width), columns(lead)+2+width, why)
		return
	}
	indent := 2 + columns(lead) + 2
	for i, line := range wrap(name, max(p.width()-indent, leastCell)) {
		if i == 0 {
			p.line("  %s", p.paint(s, lead+"  "+line))
		} else {
			p.line("%s", strings.Repeat(" ", indent)+p.paint(s, line))
		}
	}
	if why != "" {
		p.labelled(belowIndent, plain, "", 0, why)
	}
}

// outcomeWords says why: the reason's words without its stable first word where that says nothing
// more, the API's answer, how often it was tried.
func outcomeWords(step report.StepReport) string {
	var words []string
	reason := reasonWords(step.Reason)
	if reason != "" {
		words = append(words, reason)
	}
	if answer := answerWords(step.Error); answer != "" && !strings.Contains(Clean(step.Reason.String()), answer) {
		words = append(words, answer)
	}
	if step.Attempts > writesOf(plan.Step{Op: step.Op}) {
		words = append(words, fmt.Sprintf("%d attempts", step.Attempts))
	}
	return strings.Join(words, "; ")
}

// reasonWords is a reason for people: "licence: custom variables" stays, "depends: acme failed"
// becomes "acme failed".
func reasonWords(reason report.Reason) string {
	if text := strings.TrimSpace(reason.Text); reason.Code == report.ReasonDepends && text != "" {
		return text
	}
	return reason.String()
}

// writeChecks says, for every step of which nobody knows whether it happened, how to find out.
func writeChecks(p *printer, steps []report.StepReport, f *organizationNames) {
	var unknown []report.StepReport
	for _, step := range steps {
		if step.Outcome == report.OutcomeUnknown {
			unknown = append(unknown, step)
		}
	}
	if len(unknown) == 0 {
		return
	}
	p.gap()
	p.heading(redBold, "Check by hand: nobody can say whether these happened")
	groups := equalObjects(unknown, p.leastGroup())
	name := func(i int) string {
		if len(groups[i]) > 1 {
			return object(groups[i][0].Address)
		}
		return Clean(string(groups[i][0].Address))
	}
	width := itemWidth(len(groups), name)
	for i, group := range groups {
		p.item(name(i), width, handCheck(group[0]))
		if len(group) > 1 {
			p.labelled(groupIndent, dim, "in", 0, f.listed(fleetOfSteps(group).keys, 0))
		}
	}
}

// equalObjects puts the same object of at least so many organizations together, in order of
// appearance.
func equalObjects(steps []report.StepReport, least int) (groups [][]report.StepReport) {
	counts, at := map[string]int{}, map[string]int{}
	for _, step := range steps {
		counts[string(step.Op)+object(step.Address)]++
	}
	for _, step := range steps {
		key := string(step.Op) + object(step.Address)
		n, known := at[key]
		if !known || least < 2 || counts[key] < least {
			at[key] = len(groups)
			groups = append(groups, []report.StepReport{step})
			continue
		}
		groups[n] = append(groups[n], step)
	}
	return groups
}

// handChecks say where to look, by kind; {name} is the object's name.
var handChecks = map[spec.Kind]string{
	spec.KindOrganization:   "in Make, look at the list of organizations, and at this one's settings",
	spec.KindSubscription:   "in Make, look at the organization's subscription and payments",
	spec.KindPaymentMethods: "in Make, look at the organization's payment methods",
	spec.KindVariable:       "in Make, look at the variable {name} of the organization and its value",
	spec.KindFeatureControl: "in Make, look at the organization's feature controls for {name}",
	spec.KindTFA:            "in Make, look whether the organization enforces two-factor authentication",
	spec.KindMember:         "in Make, look at the organization's users for {name}, the role, and a pending invitation",
	spec.KindOwner:          "in Make, look at the organization's users: who is the Owner now",
}

func handCheck(step report.StepReport) string {
	text := strings.ReplaceAll(handChecks[step.Kind], "{name}", showText(step.Address.Name()))
	if text == "" {
		text = "in Make, look at the object"
	}
	return text + "; or plan again, which reads it (never repeat the " +
		Clean(string(step.Op)) + " by hand before that)"
}

// writeDocumentLines lists the lines that belong into the documents now.
func writeDocumentLines(p *printer, steps []report.StepReport) {
	heading := false
	for _, step := range steps {
		if step.Paste == "" {
			continue
		}
		if !heading {
			p.gap()
			p.heading(bold, "Add to the documents")
			p.line("  organizations:")
			heading = true
		}
		p.line("    %s:", Clean(step.Address.Key()))
		p.line("      %s", p.paint(cyan, Clean(step.Paste)))
	}
}

// writeTotals says in words what became of the plan.
func writeTotals(p *printer, r *report.Report) {
	if r.Planned == 0 {
		p.hanging(0, bold, nothingDone(r), "")
	} else {
		p.heading(bold, fmt.Sprintf("%s planned = %d succeeded + %d failed + %d skipped + %d unknown.",
			text.Count(r.Planned, "step", "steps"), r.Succeeded, r.Failed, r.Skipped, r.Unknown))
	}
	if r.Waiting > 0 {
		p.labelled(
			2,
			cyan,
			"waiting",
			9,
			text.Count(r.Waiting, "thing that cannot be done yet", "things that cannot be done yet"),
		)
	}
	if r.Held > 0 {
		p.labelled(
			2,
			yellow,
			"held",
			9,
			text.Count(r.Held, "change that a guard or policy stopped", "changes that guards or policies stopped"),
		)
	}
	p.labelled(
		2,
		plain,
		"calls",
		9,
		fmt.Sprintf("%s, %s", text.Count(r.Calls.Read, "read", "reads"), text.Count(r.Calls.Write, "write", "writes")),
	)
}

// untoldProblems are the problems of a report, but for those that are told otherwise: what has to
// be bought in a block of its own; in the text of the plan above, all of one without steps, that a
// zone could not be read, and what the documents are warned of.
func untoldProblems(r *report.Report, told []spec.Problem) []spec.Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p spec.Problem) bool {
		ofZone := p.Rule == notReadRule && p.Address == ""
		ofDocuments := p.Source != nil && p.Severity == spec.Warning
		return p.Rule == report.LicenceRule && p.Address != "" || (r.Planned == 0 || ofZone || ofDocuments) &&
			slices.ContainsFunc(told, func(t spec.Problem) bool { return reflect.DeepEqual(p, t) })
	})
}

// cannotBegin tells whether a run had no steps because no zone let it read anything: zeros would
// look as if all were well.
func cannotBegin(r *report.Report) bool {
	return r.Planned == 0 && (r.Exit == exit.Refused || r.Exit == exit.Unreachable)
}

// nothingDone says why a run without steps had none: "Nothing to do." only where all was read.
func nothingDone(r *report.Report) string {
	switch {
	case r.Exit.Code == exit.OK.Code, r.Exit == exit.Held:
		return "Nothing to do."
	case r.Exit == exit.Unreachable && len(r.Zones) == 1:
		return "Nothing was done: zone " + Clean(r.Zones[0].Name) + " cannot be reached."
	case r.Exit == exit.Refused && len(r.Zones) == 1 && !answered(r.Problems):
		return "Nothing was done: there is no token for zone " + Clean(r.Zones[0].Name) + "."
	case r.Exit == exit.Refused && len(r.Zones) == 1:
		return "Nothing was done: zone " + Clean(r.Zones[0].Name) + " refuses the token."
	}
	return "Nothing was done; the problems say why."
}

// answered tells whether a zone has said anything.
func answered(problems []spec.Problem) bool {
	return slices.ContainsFunc(problems, func(p spec.Problem) bool {
		return p.Error != nil && p.Error.Status != 0
	})
}

// writeNextCommand says how to finish what was not finished. Whoever prints the report of another
// run knows none of its documents, and gives no command.
func writeNextCommand(p *printer, r *report.Report) {
	unfinished := r.Failed + r.Unknown
	for _, step := range r.Steps {
		if step.Outcome == report.Skipped && !step.SkippedForLicence() && !step.IsDone() {
			unfinished++
		}
	}
	if next := Clean(p.Next); unfinished > 0 && next != "" {
		p.command("go on", 9, next)
	}
}
