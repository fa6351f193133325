package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"makesync/spec/text"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Run is one run in the list of runs.
type Run struct {
	ID      string
	Started time.Time
	Status  report.RunStatus
	Zones   []string
	// Planned = Succeeded + Failed + Skipped + Unknown, for a run that has ended.
	Planned, Succeeded, Failed, Skipped, Unknown int
	// Open counts requests of which nobody knows what became of them.
	Open int
	// Damaged says why the journal cannot be read; "" when it can.
	Damaged string
}

const runTime = "2006-01-02 15:04"

// Runs writes the list of runs as text, one line each, the newest first.
func Runs(w io.Writer, runs []Run, o Options) error {
	p := newPrinter(w, o)
	if len(runs) == 0 {
		p.line("No runs yet.")
		return p.flush()
	}
	runs = slices.Clone(runs)
	slices.Reverse(runs) // the newest is what people look for
	rows := [][]string{{"run", "started, UTC", "status", "zones", "steps", "done", "failed", "skipped", "unknown"}}
	for _, run := range runs {
		rows = append(rows, runCells(run))
	}
	lines := aligned(rows)
	wide := slices.ContainsFunc(lines, func(line string) bool { return columns(line) > p.width() })
	for i, line := range lines {
		switch {
		case wide && i > 0:
			writeRunFacts(p, rows[0], rows[i])
		case i == 0 && !wide:
			p.line("%s", p.paint(bold, line))
		case !wide:
			p.line("%s", line)
		}
		if i > 0 {
			writeRunTrouble(p, runs[i-1])
		}
	}
	return p.flush()
}

// writeRunFacts writes a run where the table is wider than the page: the run, and below it its
// cells with the names of their columns.
func writeRunFacts(p *printer, names, cells []string) {
	p.wrapped(0, bold, strings.TrimSpace(cells[0]))
	var facts []string
	for i, cell := range cells[1:] {
		if cell = strings.TrimSpace(cell); cell != "" {
			facts = append(facts, strings.TrimSpace(names[i+1])+": "+cell)
		}
	}
	p.labelled(2, plain, "", 0, strings.Join(facts, "; "))
}

func runCells(run Run) []string {
	if run.Damaged != "" {
		return []string{Clean(run.ID), "", "damaged"}
	}
	if run.Status == report.RunEmpty {
		return []string{Clean(run.ID), run.Started.UTC().Format(runTime), string(run.Status)}
	}
	cells := []string{
		Clean(run.ID),
		run.Started.UTC().Format(runTime),
		Clean(string(run.Status)),
		Clean(strings.Join(run.Zones, ",")),
		text.Number(run.Planned),
	}
	if run.Status == report.RunUnfinished {
		return cells
	}
	return append(
		cells,
		text.Number(run.Succeeded),
		text.Number(run.Failed),
		text.Number(run.Skipped),
		text.Number(run.Unknown),
	)
}

// writeRunTrouble says, below a run that needs somebody, why and what to do.
func writeRunTrouble(p *printer, run Run) {
	switch {
	case run.Damaged != "":
		p.labelled(2, red, "", 0, run.Damaged)
	case run.Status == report.RunEmpty:
		p.labelled(2, "", "", 0, nothingSent)
	case run.Open > 0 || run.Status == report.RunUnfinished:
		p.labelled(2, yellow, "", 0, openWords(run.Open)+"; go on with:")
		p.line("  %s", p.paint(cyan, "makesync apply --resume "+text.ShellQuote(Clean(run.ID))))
	}
}

// nothingSent is of a run whose journal has no first line.
const nothingSent = "it was stopped before it began: nothing was sent in it, nothing to resume"

func openWords(open int) string {
	if open == 0 {
		return "it did not come to its end"
	}
	return text.Count(open, "request", "requests") + " of which nobody knows what became of " + itThem(open)
}

// aligned pads the cells of a table to columns; rows may be shorter than the first.
func aligned(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	lines := make([]string, len(rows))
	for r, row := range rows {
		for i, cell := range row {
			row[i] = pad(cell, widths[i])
		}
		lines[r] = strings.TrimRight(strings.Join(row, "  "), " ")
	}
	return lines
}

// RunDetails writes one run as text: for each organization of its plan
// every step, with each request that was sent for it and what became of it.
func RunDetails(w io.Writer, run *report.Run, o Options) error {
	p := newPrinter(w, o)
	p.labelled(
		0,
		bold,
		"run",
		headLabel,
		run.Run+", started "+run.Started.UTC().Format("2006-01-02 15:04:05 MST")+runEnd(run),
	)
	if run.Host != "" {
		p.labelled(
			0,
			bold,
			"by",
			headLabel,
			fmt.Sprintf("process %d on %s, makesync %s", run.PID, run.Host, run.Tool),
		)
	}
	p.labelled(0, bold, "plan", headLabel, run.Plan)
	writeZones(p, run.Zones)
	writeShard(p, run.Shard)
	entries := map[int][]report.Entry{}
	for _, entry := range run.Entries {
		entries[entryStep(entry)] = append(entries[entryStep(entry)], entry)
	}
	for i := range run.Organizations {
		writeRunOrganization(p, &run.Organizations[i], entries, run.Report)
	}
	p.gap()
	writeRunEnd(p, run)
	return p.flush()
}

func entryStep(e report.Entry) int {
	if e.Intent != nil {
		return e.Intent.Step
	}
	if e.Result != nil {
		return e.Result.Step
	}
	return 0
}

func runEnd(run *report.Run) string {
	if run.Ended == nil {
		return ", without an end"
	}
	return ", took " + run.Ended.Sub(run.Started).Round(time.Second).String()
}

func writeRunOrganization(
	p *printer, o *report.RunOrganization, entries map[int][]report.Entry, report *report.Report,
) {
	p.gap()
	writeOrganizationHead(p, &plan.Organization{Key: o.Key, Zone: o.Zone, ID: o.ID, Name: o.Name})
	for i := range o.Steps {
		step := &o.Steps[i]
		rows := stepRows(*step)
		for i := range rows {
			rows[i].notes = nil
		}
		writeRunStep(p, rows)
		for _, entry := range entries[step.N] {
			writeRunEntry(p, entry)
		}
		writeStepEnd(p, step, report, len(entries[step.N]) > 0)
	}
}

// writeRunStep is a row of a plan without its risk.
func writeRunStep(p *printer, rows []tableRow) {
	w := widths(rows, p.width())
	placeBelow(rows, w)
	for _, row := range rows {
		writeRow(p, row, w)
	}
}

func writeRunEntry(p *printer, e report.Entry) {
	const clock = "15:04:05.000"
	if i := e.Intent; i != nil {
		p.line("      %s  %s, attempt %d: sent", i.At.UTC().Format(clock), cut(Clean(string(i.Verb)), 40), i.Attempt)
	}
	if r := e.Result; r != nil {
		text := string(r.Outcome)
		if r.Resolved {
			text += " (found out by reading)"
		}
		for _, more := range []string{r.Reason.String(), answerWords(r.Error)} {
			if more != "" {
				text += "; " + more
			}
		}
		p.labelled(6, plain, r.At.UTC().Format(clock), len(clock), text)
	}
}

// writeStepEnd is the report's word on a step; for a step of an unfinished run, that it was not
// reached.
func writeStepEnd(p *printer, step *plan.Step, report *report.Report, sent bool) {
	if report == nil {
		if !sent {
			p.line("      %s", p.paint(yellow, "not reached"))
		}
		return
	}
	for _, s := range report.Steps {
		if s.N != step.N {
			continue
		}
		for _, known := range outcomes {
			if known.outcome == s.Outcome {
				p.labelled(6, known.style, known.mark, 0, outcomeWords(s))
			}
		}
	}
}

// writeRunEnd says how the run ended and how to go on.
func writeRunEnd(p *printer, run *report.Run) {
	if run.Status() == report.RunEmpty {
		p.line("Empty: %s.", nothingSent)
		return
	}
	if run.Truncated {
		p.labelled(
			0,
			yellow,
			"",
			0,
			"The last line of the journal was cut off (a kill, or a full disk) and is left out.",
		)
	}
	open := len(run.Open())
	switch status := run.Status(); {
	case status == report.RunUnfinished || open > 0 && status != report.RunResolved:
		p.labelled(0, yellow, "Unfinished:", 0, openWords(open)+". Go on with:")
		p.line("  %s", p.paint(cyan, "makesync apply --resume "+text.ShellQuote(Clean(run.Run))))
	case status == report.RunResolved:
		p.heading(plain, "Unfinished, and a later run has found out what became of everything that was sent.")
	default:
		p.heading(plain, "Finished: "+ReportCounts(run.Report)+".")
	}
}
