package render

import (
	"fmt"
	"io"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
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
	for _, steps := range byOrganization(report.Steps) {
		p.gap()
		p.line("%s", p.paint(bold, cut(Clean(steps[0].Address.Key()), p.width())))
		writeOutcomes(p, steps)
	}
	writeChecks(p, report.Steps)
	writeDocumentLines(p, report.Steps)
	writeRequiredPlans(p, report.Steps)
	writeProblems(p, report.Problems)
	p.gap()
	writeTotals(p, report)
	writeNextCommand(p, report)
	p.last(p.verb("apply"), ReportCounts(report), report.Exit)
	return p.flush()
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
		op, name = max(op, columns(opWord(step.Op))), max(name, columns(object(step.Address)))
		for _, o := range outcomes {
			if o.outcome == step.Outcome {
				mark = max(mark, columns(o.mark))
			}
		}
	}
	name = min(name, maxObject)
	for _, o := range outcomes {
		for _, step := range steps {
			if step.Outcome == o.outcome {
				label := pad(
					o.mark,
					mark,
				) + "  " + pad(
					opWord(step.Op),
					op,
				) + "  " + pad(
					cut(object(step.Address), name),
					name,
				)
				p.labelled(2, o.style, label, mark+op+name+4, outcomeWords(step))
			}
		}
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
func writeChecks(p *printer, steps []report.StepReport) {
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
	p.line("%s", p.paint(redBold, "Check by hand: nobody can say whether these happened"))
	width := itemWidth(len(unknown), func(i int) string { return Clean(string(unknown[i].Address)) })
	for _, step := range unknown {
		p.item(Clean(string(step.Address)), width, handCheck(step))
	}
}

// handChecks say where to look, by kind; {name} is the object's name.
var handChecks = map[spec.Kind]string{
	spec.KindOrganization:   "in Make, look at the list of organizations, and at this one's settings",
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
			p.line("%s", p.paint(bold, "Add to the documents"))
			p.line("  organizations:")
			heading = true
		}
		p.line("    %s:", Clean(step.Address.Key()))
		p.line("      %s", p.paint(cyan, Clean(step.Paste)))
	}
}

// requiredPlan says what a plan of Make must offer for a kind.
func requiredPlan(kind spec.Kind) string {
	plan := report.RequiredPlanFor(kind)
	switch plan.Offer {
	case "":
		return ""
	case report.AnyPaidPlan:
		return plan.Activity + ": a paid plan (not Free)"
	case report.OfferingPlan:
		return plan.Activity + ": a plan that offers them, and API access (not Free)"
	}
	return plan.Activity + ": the " + string(plan.Offer) + " plan"
}

// shortfall is what one organization lacks for some skipped steps.
type shortfall struct {
	key, plan string
	steps     int
}

// shortfalls lists what organizations lack, in the order of the report.
func shortfalls(steps []report.StepReport) []shortfall {
	var list []shortfall
	at := map[shortfall]int{}
	for _, step := range steps {
		if !step.SkippedForLicence() {
			continue
		}
		key := shortfall{key: Clean(step.Address.Key()), plan: requiredPlan(step.Kind)}
		i, ok := at[key]
		if !ok {
			i, at[key] = len(list), len(list)
			list = append(list, key)
		}
		list[i].steps++
	}
	return list
}

// writeRequiredPlans says what to buy where steps were skipped for the licence.
func writeRequiredPlans(p *printer, steps []report.StepReport) {
	list := shortfalls(steps)
	if len(list) == 0 {
		return
	}
	p.gap()
	p.line("%s", p.paint(bold, "What to buy (then apply again; nothing is lost)"))
	width := itemWidth(len(list), func(i int) string { return list[i].key })
	for _, one := range list {
		p.item(one.key, width, one.plan+" ("+text.Count(one.steps, "step", "steps")+" skipped)")
	}
}

// writeTotals says in words what became of the plan.
func writeTotals(p *printer, r *report.Report) {
	if r.Planned == 0 {
		p.line("%s", p.paint(bold, "Nothing to do."))
	} else {
		p.line("%s", p.paint(bold, fmt.Sprintf("%s planned = %d succeeded + %d failed + %d skipped + %d unknown.",
			text.Count(r.Planned, "step", "steps"), r.Succeeded, r.Failed, r.Skipped, r.Unknown)))
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
			text.Count(r.Held, "change that a guard stopped", "changes that guards stopped"),
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

// writeNextCommand says how to finish what was not finished. A merged report is of many runs, each
// of which goes on by itself.
func writeNextCommand(p *printer, r *report.Report) {
	unfinished := r.Failed + r.Unknown
	for _, step := range r.Steps {
		if step.Outcome == report.Skipped && !step.SkippedForLicence() && !step.IsDone() {
			unfinished++
		}
	}
	next := Clean(p.Next)
	if merged := strings.Contains(r.Run, ","); next == "" && r.Run != "" && !merged {
		next = "makesync apply --resume " + text.ShellQuote(Clean(r.Run))
	}
	if unfinished > 0 && next != "" {
		p.line("  %s  %s", pad("go on", 9), p.paint(cyan, next))
	}
}
