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
	// Who are the users of the tokens, Command is what was done: "apply plan.json".
	Who     []string
	Command string
	// Exit is the name of the exit, "" for a run without an end.
	Exit string
	// Resume is the command that goes on from a run that needs it.
	Resume string
	// Open counts requests of which nobody knows what became of them.
	Open int
	// Damaged says why the journal cannot be read; "" when it can.
	Damaged string
	// NotRead: there was no room to read it beside newer ones.
	NotRead bool
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
	rows := [][]string{{"run", "started, UTC", "zones", "who", "command", "result"}}
	for _, run := range runs {
		rows = append(rows, runCells(run))
	}
	lines, wide := runLines(p, rows)
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
	writeNotRead(p, runs)
	return p.flush()
}

// writeNotRead says, below the list, why it does not tell how some runs ended.
func writeNotRead(p *printer, runs []Run) {
	n := 0
	for _, run := range runs {
		if run.NotRead {
			n++
		}
	}
	if n == 0 {
		return
	}
	p.labelled(0, yellow, "", 0, text.Count(n, "run is", "runs are")+" not read: newer journals hold as much as is "+
		"read at once. `makesync runs show RUN` reads one of them; the list does, once large or old journals are "+
		"moved out of the folder")
}

// runLines are the lines of a table of runs. One that is wider than the page leaves out the zones,
// then the time, with which the name of a run begins.
func runLines(p *printer, rows [][]string) (lines []string, wide bool) {
	const started, zones = 1, 2
	less := make([][]string, len(rows))
	for i, row := range rows {
		less[i] = slices.Clone(row)
	}
	for _, drop := range []int{zones, started} {
		lines = aligned(less)
		if wide = slices.ContainsFunc(lines, func(line string) bool { return columns(line) > p.width() }); !wide {
			return lines, false
		}
		for i := range less {
			less[i] = slices.Delete(less[i], drop, drop+1)
		}
	}
	lines = aligned(less)
	return lines, slices.ContainsFunc(lines, func(line string) bool { return columns(line) > p.width() })
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
		return []string{Clean(run.ID), "", "", "", "", "damaged"}
	}
	if run.NotRead {
		return []string{Clean(run.ID), run.Started.UTC().Format(runTime), "", "", "", Clean(string(run.Status))}
	}
	return []string{
		Clean(run.ID), run.Started.UTC().Format(runTime), Clean(strings.Join(run.Zones, ",")),
		Clean(strings.Join(run.Who, ",")), Clean(run.Command), runResult(run),
	}
}

// runResult says how a run ended: "ok, 18 done", "partial, failed 15 of 15", "unfinished".
func runResult(run Run) string {
	if run.Exit == "" {
		return Clean(string(run.Status))
	}
	words := []string{Clean(run.Exit)}
	if run.Status != report.RunFinished {
		words = append(words, Clean(string(run.Status)))
	}
	for _, part := range []struct {
		word string
		n    int
	}{{"failed", run.Failed}, {"unknown", run.Unknown}, {"skipped", run.Skipped}} {
		if part.n > 0 {
			words = append(words, part.word+" "+text.Number(part.n))
		}
	}
	if len(words) == 1 {
		return words[0] + ", " + text.Number(run.Succeeded) + " done"
	}
	return strings.Join(words, ", ") + " of " + text.Number(run.Planned)
}

// writeRunTrouble says, below a run that needs somebody, why and what to do.
func writeRunTrouble(p *printer, run Run) {
	switch {
	case run.Damaged != "":
		p.labelled(2, red, "", 0, run.Damaged)
	case run.Status == report.RunEmpty:
		p.labelled(2, "", "", 0, nothingSent)
	case run.NeedsResuming():
		p.labelled(2, yellow, "", 0, openWords(run.Open))
		p.command("go on", 9, Clean(run.Resume))
	}
}

// NeedsResuming tells whether nobody knows yet what has become of the run.
func (r Run) NeedsResuming() bool {
	return r.Damaged == "" && (r.Open > 0 && r.Status == report.RunFinished || r.Status == report.RunUnfinished)
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
	ends := map[int]*report.StepReport{}
	if run.Report != nil {
		for i := range run.Report.Steps {
			ends[run.Report.Steps[i].N] = &run.Report.Steps[i]
		}
	}
	for i := range run.Organizations {
		writeRunOrganization(p, &run.Organizations[i], entries, ends, run.Report != nil)
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
	p *printer, o *report.RunOrganization, entries map[int][]report.Entry, ends map[int]*report.StepReport,
	ended bool,
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
		if end := ends[step.N]; end != nil {
			writeStepEnd(p, end)
		} else if !ended && len(entries[step.N]) == 0 {
			p.line("      %s", p.paint(yellow, "not reached"))
		}
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
		p.labelled(6, plain, i.At.UTC().Format(clock), len(clock),
			fmt.Sprintf("%s, attempt %d: sent", cut(Clean(string(i.Verb)), 40), i.Attempt))
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

// writeStepEnd is the report's word on a step.
func writeStepEnd(p *printer, s *report.StepReport) {
	for _, known := range outcomes {
		if known.outcome == s.Outcome {
			p.labelled(6, known.style, known.mark, 0, outcomeWords(*s))
		}
	}
}

// writeRunEnd says how the run ended and how to go on.
func writeRunEnd(p *printer, run *report.Run) {
	if run.Status() == report.RunEmpty {
		p.heading(plain, "Empty: "+nothingSent+".")
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
	switch run.Status() {
	case report.RunResolved:
		p.heading(plain, "Unfinished, and a later run has found out what became of everything that was sent.")
	case report.RunRunning:
		p.heading(plain, "Still at work.")
	default:
		if run.Unresolved() {
			p.labelled(0, yellow, "Unfinished:", 0, openWords(len(run.Open()))+".")
			p.command("go on", 9, Clean(p.Next))
			return
		}
		p.heading(plain, "Finished: "+ReportCounts(run.Report)+".")
	}
}
